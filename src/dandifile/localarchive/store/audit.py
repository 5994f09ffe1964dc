"""Who changed what, and when. Only admins can read it."""

from __future__ import annotations

import sqlite3

from dandifile.localarchive.store.dandisets import dump
from dandifile.localarchive.store.database import now
from dandifile.localarchive.store.users import User
from dandifile.model import JsonObject


def record(db: sqlite3.Connection, dandiset: int, user: User, record_type: str, details: JsonObject) -> None:
    db.execute(
        "INSERT INTO audit (timestamp, dandiset, user, record_type, details) VALUES (?, ?, ?, ?, ?)",
        (now(), dandiset, user.login, record_type, dump(details)),
    )
