"""Reads the tree of an HDF5 file: `python -m localdandi.pages.hdf5_tree FILE` prints it as JSON.

No data is read but short texts and single numbers. External files are never opened, whatever a link says.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from typing import Any

from localdandi.document import JsonObject
from localdandi.pages.tree_limits import (
    CHILDREN,
    DEEPEST,
    LONGEST_NOTE,
    NODES,
    SECONDS,
    TIMES,
    TOO_DEEP,
    TOO_MANY,
    TOO_SLOW,
)

_MEMORY = 4 * 1024**3  # bytes of addresses that the reader may have
_FEW = 8  # texts of an array that are shown
_TEXTS = ("description", "comments", "manufacturer", "help")


class Reader:
    """One reading of one file; counts what it has read, and stops at the limits."""

    def __init__(self) -> None:
        self.cut = ""
        self._left = NODES
        self._end = time.monotonic() + SECONDS
        self._seen: dict[Any, str] = {}

    def group(self, name: str, group: Any, path: str, depth: int) -> JsonObject:
        found = _described(name, "group", group)
        children, names = [], list(group)
        for child in names[:CHILDREN]:
            if not self._may_go_on(depth):
                break
            children.append(self._child(child, group, f"{path}/{child}", depth))
        return {**found, "children": children, "more": len(names) - len(children)}

    def _may_go_on(self, depth: int) -> bool:
        if self._left <= 0:
            self.cut = TOO_MANY
        elif time.monotonic() > self._end:
            self.cut = TOO_SLOW
        elif depth > DEEPEST:
            self.cut = TOO_DEEP
        else:
            self._left -= 1
            return True
        return False

    def _child(self, name: str, group: Any, path: str, depth: int) -> JsonObject:
        import h5py

        link = group.get(name, getlink=True)
        if isinstance(link, h5py.ExternalLink):
            return _link(name, f"in another file: {link.filename}, {link.path}")
        if isinstance(link, h5py.SoftLink):
            return _link(name, f"links to {link.path}")
        try:
            item = group[name]
            key = (h5py.h5o.get_info(item.id).fileno, h5py.h5o.get_info(item.id).addr)
        except (OSError, KeyError, RuntimeError, ValueError):
            return _link(name, "cannot be read")
        if key in self._seen:
            return _link(name, f"the same as {self._seen[key]}")
        self._seen[key] = path
        if isinstance(item, h5py.Group):
            return self.group(name, item, path, depth + 1)
        return _array(name, item) if isinstance(item, h5py.Dataset) else _link(name, "a type")


def _described(name: str, kind: str, item: Any) -> JsonObject:
    """Name, type and description."""
    found: JsonObject = {"name": name, "kind": kind, "type": _attribute(item, "neurodata_type")}
    texts = (_attribute(item, one) for one in _TEXTS)
    return found | {
        "note": next((one for one in texts if one not in ("", "no description", "no comments")), "")
    }


def _link(name: str, note: str) -> JsonObject:
    return {"name": name, "kind": "link", "note": _short(note)}


def _array(name: str, data: Any) -> JsonObject:
    found = _described(name, "array", data)
    try:
        found |= {"shape": _shape(data.shape), "dtype": _dtype(data.dtype)}
        found["note"] = _short(_values(data)) or found["note"]
    except (OSError, RuntimeError, TypeError, ValueError):
        found["note"] = "cannot be read"
    return found | {"unit": _attribute(data, "unit")}


def _values(data: Any) -> str:
    """A single value, or a few texts; nothing of larger arrays, or of those whose data are elsewhere."""
    import h5py

    if data.external is not None or data.is_virtual or data.shape is None:
        return ""
    if data.shape == ():
        return _text(data[()])
    few = len(data.shape) == 1 and 0 < data.size <= _FEW and h5py.check_string_dtype(data.dtype) is not None
    return ", ".join(_text(one) for one in data[()]) if few else ""


def _shape(shape: tuple[int, ...] | None) -> str:
    return "empty" if shape is None else TIMES.join(f"{size:,}" for size in shape) or "scalar"


def _dtype(dtype: Any) -> str:
    import h5py

    if h5py.check_string_dtype(dtype) is not None:
        return "text"
    if h5py.check_ref_dtype(dtype) is not None:
        return "reference"
    base = h5py.check_vlen_dtype(dtype)
    if base is not None:
        return f"lists of {base}"
    return _short(", ".join(dtype.names) if dtype.names else str(dtype))


def _attribute(item: Any, name: str) -> str:
    """An attribute as a short text; nothing where it is not there or cannot be read."""
    with contextlib.suppress(OSError, RuntimeError, TypeError, ValueError, KeyError):
        if name in item.attrs:
            return _short(_text(item.attrs[name]))
    return ""


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value) if isinstance(value, str | int | float) or getattr(value, "ndim", 1) == 0 else ""


def _short(value: str) -> str:
    """In one line, at most so long, and without what cannot be encoded."""
    line = " ".join(value[: 2 * LONGEST_NOTE].split()).encode("utf-8", "replace").decode()
    return line if len(line) <= LONGEST_NOTE else f"{line[: LONGEST_NOTE - 1]}…"


def read(file: str) -> JsonObject:
    """The tree of a file, or the problem with it."""
    import h5py

    reader = Reader()
    try:
        with h5py.File(file, "r") as opened:
            root = reader.group("", opened, "", 1)
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        reason = str(error).replace(file, "the file").rpartition("(")[2].rstrip(")")
        return {"problem": _short(f"Its contents cannot be shown: it cannot be read as HDF5 ({reason}).")}
    return {"root": root, "cut": reader.cut}


def _limit_memory() -> None:
    """A damaged file may ask for any amount of it."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    _limit_memory()
    sys.stdout.write(json.dumps(read(sys.argv[1])))
