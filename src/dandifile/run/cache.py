"""What need not be done twice: one SQLite file in the state folder, safe to share and to delete.

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
| asset         | asset id                                     | nothing: a draft asset is fixed for its id |
| schema        | API URL, schema version                      | a server that changes a released schema    |
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from dandifile.model import Json

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
    """A `model.Cache` on disk. A file that is damaged is thrown away: everything in it can be made again."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = _open(file)
        except sqlite3.DatabaseError:
            file.unlink()
            self._db = _open(file)

    def get_many(self, table: str, keys: Iterable[str]) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for some in _chunks(keys):
            marks = ",".join("?" * len(some))
            query = f"SELECT key, value FROM entry WHERE tbl = ? AND key IN ({marks})"  # noqa: S608 - only marks
            with self._lock:
                rows = self._db.execute(query, (table, *some)).fetchall()
            found.update((key, json.loads(value)) for key, value in rows)
        return found

    def put_many(self, table: str, items: Mapping[str, Json]) -> None:
        rows = [(table, key, json.dumps(value, separators=(",", ":"))) for key, value in items.items()]
        with self._lock, self._db:
            self._db.executemany("INSERT OR REPLACE INTO entry (tbl, key, value) VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        with self._lock:
            self._db.close()


def _open(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=30, check_same_thread=False)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute(
        """CREATE TABLE IF NOT EXISTS entry
           (tbl TEXT, key TEXT, value TEXT, PRIMARY KEY (tbl, key)) WITHOUT ROWID"""
    )
    return db


def _chunks(keys: Iterable[str]) -> Iterator[Sequence[str]]:
    iterator = iter(keys)
    while some := list(islice(iterator, _AT_ONCE)):
        yield some
