"""What the dandi package finds in a Zarr: whether it opens, and whether anything is in it."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

from dandifile.model import JsonObject
from dandifile.survey.task import silence_packages
from dandifile.survey.zarr.neurodata import data_outside

_UNOPENED = "zarr.cannot_open"
_CONSOLIDATED = ".zmetadata"  # one copy of all the metadata of a Zarr of version 2
_OBJECTS = "|O"  # the type of arrays of Python's objects there


def validate(params: JsonObject) -> JsonObject:
    """`{path}` → `{"findings": [{"check", "message", "severity", "within"}, …]}`, as `validate.validate`.

    `severity` is null where the Zarr does not open and the fault is not its own.
    """
    root = Path(params["path"])
    with silence_packages():
        from dandi.files import ZarrAsset

        # Without a dandiset's folder the dandi package does not judge the path.
        results = ZarrAsset(filepath=root, path=root.name, dandiset_path=None).get_validation_errors()
        gc.collect()  # zarr-python logs errors of its tasks when they are freed: they are hidden here
        return {"findings": [*(_finding(result, root) for result in results), *data_outside(root)]}


def _finding(result: Any, root: Path) -> JsonObject:
    cause = _cause(result.origin_result)
    if str(result.id) == _UNOPENED and (unread := _unread_objects(root)):
        message = (
            f"{_version()} does not read the lists of texts and objects that zarr-python 2 writes, "
            f"{unread[0]} for one: the fault is the tool's, not the file's"
        )
        return {"check": _UNOPENED, "message": message, "severity": None, "within": ""}
    return {
        "check": str(result.id),
        "message": " ".join(filter(None, [result.message, cause])),
        "severity": result.severity.name.lower() if result.severity else None,
        "within": _relative_path(result.path, root),
    }


def _unread_objects(root: Path) -> list[str]:
    """The arrays of objects that stop a reader of a Zarr that is sound otherwise; none where it is not.

    hdmf-zarr writes NWB with zarr-python 2; zarr-python 3 does not even open the root of such a Zarr, for
    the sake of a few arrays of objects. All is listed in one copy, which must say what the parts say.
    """
    try:
        copied = json.loads((root / _CONSOLIDATED).read_bytes())["metadata"]
        if any(json.loads((root / name).read_bytes()) != said for name, said in copied.items()):
            return []
        arrays = [name.removesuffix("/.zarray") for name in copied if name.endswith("/.zarray")]
        unread = [name for name in arrays if not _opens(root / name)]
        objects = all(_holds_objects(copied[f"{name}/.zarray"]["dtype"]) for name in unread)
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return sorted(unread) if objects else []


def _holds_objects(dtype: Any) -> bool:
    """Of a dtype as a Zarr of version 2 has it: of objects, or a record with them, as in references."""
    if isinstance(dtype, list):
        return any(_holds_objects(field[1]) for field in dtype)
    return bool(dtype == _OBJECTS)


def _opens(array: Path) -> bool:
    import zarr

    try:
        zarr.open_array(str(array), mode="r")
    except Exception:  # noqa: BLE001  # whatever stops it: it does not open
        return False
    return True


def _version() -> str:
    from importlib.metadata import version

    return f"zarr-python {version('zarr')}"


def _cause(error: object) -> str:
    lines = str(error).strip().splitlines() if isinstance(error, Exception) else []
    return f"({lines[0][:300]})" if lines else ""


def _relative_path(path: Path | None, root: Path) -> str:
    return "" if path in (None, root) else path.relative_to(root).as_posix()
