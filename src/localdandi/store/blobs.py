"""Blobs (content that is on the archive) and uploads (content that is on its way)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from uuid import uuid4

from localdandi.store.database import now_as_text


@dataclass(frozen=True)
class Blob:
    id: int
    blob_id: str
    etag: str
    sha256: str | None
    size: int
    embargoed: bool


@dataclass(frozen=True)
class Upload:
    upload_id: str
    dandiset: int
    etag: str  # as announced
    size: int  # as announced
    embargoed: bool
    created: str
    object_etag: str | None  # of the completed object; None before


_BLOB = "SELECT id, blob_id, etag, sha256, size, embargoed FROM blobs"
_UPLOAD = "SELECT upload_id, dandiset, etag, size, embargoed, created, object_etag FROM uploads"


def _blob(row: sqlite3.Row | None) -> Blob | None:
    return Blob(**{**row, "embargoed": bool(row["embargoed"])}) if row else None


def by_etag(db: sqlite3.Connection, etag: str) -> Blob | None:
    return _blob(db.execute(f"{_BLOB} WHERE etag = ?", (etag,)).fetchone())


def by_sha256(db: sqlite3.Connection, sha256: str) -> Blob | None:
    return _blob(db.execute(f"{_BLOB} WHERE sha256 = ?", (sha256,)).fetchone())


def by_id(db: sqlite3.Connection, blob_id: str) -> Blob | None:
    return _blob(db.execute(f"{_BLOB} WHERE blob_id = ?", (blob_id,)).fetchone())


def without_sha256(db: sqlite3.Connection, after: int = 0) -> Blob | None:
    """The first blob after that id whose sha256 is still to be computed."""
    query = f"{_BLOB} WHERE sha256 IS NULL AND id > ? ORDER BY id LIMIT 1"
    return _blob(db.execute(query, (after,)).fetchone())


def set_sha256(db: sqlite3.Connection, blob: Blob, sha256: str) -> None:
    db.execute("UPDATE blobs SET sha256 = ? WHERE id = ?", (sha256, blob.id))


def release(db: sqlite3.Connection, blob: Blob) -> None:
    """Opens an embargoed blob to everyone."""
    db.execute("UPDATE blobs SET embargoed = 0 WHERE id = ?", (blob.id,))


def start_upload(db: sqlite3.Connection, dandiset: int, etag: str, size: int, *, embargoed: bool) -> Upload:
    upload = Upload(str(uuid4()), dandiset, etag, size, embargoed, now_as_text(), None)
    db.execute(
        "INSERT INTO uploads (upload_id, dandiset, etag, size, embargoed, created) VALUES (?, ?, ?, ?, ?, ?)",
        (upload.upload_id, dandiset, etag, size, embargoed, upload.created),
    )
    return upload


def upload_by_id(db: sqlite3.Connection, upload_id: str) -> Upload | None:
    row = db.execute(f"{_UPLOAD} WHERE upload_id = ?", (upload_id,)).fetchone()
    return _upload(row) if row else None


def uploads_of(db: sqlite3.Connection, dandiset: int) -> list[Upload]:
    return [_upload(row) for row in db.execute(f"{_UPLOAD} WHERE dandiset = ? ORDER BY created", (dandiset,))]


def _upload(row: sqlite3.Row) -> Upload:
    return Upload(*row)


def drop_uploads(db: sqlite3.Connection, dandiset: int) -> list[Upload]:
    """Ends all uploads of a dandiset; returns those that are ended, and no others."""
    dropped = uploads_of(db, dandiset)
    db.execute("DELETE FROM uploads WHERE dandiset = ?", (dandiset,))
    return dropped


def parts(db: sqlite3.Connection, upload_id: str) -> dict[int, tuple[str, int]]:
    """The MD5 and size of every part that is here whole, by part number."""
    rows = db.execute("SELECT number, md5, size FROM parts WHERE upload_id = ? ORDER BY number", (upload_id,))
    return {row["number"]: (row["md5"], row["size"]) for row in rows}


def forget_part(db: sqlite3.Connection, upload_id: str, number: int) -> None:
    db.execute("DELETE FROM parts WHERE upload_id = ? AND number = ?", (upload_id, number))


def keep_part(db: sqlite3.Connection, upload_id: str, number: int, md5: str, size: int) -> None:
    db.execute("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", (upload_id, number, md5, size))


def complete_upload(db: sqlite3.Connection, upload_id: str, object_etag: str) -> None:
    db.execute("UPDATE uploads SET object_etag = ? WHERE upload_id = ?", (object_etag, upload_id))


def mint(db: sqlite3.Connection, upload: Upload) -> Blob | None:
    """Turns a completed upload into a blob; None when another upload of the same content won.

    Raises LookupError when the upload has ended meanwhile: its object then belongs to a blob, or is gone.
    """
    ended = db.execute("DELETE FROM uploads WHERE upload_id = ?", (upload.upload_id,))
    if ended.rowcount == 0:
        raise LookupError(upload.upload_id)
    if by_etag(db, upload.etag):
        return None
    db.execute(
        "INSERT INTO blobs (blob_id, etag, size, embargoed, created) VALUES (?, ?, ?, ?, ?)",
        (upload.upload_id, upload.etag, upload.size, upload.embargoed, now_as_text()),
    )
    return by_id(db, upload.upload_id)
