"""Who likes which dandiset."""

from __future__ import annotations

import sqlite3

from localdandi.store.database import now


def count(db: sqlite3.Connection, dandiset: int) -> int:
    return int(db.execute("SELECT count(*) FROM stars WHERE dandiset = ?", (dandiset,)).fetchone()[0])


def starred(db: sqlite3.Connection, dandiset: int, user: int) -> bool:
    row = db.execute("SELECT 1 FROM stars WHERE dandiset = ? AND user = ?", (dandiset, user)).fetchone()
    return row is not None


def add(db: sqlite3.Connection, dandiset: int, user: int) -> None:
    db.execute("INSERT OR IGNORE INTO stars VALUES (?, ?, ?)", (dandiset, user, now()))


def remove(db: sqlite3.Connection, dandiset: int, user: int) -> None:
    db.execute("DELETE FROM stars WHERE dandiset = ? AND user = ?", (dandiset, user))
