"""What dandi, pynwb and nwbinspector find in the content of an NWB file, and whose fault a failure is.

The file's name is not checked here: the archive sees the asset's path, and `findings.of_path` checks that.
"""

from __future__ import annotations

import functools
import json
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dandifile.model import JsonObject
from dandifile.survey.media import is_url, media_path, missing_media
from dandifile.survey.nwb.causes import last_line, shorten, why_data_unread, why_packed, why_unreadable
from dandifile.survey.nwb.extract import extract
from dandifile.survey.nwb.one_open import lend_file
from dandifile.survey.nwb.recognise import why_not_nwb
from dandifile.survey.nwb.references import PICTURE, references_of
from dandifile.survey.task import silence_packages

DAMAGED = "hdf5.damaged"
FORMAT = "nwb.format"
PACKED = "hdf5.filter"
NO_PICTURE = "external_image_missing"

_CRASHED_CHECK = re.compile(r"NWBI\.During evaluation of '(\w+)' - (.*)", re.DOTALL)
_UNREAD = "NWBI.During io.read()"
_READ = "pynwb.read"
_ERROR = "error"
_REASON_WORDS = 8  # enough to tell one reason from another
_alone = threading.Lock()  # `silence_packages` and `lend_file` act on the whole process


@dataclass(frozen=True)
class ToolFinding:
    """One finding. `failed` is the tool that could not work on the file at all, or ""."""

    check: str
    message: str
    severity: str | None
    within: str = ""
    failed: str = ""


def inspect(params: JsonObject) -> JsonObject:
    """`{path}` → `{"extract", "validate", "missing_media"}`, as from two steps, but from one open file.

    `missing_media` are the media files that were not where this copy of the content looks for
    them: the findings hold for copies that miss the same ones.
    """
    path = params["path"]
    with _alone, silence_packages():
        with lend_file(path):
            extracted, found = extract(params), run_tools(path)
        return {
            "extract": extracted,
            "validate": judge_failures(found),
            "missing_media": missing_media(path, extracted.get("media", ())),
        }


def validate(params: JsonObject) -> JsonObject:
    """`{path}` → `{"findings": [{"check", "message", "severity", "within"}, …]}`, sorted, each once.

    Checks have the names that nwbinspector gives them; those of pynwb have the error's class (and,
    if that can be any error, what it says), those of dandi their id. `severity` is a name of
    `model.Severity`, or null if a tool failed and the file is not the cause: in a single check of
    nwbinspector, or if the tool fails on a sound file as well.
    """
    with silence_packages():
        return judge_failures(run_tools(params["path"]))


def run_tools(path: str) -> list[ToolFinding]:
    """What the tools find, and where they fail; `judge_failures` says what that means."""
    if defect := why_not_nwb(path):
        return [ToolFinding(FORMAT, defect.message, _ERROR)]
    return [*_tool_findings(path), *_missing_pictures(path)]


def judge_failures(found: Sequence[ToolFinding]) -> JsonObject:
    """`validate`'s output: each failure of a tool is put down to the file or to the tool.

    It may run the tools on a file of its own, so no other file may be lent to them meanwhile.
    """
    judged = [_judge(item) if item.failed else item for item in found]
    keys = ("check", "message", "severity", "within")
    texts = {json.dumps({key: getattr(item, key) for key in keys}, sort_keys=True) for item in judged}
    return {"findings": [json.loads(text) for text in sorted(texts)]}


def _tool_findings(path: str) -> Iterator[ToolFinding]:
    from dandi.files.bases import NWBAsset

    file = Path(path)
    try:
        # Without a dandiset's folder the dandi package does not check the path.
        results = NWBAsset(filepath=file, path=file.name, dandiset_path=None).get_validation_errors()
    except Exception as error:  # noqa: BLE001  # whatever these packages raise, it is about this one file
        yield ToolFinding("validation", _why(path, error), _ERROR, failed="dandi")
    else:
        yield from (_tool_finding(result, path) for result in results)


def _tool_finding(result: Any, path: str) -> ToolFinding:
    """One of the dandi package's results in our words."""
    message = (result.message or "").strip()
    crashed = _CRASHED_CHECK.fullmatch(result.id)
    if crashed:
        return _crashed_check(path, crashed[1], last_line(message))
    if result.id == "exception":
        return ToolFinding("nwbinspector", _why(path, result.origin_result), _ERROR, failed="nwbinspector")
    if result.origin.type.value == "INTERNAL":
        tool = result.origin.validator.value
        return ToolFinding(f"{tool}.validate", _why(path, result.origin_result), _ERROR, failed=tool)
    if result.id.startswith(_UNREAD):
        error = _reading_error(path)
        why = _why(path, error) if error else f"pynwb cannot read the file: {shorten(message)}"
        return ToolFinding(_READ, why, _ERROR, failed="pynwb")
    severity = result.severity.name.lower() if result.severity is not None else None
    within = next(iter((result.within_asset_paths or {}).values()), "")
    return ToolFinding(_check_name(result), message, severity, within)


def _crashed_check(path: str, check: str, error: str) -> ToolFinding:
    """A single check of nwbinspector can fail through its own fault, unless it failed to read the data."""
    if packed := why_packed(path, error):
        return ToolFinding(PACKED, f"some checks could not run: {packed.message}", None)
    if unread := why_data_unread(error):
        return ToolFinding(DAMAGED, unread.message, _ERROR)
    return ToolFinding(check, _tool_fault("nwbinspector", check, error), None)


def _check_name(result: Any) -> str:
    if result.origin.validator.value == "pynwb":
        return _pynwb_check_name(result.origin_result)
    return str(result.id.removeprefix("NWBI."))


def _pynwb_check_name(error: Any) -> str:
    """The error's class. `Error` itself can be anything: its reason is then part of the name."""
    kind = type(error).__name__
    if kind != "Error":
        return f"pynwb.{kind}"
    reason = str(getattr(error, "reason", "")).lower()
    if "timezone" in reason:
        return "pynwb.Error.missing_timezone"
    words = re.findall(r"[a-z]+", re.sub(r"'[^']*'|\"[^\"]*\"", "", reason))
    return ".".join(filter(None, ("pynwb.Error", "_".join(words[:_REASON_WORDS]))))


def _why(path: str, error: Exception) -> str:
    return why_unreadable(path, error).message


def _reading_error(path: str) -> Exception | None:
    """What pynwb raises; nwbinspector hands on only the text."""
    from pynwb import NWBHDF5IO

    try:
        with NWBHDF5IO(path, "r") as io:
            io.read()
    except Exception as error:  # noqa: BLE001  # this is what is asked for
        return error
    return None


def _missing_pictures(path: str) -> Iterator[ToolFinding]:
    """Pictures that are not where the file looks for them; nwbinspector looks for videos only."""
    references = references_of(path)
    for item in references.media if references else ():
        for name in filter(str.strip, item.names if item.field == PICTURE else ()):
            if not is_url(name) and not Path(media_path(path, name)).exists():
                message = (
                    f"the image {name} is missing (copy it there; the path starts at the NWB file's folder)"
                )
                yield ToolFinding(NO_PICTURE, message, _ERROR, item.place)


def _judge(found: ToolFinding) -> ToolFinding:
    if found.check not in _checks_failing_on_sound_file():
        return found
    return replace(found, message=_tool_fault(found.failed, found.check, found.message), severity=None)


def _tool_fault(tool: str, check: str, error: str) -> str:
    return f"{tool} failed in {check} ({error}): this is a fault in {tool}, not in the file"


@functools.cache
def _checks_failing_on_sound_file() -> frozenset[str]:
    """The checks that fail here on any file: this process's packages do not fit together."""
    with TemporaryDirectory() as folder:
        path = f"{folder}/sound.nwb"
        try:
            _write_sound_file(path)
        except Exception:  # noqa: BLE001  # pynwb cannot even write: nothing that it says of a file counts
            return frozenset({"validation", "nwbinspector", "pynwb.validate", _READ})
        return frozenset(item.check for item in _tool_findings(path) if item.failed)


def _write_sound_file(path: str) -> None:
    """A small file with what most files have: a subject, a series and a table."""
    from datetime import UTC, datetime

    from pynwb import NWBHDF5IO, NWBFile, TimeSeries
    from pynwb.file import Subject

    start = datetime(2024, 1, 1, tzinfo=UTC)
    nwb = NWBFile(session_description="a sound file", identifier="sound", session_start_time=start)
    nwb.subject = Subject(subject_id="1", species="Mus musculus", sex="F", age="P60D")
    nwb.add_acquisition(TimeSeries(name="series", data=[1.0, 2.0, 4.0], unit="V", rate=1.0))
    nwb.add_trial(start_time=0.0, stop_time=1.0)
    with NWBHDF5IO(path, "w") as io:
        io.write(nwb)
