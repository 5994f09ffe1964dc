"""Assets, and which versions they are in.

An asset never changes its content, path or metadata: a write makes a new one and detaches
the old. `membership` says which asset a version has at a path.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

from localdandi.document import JsonObject
from localdandi.store.blobs import Blob
from localdandi.store.dandisets import Version, dump, set_status
from localdandi.store.database import now_as_text
from localdandi.store.zarrs import Zarr

# ruff: noqa: S608  queries are put together from constants; what is sent goes in as parameters


@dataclass(frozen=True, slots=True)
class Asset:
    id: int
    asset_id: str
    path: str
    metadata: str  # JSON text, without the computed fields
    schema_version: str
    published: str | None  # JSON text of what publishing adds; None while only in a draft
    status: str  # Pending | Valid | Invalid; Detached if that came before a verdict
    errors: str  # JSON text
    created: str
    modified: str
    blob_id: str | None
    etag: str | None
    sha256: str | None
    zarr_id: str | None
    checksum: str | None
    size: int
    embargoed: bool
    embargoed_until: str | None


_COLUMNS = """
a.id, a.asset_id, a.path, a.metadata, a.schema_version, a.published,
a.status, a.errors, a.created, a.modified,
b.blob_id, b.etag, b.sha256, z.zarr_id, z.checksum, coalesce(b.size, z.size),
CASE WHEN b.id IS NOT NULL THEN b.embargoed ELSE zd.embargo_status <> 'OPEN' END AS embargoed,
CASE WHEN b.embargoed THEN (
  SELECT min(d.embargo_end_date) FROM assets o JOIN membership m ON m.asset = o.id
  JOIN versions v ON v.id = m.version JOIN dandisets d ON d.id = v.dandiset WHERE o.blob = b.id)
ELSE zd.embargo_end_date END
"""
_JOINS = """
LEFT JOIN blobs b ON b.id = a.blob LEFT JOIN zarrs z ON z.id = a.zarr
LEFT JOIN dandisets zd ON zd.id = z.dandiset
"""
_ASSET = f"SELECT {_COLUMNS} FROM assets a {_JOINS}"
_MEMBER = f"SELECT {_COLUMNS} FROM membership m JOIN assets a ON a.id = m.asset {_JOINS}"


def _asset(row: sqlite3.Row) -> Asset:
    return Asset(*row)


def by_asset_id(db: sqlite3.Connection, asset_id: str) -> Asset | None:
    """Detached assets too: they are never deleted."""
    row = db.execute(f"{_ASSET} WHERE a.asset_id = ?", (asset_id,)).fetchone()
    return _asset(row) if row else None


def in_version(db: sqlite3.Connection, version: int, asset_id: str) -> Asset | None:
    query = f"{_MEMBER} WHERE a.asset_id = ? AND m.version = ?"
    row = db.execute(query, (asset_id, version)).fetchone()
    return _asset(row) if row else None


def ever_in(db: sqlite3.Connection, dandiset: int, asset_id: str) -> Asset | None:
    """An asset that a version of the dandiset has, or that none has any more."""
    query = (
        f"{_ASSET} WHERE a.asset_id = ? AND NOT EXISTS (SELECT 1 FROM membership m"
        " JOIN versions v ON v.id = m.version WHERE m.asset = a.id AND v.dandiset <> ?)"
    )
    row = db.execute(query, (asset_id, dandiset)).fetchone()
    return _asset(row) if row else None


def at_path(db: sqlite3.Connection, version: int, path: str) -> Asset | None:
    query = f"{_MEMBER} WHERE m.version = ? AND m.path = ?"
    row = db.execute(query, (version, path)).fetchone()
    return _asset(row) if row else None


@dataclass(frozen=True)
class Selection:
    """Which assets of a version, in which order."""

    version: int
    prefix: str = ""  # case does not count
    glob: str | None = None  # `*` crosses slashes, nothing else is special, case does not count
    zarr_only: bool = False
    order: str = "created"  # created | modified | path, with an optional minus


# The order among the members of a version, and the same one among the rows of a page.
_ORDERS = {
    "created": ("m.asset", "a.id"),
    "path": ("m.path", "a.path"),
    "modified": ("o.modified, m.asset", "a.modified, a.id"),
}


def _where(selection: Selection) -> tuple[str, list[object]]:
    conditions, values = ["m.version = ?"], list[object]([selection.version])
    for pattern in _like_patterns(selection):
        conditions.append("m.path LIKE ? ESCAPE '\\'")
        values.append(pattern)
    if selection.zarr_only:
        conditions.append("o.zarr IS NOT NULL")
    return " AND ".join(conditions), values


def _like_patterns(selection: Selection) -> list[str]:
    def literal(text: str) -> str:
        return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

    patterns = [literal(selection.prefix) + "%"] if selection.prefix else []
    if selection.glob is not None:
        patterns.append("%".join(literal(piece) for piece in selection.glob.split("*")))
    return patterns


def _members(selection: Selection) -> str:
    """`membership m`, joined with the assets only where a condition or the order needs them."""
    needs_assets = selection.zarr_only or selection.order.endswith("modified")
    return "membership m" + (" JOIN assets o ON o.id = m.asset" if needs_assets else "")


def count(db: sqlite3.Connection, selection: Selection) -> int:
    where, values = _where(selection)
    query = f"SELECT count(*) FROM {_members(selection)} WHERE {where}"
    return int(db.execute(query, values).fetchone()[0])


def page(db: sqlite3.Connection, selection: Selection, limit: int, offset: int) -> list[Asset]:
    where, values = _where(selection)
    inner, outer = (
        _descending_order(order) if selection.order.startswith("-") else order for order in _orders(selection)
    )
    ids = f"SELECT m.asset AS id FROM {_members(selection)} WHERE {where} ORDER BY {inner} LIMIT ? OFFSET ?"
    query = f"SELECT {_COLUMNS} FROM ({ids}) c CROSS JOIN assets a ON a.id = c.id {_JOINS} ORDER BY {outer}"
    return [_asset(row) for row in db.execute(query, [*values, limit, offset])]


def _orders(selection: Selection) -> tuple[str, str]:
    return _ORDERS[selection.order.removeprefix("-")]


def _descending_order(order: str) -> str:
    return ", ".join(f"{column} DESC" for column in order.split(", "))


def assets_above(db: sqlite3.Connection, version: int, path: str) -> list[str]:
    """Assets that would become a folder if `path` were added."""
    folders = [path[:i] for i, char in enumerate(path) if char == "/"]
    marks = ",".join("?" * len(folders))
    rows = db.execute(
        f"SELECT path FROM membership WHERE version = ? AND path IN ({marks}) ORDER BY path",
        (version, *folders),
    )
    return [row["path"] for row in rows]


def assets_below(db: sqlite3.Connection, version: int, path: str) -> list[str]:
    """Assets that have `path` as a folder, at most 50."""
    rows = db.execute(
        "SELECT path FROM membership WHERE version = ? AND path > ? AND path < ? ORDER BY path LIMIT 50",
        (version, path + "/", path + "0"),  # "0" is the character after "/"
    )
    return [row["path"] for row in rows]


@dataclass(frozen=True)
class NewAsset:
    """What is to be attached; `metadata` is without the computed fields."""

    path: str
    metadata: JsonObject
    content: Blob | Zarr


def attach(db: sqlite3.Connection, version: int, new: NewAsset) -> Asset:
    """Adds an asset to a draft. Raises IntegrityError if the path is taken."""
    blob, zarr = (new.content.id, None) if isinstance(new.content, Blob) else (None, new.content.id)
    stamp, asset_id, schema = now_as_text(), str(uuid4()), str(new.metadata["schemaVersion"])
    cursor = db.execute(
        "INSERT INTO assets (asset_id, path, blob, zarr, metadata, schema_version, status, created, modified)"
        " VALUES (?, ?, ?, ?, ?, ?, 'Pending', ?, ?)",
        (asset_id, new.path, blob, zarr, dump(new.metadata), schema, stamp, stamp),
    )
    db.execute("INSERT INTO membership VALUES (?, ?, ?)", (version, new.path, cursor.lastrowid))
    _count(db, version, 1, new.content.size, zarr=zarr is not None)
    found = by_asset_id(db, asset_id)
    assert found is not None
    return found


def detach(db: sqlite3.Connection, version: int, asset: Asset) -> None:
    db.execute("DELETE FROM membership WHERE version = ? AND path = ?", (version, asset.path))
    db.execute("UPDATE assets SET status = 'Detached' WHERE id = ? AND status = 'Pending'", (asset.id,))
    _count(db, version, -1, -asset.size, zarr=asset.zarr_id is not None)


def _count(db: sqlite3.Connection, version: int, assets: int, size: int, *, zarr: bool) -> None:
    """Keeps the version's totals, and sends it back to validation."""
    db.execute(
        "UPDATE versions SET asset_count = asset_count + ?, size = size + ? WHERE id = ?",
        (assets, size, version),
    )
    if zarr:  # its size may have changed since it was counted
        recount(db, version)
    set_status(db, version, "Pending")


def recount(db: sqlite3.Connection, version: int) -> None:
    """Counts a version's assets again."""
    db.execute(
        "UPDATE versions SET (asset_count, size) ="
        " (SELECT count(*), coalesce(sum(coalesce(b.size, z.size)), 0) FROM membership m"
        " JOIN assets a ON a.id = m.asset LEFT JOIN blobs b ON b.id = a.blob"
        " LEFT JOIN zarrs z ON z.id = a.zarr WHERE m.version = versions.id) WHERE id = ?",
        (version,),
    )


def assets_to_validate(db: sqlite3.Connection, limit: int) -> list[Asset]:
    """Assets of drafts that can be validated now: a blob's sha256, or a zarr's checksum, is known."""
    query = (
        f"{_ASSET} WHERE a.status = 'Pending' AND (b.sha256 IS NOT NULL OR z.status = 'Complete')"
        " ORDER BY a.id LIMIT ?"
    )
    return [_asset(row) for row in db.execute(query, (limit,))]


def set_verdict(db: sqlite3.Connection, asset: Asset, status: str, errors: str) -> None:
    """Moves `modified` of the drafts that it is in, but not their status. A published asset keeps its own."""
    db.execute(
        "UPDATE assets SET status = ?, errors = ?, settled = ? WHERE id = ? AND published IS NULL",
        (status, errors, now_as_text(), asset.id),
    )
    db.execute(
        "UPDATE versions SET modified = ? WHERE version = 'draft'"
        " AND id IN (SELECT version FROM membership WHERE asset = ?)",
        (now_as_text(), asset.id),
    )


def valid_assets(
    db: sqlite3.Connection, version: int, *, settled_before: str | None = None
) -> Iterator[Asset]:
    """A version's valid assets, one at a time, oldest first; on request only those that were so at a time."""
    query = (
        f"{_MEMBER} WHERE m.version = ? AND a.status = 'Valid'"
        " AND (? IS NULL OR coalesce(a.settled, '') < ?) ORDER BY m.asset"
    )
    return map(_asset, db.execute(query, (version, settled_before, settled_before)))


def unsettled_assets(db: sqlite3.Connection, version: int, status: str, limit: int) -> list[Asset]:
    """The oldest assets of a version that are `Pending` or `Invalid`: few, so they are looked up first."""
    assert status in ("Pending", "Invalid")
    query = (
        f"SELECT {_COLUMNS} FROM assets a CROSS JOIN membership m ON m.asset = a.id {_JOINS}"
        f" WHERE a.status = '{status}' AND m.version = ? ORDER BY a.id LIMIT ?"
    )
    return [_asset(row) for row in db.execute(query, (version, limit))]


def owners(db: sqlite3.Connection, asset: Asset) -> set[int]:
    """Users who own a dandiset that the asset is in."""
    rows = db.execute(
        "SELECT o.user FROM membership m JOIN versions v ON v.id = m.version"
        " JOIN owners o ON o.dandiset = v.dandiset WHERE m.asset = ?",
        (asset.id,),
    )
    return {row[0] for row in rows}


def versions_with_zarr(db: sqlite3.Connection, zarr: int) -> list[int]:
    """Versions that have an asset of this zarr."""
    rows = db.execute(
        "SELECT DISTINCT m.version FROM membership m JOIN assets a ON a.id = m.asset WHERE a.zarr = ?",
        (zarr,),
    )
    return [row[0] for row in rows]


def publish(db: sqlite3.Connection, draft: int, version: int, publication: str) -> None:
    """Puts the draft's assets into a new version too, and freezes those that were not yet."""
    db.execute(
        "INSERT INTO membership (version, path, asset)"
        " SELECT ?, path, asset FROM membership WHERE version = ?",
        (version, draft),
    )
    db.execute(
        "UPDATE assets SET published = ? WHERE published IS NULL"
        " AND id IN (SELECT asset FROM membership WHERE version = ?)",
        (publication, draft),
    )
    recount(db, version)


def release_all(db: sqlite3.Connection, dandiset: int) -> None:
    """Opens the blobs of a dandiset's assets, which are then to be validated again."""
    members = "SELECT asset FROM membership WHERE version IN (SELECT id FROM versions WHERE dandiset = ?)"
    db.execute(f"UPDATE assets SET status = 'Pending' WHERE id IN ({members})", (dandiset,))
    blobs = f"SELECT blob FROM assets WHERE id IN ({members})"
    db.execute(f"UPDATE blobs SET embargoed = 0 WHERE id IN ({blobs})", (dandiset,))


_SHOWN = 50  # assets of each sort whose findings a version's `info` shows


_WAITING = "asset is currently being validated, please wait."


def asset_errors(db: sqlite3.Connection, version: Version) -> list[JsonObject]:
    """At most 50 assets that wait, and the findings of at most 50 that have any."""
    waiting = unsettled_assets(db, version.id, "Pending", _SHOWN)
    invalid = unsettled_assets(db, version.id, "Invalid", _SHOWN)
    found = [{"field": "", "message": _WAITING, "path": asset.path} for asset in waiting]
    return found + [
        {"field": error["field"], "message": error["message"], "path": asset.path}
        for asset in invalid
        for error in json.loads(asset.errors)
    ]


def is_publishable(db: sqlite3.Connection, version: Version) -> bool:
    """Valid itself, and every asset too."""
    return version.status == "Valid" and not any(
        unsettled_assets(db, version.id, status, 1) for status in ("Pending", "Invalid")
    )
