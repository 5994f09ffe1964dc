"""Reads the tree of a Zarr from its own small metadata files, of version 2 and 3, within limits."""

from __future__ import annotations

import json
from pathlib import PurePosixPath

from localdandi.archive import Archive
from localdandi.document import Json, JsonObject
from localdandi.pages.documents import text
from localdandi.pages.tree_limits import CHILDREN, DEEPEST, LONGEST_NOTE, NODES, TIMES, TOO_MANY
from localdandi.store import zarrs
from localdandi.store.zarrs import Zarr, ZarrFile

_LARGEST = 4 * 1024**2  # bytes of one metadata file
_NAMES = (".zgroup", ".zarray", ".zattrs", "zarr.json")


def read(archive: Archive, zarr: Zarr) -> JsonObject:
    """The tree of a Zarr, or the problem with it, as `hdf5_tree` gives it."""
    db = archive.database.read()
    # Groups and arrays have two files each at most.
    files = zarrs.files_named(db, zarr.id, _NAMES, limit=2 * NODES + 1)
    if not files:
        return {"problem": "Its contents cannot be shown: it has no metadata of a Zarr."}
    found = {file.path: _decoded(archive, file) for file in files[: 2 * NODES]}
    return {"root": tree(found), "cut": TOO_MANY if len(files) > 2 * NODES else ""}


def _decoded(archive: Archive, file: ZarrFile) -> Json:
    if file.size > _LARGEST:
        return None
    try:
        return json.loads(archive.objects.zarr_file(file.object).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def tree(documents: dict[str, Json]) -> JsonObject:
    """Groups and arrays as a tree, from metadata files by their path."""
    root: JsonObject = {"name": "", "kind": "group", "children": []}
    nodes: dict[str, JsonObject | None] = {"": root}  # None for those that are left out
    for path in sorted(documents, key=lambda path: (path.count("/"), path)):
        folder, _, name = path.rpartition("/")
        document = documents[path]
        node = _node_at(folder, nodes)
        if node is not None:
            _describe(node, name, document if isinstance(document, dict) else {})
    return root


def _node_at(path: str, nodes: dict[str, JsonObject | None]) -> JsonObject | None:
    """The node at a path, made if need be with those above it; None beyond the limits."""
    if path in nodes:
        return nodes[path]
    place = PurePosixPath(path)
    above = "" if str(place.parent) == "." else str(place.parent)
    parent = _node_at(above, nodes) if len(place.parts) <= DEEPEST else None
    nodes[path] = None
    if parent is None:
        return None
    if len(parent["children"]) >= CHILDREN:
        parent["more"] = parent.get("more", 0) + 1
        return None
    node: JsonObject = {"name": place.name, "kind": "group", "children": []}
    parent["children"].append(node)
    nodes[path] = node
    return node


def _describe(node: JsonObject, name: str, document: JsonObject) -> None:
    """Adds to a node what one of its files says."""
    attributes = document if name == ".zattrs" else document.get("attributes")
    if isinstance(attributes, dict):
        node["type"] = _short(attributes.get("neurodata_type"))
        node["unit"] = _short(attributes.get("unit"))
        node["note"] = _short(attributes.get("description"))
    if name == ".zarray" or document.get("node_type") == "array":
        shape = document.get("shape")
        sizes = [size for size in shape if isinstance(size, int)] if isinstance(shape, list) else []
        node["kind"] = "array"
        node["shape"] = TIMES.join(f"{size:,}" for size in sizes) or "scalar"
        node["dtype"] = _short(document.get("dtype") or document.get("data_type"))


def _short(value: Json) -> str:
    line = " ".join(text(value).split())
    return line if len(line) <= LONGEST_NOTE else f"{line[: LONGEST_NOTE - 1]}…"
