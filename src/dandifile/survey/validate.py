"""What pynwb and nwbinspector find in an NWB file's content, as the dandi package runs them.

The file's name is not looked at here: the asset's path is what the archive sees of it, and
`findings.of_path` judges that.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from dandifile.model import JsonObject
from dandifile.survey.quiet import quiet

_CRASHED_CHECK = re.compile(r"NWBI\.During evaluation of '(\w+)' - (.*)", re.DOTALL)
_UNREAD = "NWBI.During io.read()"
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_LONG = 300  # characters
_WORDS = 8  # of a reason: enough to tell it from others


def validate(params: JsonObject) -> JsonObject:
    """`{path}` → `{"findings": [{"check", "message", "severity", "within"}, …]}`, sorted, each once.

    Checks are named as nwbinspector names them, pynwb's by the class of the error (and, of the
    class that holds any error, by what it says), dandi's by their id. `severity` is a name of
    `model.Severity`; null where the tool crashed.
    """
    with quiet():
        from dandi.files.bases import NWBAsset

        path = Path(params["path"])
        # Without a dandiset's folder the dandi package does not judge the path.
        results = NWBAsset(filepath=path, path=path.name, dandiset_path=None).get_validation_errors()
        found = {json.dumps(_finding(result), sort_keys=True) for result in results}
    return {"findings": [json.loads(finding) for finding in sorted(found)]}


def _finding(result: Any) -> dict[str, str | None]:
    """One of the dandi package's results in our words."""
    message = (result.message or "").strip()
    last_line = message.splitlines()[-1] if message else ""
    crashed = _CRASHED_CHECK.fullmatch(result.id)
    if crashed:
        return _crash("nwbinspector", crashed[1], last_line)
    if result.id == "exception":
        return _crash("nwbinspector", "nwbinspector", last_line)
    if result.origin.type.value == "INTERNAL":
        return _crash(result.origin.validator.value, f"{result.origin.validator.value}.validate", last_line)
    severity = result.severity.name.lower() if result.severity is not None else None
    within = next(iter((result.within_asset_paths or {}).values()), "")
    if result.id.startswith(_UNREAD):
        message = f"pynwb cannot read it: {_in_short(last_line)}"
    return {"check": _check(result), "message": message, "severity": severity, "within": within}


def _in_short(error: str) -> str:
    """An error of pynwb's in the same words each time: it may hold the whole file, and where in memory."""
    said = _ADDRESS.sub("", error)
    return said if len(said) <= _LONG else f"{said[: _LONG // 3]} … {said[-_LONG * 2 // 3 :]}"


def _check(result: Any) -> str:
    if result.id.startswith(_UNREAD):
        return "pynwb.read"
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


def _crash(tool: str, check: str, error: str) -> dict[str, str | None]:
    message = f"{tool} itself failed in {check} ({error}): the fault is the tool's, not the file's"
    return {"check": check, "message": message, "severity": None, "within": ""}
