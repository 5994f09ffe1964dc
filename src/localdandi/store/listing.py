"""The assets of a version as its pages list them: by folder, by a search, or all with whom they are from.

Content is never read: sizes, dates and verdicts are columns, and subjects are in the stored metadata.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

# ruff: noqa: S608  queries are put together from constants; what is sent goes in as parameters


@dataclass(frozen=True)
class Entry:
    """A file (`asset_id` is given) or a folder, with all that is below it."""

    path: str
    files: int
    size: int
    modified: str  # the latest
    invalid: int
    pending: int
    asset_id: str | None

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def kind(self) -> str:
        """The ending of the name, as a file manager would say it."""
        stem, dot, ending = self.name.rpartition(".")
        return ending.lower() if self.asset_id and dot and stem else ""

    @property
    def status(self) -> str:
        """The worst verdict on any of its files."""
        return "Invalid" if self.invalid else "Pending" if self.pending else "Valid"


_MEMBERS = (
    "membership m JOIN assets a ON a.id = m.asset LEFT JOIN blobs b ON b.id = a.blob"
    " LEFT JOIN zarrs z ON z.id = a.zarr"
)
_FIGURES = (
    "coalesce(sum(coalesce(b.size, z.size)), 0), max(a.modified), sum(a.status = 'Invalid'),"
    " sum(a.status = 'Pending')"
)


def _range(folder: str) -> tuple[str, str]:
    """All that is below a folder is from the first path on and before the second."""
    return (f"{folder}/", f"{folder}0") if folder else ("", "\U0010ffff")  # "0" comes after "/"


def children(db: sqlite3.Connection, version: int, folder: str) -> list[Entry]:
    """What is directly in a folder ("" for the top), in the order of the paths."""
    start, end = _range(folder)
    rest = f"substr(m.path, {len(start) + 1})"
    query = (
        f"SELECT ? || substr({rest}, 1, instr({rest} || '/', '/') - 1) AS child, count(*), {_FIGURES},"
        f" max(CASE WHEN instr({rest}, '/') THEN NULL ELSE a.asset_id END)"
        f" FROM {_MEMBERS} WHERE m.version = ? AND m.path >= ? AND m.path < ? GROUP BY child ORDER BY child"
    )
    return [Entry(*row) for row in db.execute(query, (start, version, start, end)) if row[0] != folder]


def matching(
    db: sqlite3.Connection, version: int, folder: str, *, text: str = "", status: str = ""
) -> list[Entry]:
    """Files below a folder, at any depth, with `text` in their path there (case does not count)."""
    start, end = _range(folder)
    query = (
        "SELECT m.path, 1, coalesce(b.size, z.size, 0), a.modified, a.status = 'Invalid',"
        f" a.status = 'Pending', a.asset_id FROM {_MEMBERS}"
        " WHERE m.version = ? AND m.path >= ? AND m.path < ? AND (? = '' OR a.status = ?)"
        f" AND instr(lower(substr(m.path, {len(start) + 1})), lower(?)) ORDER BY m.path"
    )
    return [Entry(*row) for row in db.execute(query, (version, start, end, status, status, text))]


@dataclass(frozen=True, slots=True)
class Origin:
    """An asset and the two fields of its metadata that say from whom and from when it is, as JSON texts.

    Where it is no list and no object, it is what SQLite makes of it.
    """

    asset_id: str
    path: str
    size: int
    status: str
    attributed_to: object
    generated_by: object


def origins(db: sqlite3.Connection, version: int, limit: int) -> Iterator[Origin]:
    """A version's assets in the order of their paths, at most so many."""
    query = (
        "SELECT a.asset_id, m.path, coalesce(b.size, z.size, 0), a.status,"
        " json_extract(a.metadata, '$.wasAttributedTo'), json_extract(a.metadata, '$.wasGeneratedBy')"
        f" FROM {_MEMBERS} WHERE m.version = ? ORDER BY m.path LIMIT ?"
    )
    return (Origin(*row) for row in db.execute(query, (version, limit)))


def asset_ids(db: sqlite3.Connection, version: int, paths: set[str]) -> dict[str, str]:
    """The ids of the assets at some paths."""
    marks = ",".join("?" * len(paths))
    query = (
        f"SELECT m.path, a.asset_id FROM membership m JOIN assets a ON a.id = m.asset"
        f" WHERE m.version = ? AND m.path IN ({marks})"
    )
    return {row[0]: row[1] for row in db.execute(query, (version, *paths))}


def folders(db: sqlite3.Connection, version: int, limit: int) -> list[str]:
    """All folders of a version in the order of their paths, at most so many."""
    found: dict[str, None] = {}
    for (path,) in db.execute("SELECT path FROM membership WHERE version = ? ORDER BY path", (version,)):
        names = path.split("/")[:-1]
        for depth in range(1, len(names) + 1):
            found["/".join(names[:depth])] = None
        if len(found) >= limit:
            break
    return list(found)[:limit]
