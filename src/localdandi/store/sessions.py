"""Who is logged in to the web pages. A browser holds a random token, never the key of the API."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time

from localdandi.store import users
from localdandi.store.users import User

LIFETIME = 7 * 24 * 3600  # seconds


def start(db: sqlite3.Connection, user: User) -> str:
    """Begins a session and returns its token, which is stored nowhere else."""
    token = secrets.token_urlsafe(32)
    db.execute("DELETE FROM sessions WHERE expires < ?", (time.time(),))
    db.execute("INSERT INTO sessions VALUES (?, ?, ?)", (_hash(token), user.id, time.time() + LIFETIME))
    return token


def end(db: sqlite3.Connection, token: str) -> None:
    db.execute("DELETE FROM sessions WHERE token_hash = ?", (_hash(token),))


def reader(db: sqlite3.Connection, token: str) -> User | None:
    """Whose session it is; None when it has expired, has ended or never was one."""
    query = "SELECT user FROM sessions WHERE token_hash = ? AND expires > ?"
    row = db.execute(query, (_hash(token), time.time())).fetchone()
    return users.by_id(db, row["user"]) if row else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
