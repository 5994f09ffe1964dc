"""What is inside a stored file, as a tree of groups and arrays: read once and within limits.

HDF5 is read in a process of its own, since a damaged file can hang or end its reader.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from localdandi.archive import Archive
from localdandi.document import ISOLATED, Json, JsonObject
from localdandi.pages import zarr_tree
from localdandi.store import zarrs
from localdandi.store.assets import Asset

PATIENCE = 20  # seconds for the reader's process
_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_ENDINGS = (".nwb", ".h5", ".hdf5")
_reading = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class Node:
    """A group, an array or a link. `more` counts children that are left out."""

    name: str
    kind: str  # group | array | link
    type: str = ""  # of NWB
    shape: str = ""
    dtype: str = ""
    unit: str = ""
    note: str = ""  # a description, a value, or where a link leads
    more: int = 0
    children: tuple[Node, ...] = field(default=())


@dataclass(frozen=True)
class Outline:
    """The tree, or why there is none; `cut` says why it is not all of it."""

    root: Node | None = None
    problem: str = ""
    cut: str = ""

    def children(self, *path: str) -> tuple[Node, ...]:
        """The nodes in a group, by the names on the way; none where there is no such group."""
        nodes = self.root.children if self.root else ()
        for name in path:
            nodes = next((one.children for one in nodes if one.name == name), ())
        return nodes


def outline_of(archive: Archive, asset: Asset) -> Outline | None:
    """What is inside an asset; None if it is of no kind that can be looked into."""
    if asset.zarr_id:
        zarr = zarrs.by_id(archive.database.read(), asset.zarr_id)
        if zarr is None:
            return None
        if not zarr.checksum:  # its files may still change
            return _outline(zarr_tree.read(archive, zarr))
        return _kept(archive, f"{zarr.zarr_id}.{zarr.checksum[:32]}", lambda: zarr_tree.read(archive, zarr))
    if not asset.blob_id:
        return None
    file = archive.objects.blob(asset.blob_id)
    if not (asset.path.lower().endswith(_ENDINGS) or _is_hdf5(file)):
        return None
    return _kept(archive, asset.blob_id, lambda: _read_hdf5(file))


def _is_hdf5(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(len(_SIGNATURE)) == _SIGNATURE
    except OSError:
        return False


def _kept(archive: Archive, name: str, read: Callable[[], JsonObject]) -> Outline:
    """The outline that was read earlier, or now."""
    file = archive.store / "outlines" / f"{name}.tree.json"
    try:
        return _outline(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        pass
    with _reading:
        found = read()
    file.parent.mkdir(exist_ok=True)
    temporary = file.with_name(f"{uuid4().hex}.tree.json")
    temporary.write_text(json.dumps(found), encoding="utf-8")
    temporary.replace(file)
    return _outline(found)


def _read_hdf5(file: Path) -> JsonObject:
    command = [*ISOLATED, "localdandi.pages.hdf5_tree", str(file)]
    environment = os.environ | {"HDF5_USE_FILE_LOCKING": "FALSE"}
    try:
        ended = subprocess.run(  # noqa: S603  our own interpreter and module
            command, env=environment, timeout=PATIENCE, check=False, capture_output=True
        )
    except subprocess.TimeoutExpired:
        return {"problem": f"Its contents cannot be shown: reading them took more than {PATIENCE} seconds."}
    try:
        found: Json = json.loads(ended.stdout)
    except ValueError:
        found = None
    crashed = {"problem": "Its contents cannot be shown: the file is damaged, and reading it failed."}
    return found if isinstance(found, dict) else crashed


def _outline(found: JsonObject) -> Outline:
    root = found.get("root")
    return Outline(_node(root) if root else None, str(found.get("problem", "")), str(found.get("cut", "")))


def _node(found: JsonObject) -> Node:
    children = tuple(_node(one) for one in found.get("children", ()))
    return Node(**{**found, "children": children})
