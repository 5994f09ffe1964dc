"""What pynwb and nwbinspector find in an NWB file's content, as the dandi package runs them.

The file's name is not looked at here: the asset's path is what the archive sees of it, and
`findings.of_path` judges that.
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
from dandifile.survey.nwb import causes
from dandifile.survey.nwb.causes import why_unreadable
from dandifile.survey.nwb.extract import extract
from dandifile.survey.nwb.one_open import lend_file
from dandifile.survey.nwb.recognise import why_not_nwb
from dandifile.survey.nwb.references import PICTURE, references_of
from dandifile.survey.quiet import quiet

DAMAGED = "hdf5.damaged"
FORMAT = "nwb.format"
PACKED = "hdf5.filter"
NO_PICTURE = "external_image_missing"
_CRASHED_CHECK = re.compile(r"NWBI\.During evaluation of '(\w+)' - (.*)", re.DOTALL)
_UNREAD = "NWBI.During io.read()"
_READ = "pynwb.read"
_ERROR = "error"
_WORDS = 8  # of a reason: enough to tell it from others


@dataclass(frozen=True)
class ToolFinding:
    """One finding. `whole` is the tool that got nowhere with the file at all, "" where none did."""

    check: str
    message: str
    severity: str | None
    within: str = ""
    whole: str = ""


def validate(params: JsonObject) -> JsonObject:
    """`{path}` → `{"findings": [{"check", "message", "severity", "within"}, …]}`, sorted, each once.

    Checks are named as nwbinspector names them, pynwb's by the class of the error (and, of the
    class that holds any error, by what it says), dandi's by their id. `severity` is a name of
    `model.Severity`; null where a tool failed and the file is not to blame: in a single check of
    nwbinspector, or where a sound file makes it fail as well.
    """
    with quiet():
        return judge_failures(run_tools(params["path"]))


def run_tools(path: str) -> list[ToolFinding]:
    """What the tools find, and where they fail; what that means is `judged`'s to say."""
    if reason := why_not_nwb(path):
        return [ToolFinding(FORMAT, _message(*reason), _ERROR)]
    return [*_results(path), *_missing_pictures(path)]


def judge_failures(found: Sequence[ToolFinding]) -> JsonObject:
    """The findings, with the failures of tools put down to the file or to the tool.

    It may run the tools on a file of its own, so that they must not be lent another one meanwhile.
    """
    blamed = [_judge(item) if item.whole else item for item in found]
    keys = ("check", "message", "severity", "within")
    said = {json.dumps({key: getattr(item, key) for key in keys}, sort_keys=True) for item in blamed}
    return {"findings": [json.loads(finding) for finding in sorted(said)]}


def _results(path: str) -> Iterator[ToolFinding]:
    from dandi.files.bases import NWBAsset

    file = Path(path)
    try:
        # Without a dandiset's folder the dandi package does not judge the path.
        results = NWBAsset(filepath=file, path=file.name, dandiset_path=None).get_validation_errors()
    except Exception as error:  # noqa: BLE001  # whatever these packages raise, it is about this one file
        yield ToolFinding("validation", _why(path, error), _ERROR, whole="dandi")
    else:
        yield from (_tool_finding(result, path) for result in results)


def _tool_finding(result: Any, path: str) -> ToolFinding:
    """One of the dandi package's results in our words."""
    message = (result.message or "").strip()
    crashed = _CRASHED_CHECK.fullmatch(result.id)
    if crashed:
        return _crashed_check(path, crashed[1], causes.last_line(message))
    if result.id == "exception":
        return ToolFinding("nwbinspector", _why(path, result.origin_result), _ERROR, whole="nwbinspector")
    if result.origin.type.value == "INTERNAL":
        tool = result.origin.validator.value
        return ToolFinding(f"{tool}.validate", _why(path, result.origin_result), _ERROR, whole=tool)
    if result.id.startswith(_UNREAD):
        error = _error_in_reading(path)
        said = _why(path, error) if error else f"pynwb cannot read it: {causes.shorten(message)}"
        return ToolFinding(_READ, said, _ERROR, whole="pynwb")
    severity = result.severity.name.lower() if result.severity is not None else None
    within = next(iter((result.within_asset_paths or {}).values()), "")
    return ToolFinding(_check(result), message, severity, within)


def _crashed_check(path: str, check: str, error: str) -> ToolFinding:
    """A single check of nwbinspector may fail for its own faults, but not in reading the data."""
    if packed := causes.why_packed(path, error):
        return ToolFinding(PACKED, f"not all checks could be made: {_message(*packed)}", None)
    if reason := causes.why_data_unread(error):
        return ToolFinding(DAMAGED, _message(*reason), _ERROR)
    return ToolFinding(check, _of_tool("nwbinspector", check, error), None)


def _check(result: Any) -> str:
    if result.origin.validator.value == "pynwb":
        return _pynwb_check(result.origin_result)
    return str(result.id.removeprefix("NWBI."))


def _pynwb_check(error: Any) -> str:
    """The error's class. `Error` itself can be anything: its reason is then part of the name."""
    kind = type(error).__name__
    if kind != "Error":
        return f"pynwb.{kind}"
    reason = str(getattr(error, "reason", "")).lower()
    if "timezone" in reason:
        return "pynwb.Error.missing_timezone"
    words = re.findall(r"[a-z]+", re.sub(r"'[^']*'|\"[^\"]*\"", "", reason))
    return ".".join(filter(None, ("pynwb.Error", "_".join(words[:_WORDS]))))


def _why(path: str, error: Exception) -> str:
    return _message(*why_unreadable(path, error))


def _message(reason: str, fix: str) -> str:
    return f"{reason} ({fix})"


def _error_in_reading(path: str) -> Exception | None:
    """What pynwb raises, of which nwbinspector hands on the words alone."""
    from pynwb import NWBHDF5IO

    try:
        with NWBHDF5IO(path, "r") as io:
            io.read()
    except Exception as error:  # noqa: BLE001  # it is this that is asked for
        return error
    return None


def _missing_pictures(path: str) -> Iterator[ToolFinding]:
    """Pictures that are not where the file looks for them; nwbinspector looks for videos only."""
    inside = references_of(path)
    for item in inside.media if inside else ():
        for name in filter(str.strip, item.names if item.field == PICTURE else ()):
            if not is_url(name) and not Path(media_path(path, name)).exists():
                message = f"its picture {name} is not there (put it there, as seen from the file's folder)"
                yield ToolFinding(NO_PICTURE, message, _ERROR, item.place)


def _judge(found: ToolFinding) -> ToolFinding:
    if found.check not in _checks_failing_on_sound_file():
        return found
    return replace(found, message=_of_tool(found.whole, found.check, found.message), severity=None)


def _of_tool(tool: str, check: str, error: str) -> str:
    return f"{tool} itself failed in {check} ({error}): the fault is the tool's, not the file's"


@functools.cache
def _checks_failing_on_sound_file() -> frozenset[str]:
    """The checks that fail as a whole here whatever the file: this process's packages don't fit together."""
    with TemporaryDirectory() as folder:
        path = f"{folder}/sound.nwb"
        try:
            _write_sound_file(path)
        except Exception:  # noqa: BLE001  # pynwb cannot even write: nothing that it says of a file counts
            return frozenset({"validation", "nwbinspector", "pynwb.validate", _READ})
        return frozenset(item.check for item in _results(path) if item.whole)


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


_alone = threading.Lock()  # `quiet` and `one_open` act on the whole process


def inspect(params: JsonObject) -> JsonObject:
    """`{path}` → `{"extract", "validate", "missing_media"}`: the outputs of both, as for two steps.

    `missing_media` are the media files that were not where this copy of the content looks for
    them: the findings hold for copies that miss the same ones.
    """
    path = params["path"]
    with _alone, quiet():
        with lend_file(path):
            extracted, found = extract(params), run_tools(path)
        return {
            "extract": extracted,
            "validate": judge_failures(found),
            "missing_media": missing_media(path, extracted.get("media", ())),
        }
