"""The state folder `.dandifile/`: a cache of results, and the record of the last apply. It is safe to delete.

The cache is one SQLite file, and safe to share:

| table         | key covers                                   | misses                                     |
|---------------|----------------------------------------------|--------------------------------------------|
| digest        | path, size, mtime, ctime, inode              | an edit that keeps all five                |
| md5           | the same of some files of a Zarr             | the same                                   |
| locations     | path, size, mtime, ctime, inode              | an edit that keeps all five                |
| extract       | content digest, tool versions, options       | nothing that the tools read                |
| validate      | content digest, tool versions, options       | nothing that the tools read                |
| inspect       | content digest, tool versions, options       | nothing that the tools read                |
| validate-zarr | checksum, tool versions                      | nothing that the tools read                |
| validate-bids | all digests of a dataset, stats of the rest, | an edit of the rest that keeps its stat    |
|               | tool versions                                |                                            |
| bids-entities | the paths of a dataset, tool versions        | nothing that the tools read                |
| inputs        | kind of step and what it is about; holds     | nothing: it only says why a step runs      |
|               | what the key of its last result was made of  |                                            |
| begun         | id of an upload                              | nothing: what was begun here is ours       |
| asked         | archive, dandiset, content digest; when an   | another owner's of this content, then      |
|               | upload began of which no answer came         |                                            |
| asset         | asset id                                     | nothing: a draft asset is fixed for its id |
| schema        | API URL, schema version                      | a server that changes a released schema    |

The record notes which asset the last apply made of each file. It is advisory, one JSON file for each draft.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TypeVar

from dandifile.errors import UserError
from dandifile.model import Json, Record, Recorded
from dandifile.reading.files import LIST_LIMIT, read_bytes
from dandifile.reading.jsontext import NotJsonError, each, misfit, optional_shape, parse_json
from dandifile.writing import replace_content

T = TypeVar("T")

_AT_ONCE = 500  # keys in one SELECT: SQLite's older limit is 999 variables


class MemoryCache:
    """A `model.Cache` for one run that leaves nothing behind."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, Json]] = {}

    def get_many(self, table: str, keys: Iterable[str]) -> dict[str, Json]:
        known = self._tables.get(table, {})
        return {key: known[key] for key in keys if key in known}

    def put_many(self, table: str, items: Mapping[str, Json]) -> None:
        self._tables.setdefault(table, {}).update(items)


class SqliteCache:
    """A `model.Cache` on disk. A damaged file is deleted, as everything in it can be made again.

    Where the disk is full or read-only, or the file locked, the run goes on without a cache and `trouble`
    says why.
    """

    def __init__(self, file: Path) -> None:
        self.trouble = ""
        self._file = file
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        with self._lock:
            self._try(lambda _: None)

    def get_many(self, table: str, keys: Iterable[str]) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for some in _chunks(keys):
            marks = ",".join("?" * len(some))
            query = f"SELECT key, value FROM entry WHERE tbl = ? AND key IN ({marks})"  # noqa: S608 - only marks
            asked = (table, *some)
            with self._lock:
                rows = self._try(lambda db: db.execute(query, asked).fetchall()) or ()  # noqa: B023 - at once
            found.update((key, value) for key, text in rows if (value := _read(text)) is not _NOTHING)
        return found

    def put_many(self, table: str, items: Mapping[str, Json]) -> None:
        rows = [(table, key, json.dumps(value, separators=(",", ":"))) for key, value in items.items()]

        def put(db: sqlite3.Connection) -> None:
            with db:
                db.executemany("INSERT OR REPLACE INTO entry (tbl, key, value) VALUES (?, ?, ?)", rows)

        with self._lock:
            self._try(put)

    def close(self) -> None:
        with self._lock:
            self._disconnect()

    def _try(self, use: Callable[[sqlite3.Connection], T]) -> T | None:
        """The value of `use`; None where the file cannot be used. A damaged file is replaced, once."""
        for last in (False, True):
            if self.trouble:
                return None
            try:
                if self._db is None:
                    self._db = _open(self._file)
                return use(self._db)
            except (sqlite3.Error, OSError) as error:
                self._disconnect()
                if last or not _is_damaged(error) or not _remove(self._file):
                    self.trouble = str(error)
        return None

    def _disconnect(self) -> None:
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
        self._db = None


_NOTHING = object()


def _read(text: Json) -> Json:
    """The value of an entry; `_NOTHING` where it is damaged, so that it is made again."""
    try:
        return parse_json(text, own=True)
    except (NotJsonError, TypeError):
        return _NOTHING


def _open(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(file, timeout=30, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(
            """CREATE TABLE IF NOT EXISTS entry
               (tbl TEXT, key TEXT, value TEXT, PRIMARY KEY (tbl, key)) WITHOUT ROWID"""
        )
        db.execute("SELECT tbl, key, value FROM entry LIMIT 0")
    except sqlite3.Error:
        db.close()
        raise
    return db


def _is_damaged(error: Exception) -> bool:
    """Whether the content of the file is the problem, and neither the disk nor another process."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_ERROR,
    )


def _remove(file: Path) -> bool:
    """Deletes a cache with SQLite's files next to it, which would otherwise count as the next cache's."""
    try:
        for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
            file.with_name(name).unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _chunks(keys: Iterable[str]) -> Iterator[Sequence[str]]:
    iterator = iter(keys)
    while some := list(islice(iterator, _AT_ONCE)):
        yield some


# --- The record of the last apply -----------------------------------------------------------------

_SHAPE = {
    "assets": each({"path": str, "digest": str}),
    "fields": each(str),
    "declared": optional_shape(each(str)),  # older records lack it
}


def load_record(state: Path, archive: str, identifier: str) -> Record:
    """The record of a draft; an empty one where there is none or it cannot be read."""
    try:
        data = parse_json(read_bytes(_file(state, archive, identifier), "the record", LIST_LIMIT))
    except (UserError, NotJsonError):
        return Record()
    if misfit(data, _SHAPE):
        return Record()
    assets = {source: Recorded(made["path"], made["digest"]) for source, made in data["assets"].items()}
    return Record(assets, data["fields"], data.get("declared") or {})


def save_record(state: Path, archive: str, identifier: str, record: Record) -> None:
    """Writes it whole or not at all, also when two processes do so at once."""
    file = _file(state, archive, identifier)
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_content(file, json.dumps(asdict(record), sort_keys=True, indent=1))


def _file(state: Path, archive: str, identifier: str) -> Path:
    """`archive` is its lasting name: the API URL, or the store of an embedded archive, whose port changes."""
    where = hashlib.sha256(f"{archive} {identifier}".encode()).hexdigest()[:12]
    return state / "records" / f"{identifier}-{where}.json"
