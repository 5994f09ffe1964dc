"""A version's assets as a tree. Folders are nowhere stored: they are what paths have in common."""

from __future__ import annotations

# ruff: noqa: S608  queries are put together from constants; what is sent goes in as parameters
import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """A file (`asset_id` is given) or a folder, with all that is below it."""

    path: str
    files: int
    size: int
    asset_id: str | None


_SIZES = (
    "membership m JOIN assets a ON a.id = m.asset LEFT JOIN blobs b ON b.id = a.blob"
    " LEFT JOIN zarrs z ON z.id = a.zarr"
)


def children(db: sqlite3.Connection, version: int, folder: str) -> list[Node]:
    """What lies directly in a folder ("" for the root), in the order of the paths."""
    start = f"{folder}/" if folder else ""
    above = f"{folder}0" if folder else "\U0010ffff"  # "0" is the character after "/"
    rest = f"substr(m.path, {len(start) + 1})"
    query = (
        f"SELECT ? || substr({rest}, 1, instr({rest} || '/', '/') - 1) AS child, count(*) AS files,"
        f" coalesce(sum(coalesce(b.size, z.size)), 0) AS size,"
        f" max(CASE WHEN instr({rest}, '/') THEN NULL ELSE a.asset_id END) AS asset_id"
        f" FROM {_SIZES} WHERE m.version = ? AND m.path >= ? AND m.path < ? GROUP BY child ORDER BY child"
    )
    rows = db.execute(query, (start, version, start, above))
    return [Node(*row) for row in rows]


def node(db: sqlite3.Connection, version: int, path: str) -> Node | None:
    """The file or folder at a path (without a slash at its end, not the root)."""
    query = (
        f"SELECT count(*), coalesce(sum(coalesce(b.size, z.size)), 0),"
        f" max(CASE WHEN m.path = ?1 THEN a.asset_id END)"
        f" FROM {_SIZES} WHERE m.version = ?2 AND (m.path = ?1 OR m.path > ?1 || '/' AND m.path < ?1 || '0')"
    )
    files, size, asset_id = db.execute(query, (path, version)).fetchone()
    return Node(path, files, size, asset_id) if files else None
