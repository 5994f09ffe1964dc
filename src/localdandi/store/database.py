"""The SQLite database of a store: tables, connections, one writer at a time."""

from __future__ import annotations

import re
import secrets
import sqlite3
import threading
import unicodedata
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from localdandi.document import StartError

_FORMAT = 2  # of the tables below
_OLDER = {
    1: "ALTER TABLE versions ADD COLUMN written TEXT; ALTER TABLE assets ADD COLUMN settled TEXT;",
}
"""What makes the tables of an older format those of the next one."""

# Paths compare as bytes (SQLite's BINARY), as under the C collation of the real archive.
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS users (
  id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE, first_name TEXT NOT NULL, last_name TEXT NOT NULL,
  email TEXT NOT NULL, status TEXT NOT NULL, admin INTEGER NOT NULL, key_hash TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS sessions (
  token_hash TEXT PRIMARY KEY, user INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dandisets (
  id INTEGER PRIMARY KEY AUTOINCREMENT, created TEXT NOT NULL, modified TEXT NOT NULL,
  embargo_status TEXT NOT NULL, embargo_end_date TEXT);
CREATE TABLE IF NOT EXISTS owners (
  dandiset INTEGER NOT NULL REFERENCES dandisets(id) ON DELETE CASCADE,
  user INTEGER NOT NULL REFERENCES users(id), PRIMARY KEY (dandiset, user)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stars (
  dandiset INTEGER NOT NULL REFERENCES dandisets(id) ON DELETE CASCADE,
  user INTEGER NOT NULL REFERENCES users(id), created TEXT NOT NULL,
  PRIMARY KEY (dandiset, user)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (
  id INTEGER PRIMARY KEY, dandiset INTEGER NOT NULL REFERENCES dandisets(id) ON DELETE CASCADE,
  version TEXT NOT NULL, name TEXT NOT NULL, metadata TEXT NOT NULL, status TEXT NOT NULL,
  errors TEXT NOT NULL DEFAULT '[]', doi TEXT, release_notes TEXT NOT NULL DEFAULT '',
  asset_count INTEGER NOT NULL DEFAULT 0, size INTEGER NOT NULL DEFAULT 0,
  created TEXT NOT NULL, modified TEXT NOT NULL, written TEXT, UNIQUE (dandiset, version));
CREATE TABLE IF NOT EXISTS blobs (
  id INTEGER PRIMARY KEY, blob_id TEXT NOT NULL UNIQUE, etag TEXT NOT NULL UNIQUE, sha256 TEXT,
  size INTEGER NOT NULL, embargoed INTEGER NOT NULL, created TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS blobs_without_sha256 ON blobs (id) WHERE sha256 IS NULL;
CREATE INDEX IF NOT EXISTS blobs_by_sha256 ON blobs (sha256);
CREATE TABLE IF NOT EXISTS zarrs (
  id INTEGER PRIMARY KEY, zarr_id TEXT NOT NULL UNIQUE,
  dandiset INTEGER NOT NULL REFERENCES dandisets(id) ON DELETE CASCADE, name TEXT NOT NULL,
  status TEXT NOT NULL, checksum TEXT, file_count INTEGER NOT NULL DEFAULT 0,
  size INTEGER NOT NULL DEFAULT 0, created TEXT NOT NULL, UNIQUE (dandiset, name));
CREATE TABLE IF NOT EXISTS zarr_files (
  zarr INTEGER NOT NULL REFERENCES zarrs(id) ON DELETE CASCADE, path TEXT NOT NULL,
  object TEXT NOT NULL, etag TEXT NOT NULL, size INTEGER NOT NULL, modified TEXT NOT NULL, type TEXT NOT NULL,
  PRIMARY KEY (zarr, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS assets (
  id INTEGER PRIMARY KEY, asset_id TEXT NOT NULL UNIQUE, path TEXT NOT NULL,
  blob INTEGER REFERENCES blobs(id), zarr INTEGER REFERENCES zarrs(id) ON DELETE CASCADE,
  metadata TEXT NOT NULL, schema_version TEXT NOT NULL, published TEXT, status TEXT NOT NULL,
  errors TEXT NOT NULL DEFAULT '[]', created TEXT NOT NULL, modified TEXT NOT NULL, settled TEXT);
CREATE INDEX IF NOT EXISTS assets_pending ON assets (id) WHERE status = 'Pending';
CREATE INDEX IF NOT EXISTS assets_invalid ON assets (id) WHERE status = 'Invalid';
CREATE INDEX IF NOT EXISTS assets_by_blob ON assets (blob);
CREATE INDEX IF NOT EXISTS assets_by_zarr ON assets (zarr);
CREATE TABLE IF NOT EXISTS membership (
  version INTEGER NOT NULL REFERENCES versions(id) ON DELETE CASCADE, path TEXT NOT NULL,
  asset INTEGER NOT NULL REFERENCES assets(id) ON DELETE CASCADE,
  PRIMARY KEY (version, path)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS membership_by_asset ON membership (asset, version);
CREATE INDEX IF NOT EXISTS membership_by_age ON membership (version, asset);
CREATE TABLE IF NOT EXISTS uploads (
  upload_id TEXT PRIMARY KEY, dandiset INTEGER NOT NULL REFERENCES dandisets(id) ON DELETE CASCADE,
  etag TEXT NOT NULL, size INTEGER NOT NULL, embargoed INTEGER NOT NULL, created TEXT NOT NULL,
  object_etag TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS uploads_by_dandiset ON uploads (dandiset);
CREATE TABLE IF NOT EXISTS parts (
  upload_id TEXT NOT NULL REFERENCES uploads(upload_id) ON DELETE CASCADE, number INTEGER NOT NULL,
  md5 TEXT NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (upload_id, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit (
  id INTEGER PRIMARY KEY, timestamp TEXT NOT NULL, dandiset INTEGER NOT NULL, user TEXT NOT NULL,
  record_type TEXT NOT NULL, details TEXT NOT NULL);
"""

_NAMES = {*re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", _TABLES), "sqlite_sequence"}


class _Connection(sqlite3.Connection):
    """A connection that is closed when nothing refers to it any more."""

    def __del__(self) -> None:
        self.close()


class Database:
    """One SQLite file in WAL mode; every thread has its own connection, writes go one by one."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._local = threading.local()
        self._writing = threading.Lock()
        # Threads come and go, and their connections with them.
        self._opened: weakref.WeakSet[_Connection] = weakref.WeakSet()
        file.parent.mkdir(parents=True, exist_ok=True)
        older = _older_format(self.read(), file)
        self.read().executescript(
            f"{older} PRAGMA journal_mode=WAL; PRAGMA user_version={_FORMAT}; {_TABLES}"
        )

    @staticmethod
    def is_one(file: Path) -> bool:
        """Whether a file is the database of an embedded archive, of any format and perhaps half made."""
        try:
            with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                tables = {
                    name
                    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                }
        except sqlite3.Error:
            return False
        return "meta" in tables and tables <= _NAMES

    def read(self) -> sqlite3.Connection:
        """This thread's connection; each statement sees what was last committed."""
        connection: _Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._file, isolation_level=None, check_same_thread=False, factory=_Connection
            )
            connection.row_factory = sqlite3.Row
            # WAL with NORMAL keeps every commit through a killed process.
            connection.executescript(
                "PRAGMA foreign_keys=ON; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=10000;"
            )
            connection.create_function("folded", 1, fold_text, deterministic=True)
            self._local.connection = connection
            self._opened.add(connection)
        return connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is committed, or nothing if the block raises."""
        connection = self.read()
        with self._writing:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def secret(self, name: str) -> str:
        """A random value made at the store's first start and kept."""
        with self.write() as db:
            db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (name, secrets.token_hex(20)))
            return str(db.execute("SELECT value FROM meta WHERE key = ?", (name,)).fetchone()[0])

    def close(self) -> None:
        for connection in list(self._opened):
            connection.close()


def _older_format(connection: sqlite3.Connection, file: Path) -> str:
    """What brings an older store up to the present; refuses what is newer."""
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found not in (0, _FORMAT, *_OLDER):
        raise StartError(
            f"this store has format {found}, and this version reads {_FORMAT}",
            where=str(file.parent),
            fix="use the version that made it, or reset the archive",
        )
    return " ".join(change for number, change in _OLDER.items() if 0 < found <= number)


def fold_text(text: str) -> str:
    """Without accents and case, as searches compare. Also a function in SQL."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def now_as_text() -> str:
    """The present as the API writes it: UTC, microseconds, `Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
