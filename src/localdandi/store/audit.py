"""Who changed what, and when. Only admins can read it."""

from __future__ import annotations

import json
import sqlite3

from localdandi.document import JsonObject
from localdandi.store.dandisets import dump
from localdandi.store.database import now
from localdandi.store.users import User


def record(db: sqlite3.Connection, dandiset: int, user: User, record_type: str, details: JsonObject) -> None:
    db.execute(
        "INSERT INTO audit (timestamp, dandiset, user, record_type, details) VALUES (?, ?, ?, ?, ?)",
        (now(), dandiset, user.login, record_type, dump(details)),
    )


def of_assets(  # noqa: PLR0913  one argument a parameter of the query
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
