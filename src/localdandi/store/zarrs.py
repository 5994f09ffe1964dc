"""Zarr archives: a name in a dandiset, and the files below it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from uuid import uuid4

from localdandi.store.database import now_as_text


@dataclass(frozen=True)
class Zarr:
    id: int
    zarr_id: str
    dandiset: int
    name: str
    status: str  # Pending | Uploaded | Ingesting | Complete
    checksum: str | None
    file_count: int
    size: int


_ZARR = "SELECT id, zarr_id, dandiset, name, status, checksum, file_count, size FROM zarrs"


def by_id(db: sqlite3.Connection, zarr_id: str) -> Zarr | None:
    row = db.execute(f"{_ZARR} WHERE zarr_id = ?", (zarr_id,)).fetchone()
    return Zarr(*row) if row else None


@dataclass(frozen=True)
class ZarrFile:
    path: str
    object: str  # its id in the object store
    etag: str  # MD5, hex
    size: int
    modified: str
    type: str  # as its sender called it


_FILE = "SELECT path, object, etag, size, modified, type FROM zarr_files"


def by_name(db: sqlite3.Connection, dandiset: int, name: str) -> Zarr | None:
    row = db.execute(f"{_ZARR} WHERE dandiset = ? AND name = ?", (dandiset, name)).fetchone()
    return Zarr(*row) if row else None


def of_dandiset(db: sqlite3.Connection, dandiset: int) -> list[Zarr]:
    return [Zarr(*row) for row in db.execute(f"{_ZARR} WHERE dandiset = ? ORDER BY id", (dandiset,))]


def all_zarrs(db: sqlite3.Connection) -> list[Zarr]:
    """Oldest first."""
    return [Zarr(*row) for row in db.execute(f"{_ZARR} ORDER BY id")]


def with_status(db: sqlite3.Connection, status: str) -> Zarr | None:
    """The oldest zarr in a state."""
    row = db.execute(f"{_ZARR} WHERE status = ? ORDER BY id LIMIT 1", (status,)).fetchone()
    return Zarr(*row) if row else None


def create(db: sqlite3.Connection, dandiset: int, name: str) -> Zarr:
    zarr_id = str(uuid4())
    db.execute(
        "INSERT INTO zarrs (zarr_id, dandiset, name, status, created) VALUES (?, ?, ?, 'Pending', ?)",
        (zarr_id, dandiset, name, now_as_text()),
    )
    found = by_id(db, zarr_id)
    assert found is not None
    return found


def set_status(db: sqlite3.Connection, zarr: Zarr, status: str) -> None:
    db.execute("UPDATE zarrs SET status = ? WHERE id = ?", (status, zarr.id))


def reset(db: sqlite3.Connection, zarr: Zarr) -> None:
    """Files may change from now on: nothing is known of the whole."""
    db.execute(
        "UPDATE zarrs SET status = 'Pending', checksum = NULL, file_count = 0, size = 0 WHERE id = ?",
        (zarr.id,),
    )


def complete_ingest(db: sqlite3.Connection, zarr: Zarr, checksum: str, file_count: int, size: int) -> None:
    """Ends an ingest: assets that show the zarr are validated again."""
    db.execute(
        "UPDATE zarrs SET status = 'Complete', checksum = ?, file_count = ?, size = ? WHERE id = ?",
        (checksum, file_count, size, zarr.id),
    )
    db.execute(
        "UPDATE assets SET status = 'Pending', modified = ? WHERE zarr = ? AND published IS NULL",
        (now_as_text(), zarr.id),
    )


def file_at(db: sqlite3.Connection, zarr: int, path: str) -> ZarrFile | None:
    row = db.execute(f"{_FILE} WHERE zarr = ? AND path = ?", (zarr, path)).fetchone()
    return ZarrFile(*row) if row else None


def files(
    db: sqlite3.Connection, zarr: int, *, prefix: str = "", after: str = "", limit: int = -1
) -> list[ZarrFile]:
    """Files in the order of their paths; -1 for all of them."""
    query = f"{_FILE} WHERE zarr = ? AND path > ? AND substr(path, 1, ?) = ? ORDER BY path LIMIT ?"
    rows = db.execute(query, (zarr, after, len(prefix), prefix, limit))
    return [ZarrFile(*row) for row in rows]


def put_file(db: sqlite3.Connection, zarr: int, file: ZarrFile) -> None:
    row = (zarr, file.path, file.object, file.etag, file.size, file.modified, file.type)
    db.execute("INSERT OR REPLACE INTO zarr_files VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def drop_file(db: sqlite3.Connection, zarr: int, path: str) -> None:
    db.execute("DELETE FROM zarr_files WHERE zarr = ? AND path = ?", (zarr, path))


def files_named(db: sqlite3.Connection, zarr: int, names: tuple[str, ...], limit: int) -> list[ZarrFile]:
    """Files with one of these names, at any depth, in the order of their paths; at most `limit`."""
    fits = " OR ".join(["path = ? OR substr(path, -length(?) - 1) = '/' || ?"] * len(names))
    values = [value for name in names for value in (name, name, name)]
    query = f"{_FILE} WHERE zarr = ? AND ({fits}) ORDER BY path LIMIT ?"
    return [ZarrFile(*row) for row in db.execute(query, (zarr, *values, limit))]


@dataclass(frozen=True)
class ZarrEntry:
    """A file of a zarr, or a folder in it: then `files` and `size` may be only the first of what it has."""

    path: str
    folder: bool
    files: int
    size: int
    modified: str
    complete: bool

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def mark(self) -> str:
        """The name, of a folder with a slash."""
        return f"{self.name}/" if self.folder else self.name


_COUNTED = 1000  # files of a folder


def folder_entries(
    db: sqlite3.Connection, zarr: int, folder: str, *, after: str = "", limit: int
) -> list[ZarrEntry]:
    """What is directly in a folder of a zarr, in the order of the paths, from what comes after `after` on.

    `after` is the `mark` of an entry. However many files there
    are, only the entries that are given are looked up.
    """
    start = f"{folder}/" if folder else ""
    end = f"{folder}0" if folder else "\U0010ffff"  # "0" is the character after "/"
    place = f"{start}{_past(after)}" if after else start
    found: list[ZarrEntry] = []
    while len(found) < limit:
        query = f"{_FILE} WHERE zarr = ? AND path >= ? AND path < ? ORDER BY path LIMIT 1"
        row = db.execute(query, (zarr, place, end)).fetchone()
        if row is None:
            break
        file = ZarrFile(*row)
        name, below, _ = file.path[len(start) :].partition("/")
        path = start + name
        found.append(
            _folder(db, zarr, path) if below else ZarrEntry(path, False, 1, file.size, file.modified, True)
        )
        place = start + _past(found[-1].mark)
    return found


def _past(mark: str) -> str:
    """The first name that can come after an entry: for a folder, what comes after all that is in it."""
    return f"{mark.removesuffix('/')}0" if mark.endswith("/") else f"{mark}\x00"


def _folder(db: sqlite3.Connection, zarr: int, path: str) -> ZarrEntry:
    query = (
        "SELECT count(*), sum(size), max(modified) FROM (SELECT size, modified FROM zarr_files"
        " WHERE zarr = ? AND path >= ? AND path < ? LIMIT ?)"
    )
    count, size, modified = db.execute(query, (zarr, f"{path}/", f"{path}0", _COUNTED)).fetchone()
    return ZarrEntry(path, True, count, size, modified, count < _COUNTED)
