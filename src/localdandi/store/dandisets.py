"""Dandisets and their versions, the totals of the archive, and the log of changes."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from localdandi.document import JsonObject
from localdandi.store.database import now_as_text
from localdandi.store.users import User

DRAFT = "draft"
LAST = 999_999  # six digits


@dataclass(frozen=True)
class Dandiset:
    id: int
    created: str
    modified: str
    embargo_status: str  # OPEN | EMBARGOED | UNEMBARGOING
    embargo_end_date: str | None

    @property
    def identifier(self) -> str:
        return f"{self.id:06}"

    @property
    def open(self) -> bool:
        return self.embargo_status == "OPEN"

    @property
    def unembargoing(self) -> bool:
        return self.embargo_status == "UNEMBARGOING"


@dataclass(frozen=True)
class Version:
    id: int
    dandiset: int
    version: str
    name: str
    metadata: str  # JSON text
    status: str  # Pending | Validating | Valid | Invalid | Publishing | Published
    errors: str  # JSON text
    doi: str | None
    release_notes: str
    asset_count: int
    size: int
    created: str
    modified: str

    @property
    def draft(self) -> bool:
        return self.version == DRAFT

    def document(self) -> JsonObject:
        """The metadata, decoded afresh."""
        document: JsonObject = json.loads(self.metadata)
        return document


_DANDISET = "SELECT d.id, d.created, d.modified, d.embargo_status, d.embargo_end_date FROM dandisets d"
_VERSION = (
    "SELECT id, dandiset, version, name, metadata, status, errors, doi, release_notes, asset_count, size,"
    " created, modified FROM versions"
)


def insert(db: sqlite3.Connection, identifier: int | None, end_date: str | None) -> Dandiset:
    """A new dandiset, embargoed when there is an end date; `identifier` None takes the next number."""
    stamp = now_as_text()
    status = "EMBARGOED" if end_date else "OPEN"
    cursor = db.execute(
        "INSERT INTO dandisets VALUES (?, ?, ?, ?, ?)", (identifier, stamp, stamp, status, end_date)
    )
    return Dandiset(int(cursor.lastrowid or 0), stamp, stamp, status, end_date)


def by_id(db: sqlite3.Connection, identifier: int) -> Dandiset | None:
    if identifier > LAST:
        return None
    row = db.execute(f"{_DANDISET} WHERE id = ?", (identifier,)).fetchone()
    return Dandiset(*row) if row else None


def all_dandisets(db: sqlite3.Connection) -> list[Dandiset]:
    """In the order of their identifiers."""
    return [Dandiset(*row) for row in db.execute(f"{_DANDISET} ORDER BY d.id")]


def delete(db: sqlite3.Connection, dandiset: Dandiset) -> None:
    """Its versions, owners, uploads and zarrs go too; assets stay, detached, as blobs do."""
    db.execute("DELETE FROM dandisets WHERE id = ?", (dandiset.id,))


def touch(db: sqlite3.Connection, dandiset: Dandiset) -> None:
    db.execute("UPDATE dandisets SET modified = ? WHERE id = ?", (now_as_text(), dandiset.id))


def set_embargo(db: sqlite3.Connection, dandiset: Dandiset, status: str, end_date: str | None) -> Dandiset:
    db.execute(
        "UPDATE dandisets SET embargo_status = ?, embargo_end_date = ?, modified = ? WHERE id = ?",
        (status, end_date, now_as_text(), dandiset.id),
    )
    found = by_id(db, dandiset.id)
    assert found is not None
    return found


def add_version(  # noqa: PLR0913  one argument a column
    db: sqlite3.Connection,
    dandiset: Dandiset,
    version: str,
    name: str,
    metadata: str,
    *,
    status: str = "Pending",
    release_notes: str = "",
    doi: str | None = None,
) -> Version:
    stamp = now_as_text()
    db.execute(
        "INSERT INTO versions"
        " (dandiset, version, name, metadata, status, release_notes, doi, created, modified)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (dandiset.id, version, name, metadata, status, release_notes, doi, stamp, stamp),
    )
    found = version_of(db, dandiset.id, version)
    assert found is not None
    return found


def version_of(db: sqlite3.Connection, dandiset: int, version: str) -> Version | None:
    row = db.execute(f"{_VERSION} WHERE dandiset = ? AND version = ?", (dandiset, version)).fetchone()
    return Version(*row) if row else None


def draft_of(db: sqlite3.Connection, dandiset: Dandiset) -> Version:
    """Every dandiset has a draft, from its creation on."""
    draft = version_of(db, dandiset.id, DRAFT)
    assert draft is not None
    return draft


def versions_of(db: sqlite3.Connection, dandiset: Dandiset) -> list[Version]:
    """Oldest first."""
    rows = db.execute(f"{_VERSION} WHERE dandiset = ? ORDER BY created, id", (dandiset.id,))
    return [Version(*row) for row in rows]


def last_published(db: sqlite3.Connection, dandiset: Dandiset) -> Version | None:
    row = db.execute(
        f"{_VERSION} WHERE dandiset = ? AND version <> 'draft' ORDER BY id DESC LIMIT 1", (dandiset.id,)
    ).fetchone()
    return Version(*row) if row else None


def with_status(db: sqlite3.Connection, status: str) -> list[Version]:
    return [Version(*row) for row in db.execute(f"{_VERSION} WHERE status = ? ORDER BY modified", (status,))]


def save(db: sqlite3.Connection, version: Version, name: str, metadata: str, status: str) -> None:
    db.execute(
        "UPDATE versions SET name = ?, metadata = ? WHERE id = ?",
        (name, metadata, version.id),
    )
    set_status(db, version.id, status)


def delete_version(db: sqlite3.Connection, version: Version) -> None:
    db.execute("DELETE FROM versions WHERE id = ?", (version.id,))


def set_status(db: sqlite3.Connection, version: int, status: str, errors: str | None = None) -> None:
    """Also moves `modified`; `errors` None leaves the last findings where they are.

    Everything that sets a draft back to `Pending` is a write; the time of the last one is kept.
    """
    db.execute(
        "UPDATE versions SET status = ?1, errors = coalesce(?2, errors), modified = ?3,"
        " written = CASE WHEN ?1 = 'Pending' THEN ?3 ELSE written END WHERE id = ?4",
        (status, errors, now_as_text(), version),
    )


def last_written(db: sqlite3.Connection, version: Version) -> str:
    row = db.execute("SELECT coalesce(written, created) FROM versions WHERE id = ?", (version.id,)).fetchone()
    return str(row[0])


def dump(document: object) -> str:
    """JSON as it is stored: compact, Unicode as it is."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def in_embargo_status(db: sqlite3.Connection, status: str) -> list[Dandiset]:
    return [Dandiset(*row) for row in db.execute(f"{_DANDISET} WHERE embargo_status = ?", (status,))]


def set_release_notes(db: sqlite3.Connection, version: Version, notes: str) -> None:
    db.execute("UPDATE versions SET release_notes = ? WHERE id = ?", (notes, version.id))


_FIGURES = """
SELECT
  (SELECT count(*) FROM dandisets) AS dandiset_count,
  (SELECT count(DISTINCT dandiset) FROM versions WHERE version <> 'draft') AS published_dandiset_count,
  (SELECT count(*) FROM users) AS user_count,
  (SELECT coalesce(sum(size), 0) FROM blobs
   WHERE id IN (SELECT a.blob FROM assets a JOIN membership m ON m.asset = a.id))
  + (SELECT coalesce(sum(size), 0) FROM zarrs
     WHERE id IN (SELECT a.zarr FROM assets a JOIN membership m ON m.asset = a.id)) AS size
"""


def totals(db: sqlite3.Connection) -> dict[str, int]:
    """Counts, and the bytes of all content that some version has."""
    return dict(db.execute(_FIGURES).fetchone())


def record_event(
    db: sqlite3.Connection, dandiset: int, user: User, record_type: str, details: JsonObject
) -> None:
    db.execute(
        "INSERT INTO audit (timestamp, dandiset, user, record_type, details) VALUES (?, ?, ?, ?, ?)",
        (now_as_text(), dandiset, user.login, record_type, dump(details)),
    )


def asset_events(  # noqa: PLR0913  one argument a parameter of the query
    db: sqlite3.Connection,
    *,
    before: str | None,
    after: str | None,
    newest_first: bool,
    limit: int,
    offset: int,
) -> list[JsonObject]:
    """Records about assets, oldest first unless asked otherwise."""
    query = (
        "SELECT id, dandiset, timestamp, record_type, details FROM audit"
        " WHERE record_type IN ('add_asset', 'update_asset', 'remove_asset')"
        " AND (?1 IS NULL OR timestamp <= ?1) AND (?2 IS NULL OR timestamp >= ?2)"
        " ORDER BY CASE WHEN ?3 THEN -id ELSE id END LIMIT ?4 OFFSET ?5"
    )
    return [
        {
            "id": row["id"],
            "dandiset_id": row["dandiset"],
            "timestamp": row["timestamp"],
            "record_type": row["record_type"],
            "details": json.loads(row["details"]),
        }
        for row in db.execute(query, (before, after, newest_first, limit, offset))
    ]
