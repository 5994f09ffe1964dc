"""Users with their keys, sessions and stars.

Keys are random and long, so a plain SHA-256 of one gives nothing away.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass

from localdandi.store.database import now_as_text

# ruff: noqa: S608  queries are put together from constants; what is sent goes in as parameters


@dataclass(frozen=True)
class User:
    id: int
    login: str
    first_name: str
    last_name: str
    email: str
    status: str  # INCOMPLETE | PENDING | APPROVED | REJECTED
    admin: bool

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def approved(self) -> bool:
        return self.admin or self.status == "APPROVED"


_COLUMNS = "id, login, first_name, last_name, email, status, admin"


def _user(row: sqlite3.Row) -> User:
    return User(**{**row, "admin": bool(row["admin"])})


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def add(  # noqa: PLR0913  one argument a column
    db: sqlite3.Connection,
    login: str,
    *,
    first_name: str,
    last_name: str,
    email: str,
    status: str = "APPROVED",
    admin: bool = False,
    key: str | None = None,
) -> str:
    """Adds a user and returns the key, which is kept nowhere else."""
    key = key or secrets.token_hex(20)
    db.execute(
        "INSERT INTO users (login, first_name, last_name, email, status, admin, key_hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (login, first_name, last_name, email, status, admin, _hash(key)),
    )
    return key


def by_key(db: sqlite3.Connection, key: str) -> User | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM users WHERE key_hash = ?", (_hash(key),)).fetchone()
    return _user(row) if row else None


def by_id(db: sqlite3.Connection, number: int) -> User | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM users WHERE id = ?", (number,)).fetchone()
    return _user(row) if row else None


def by_name(db: sqlite3.Connection, name: str) -> User | None:
    """By login, else by e-mail: the two spellings that the owners PUT takes."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM users WHERE login = ? OR email = ? ORDER BY login <> ?",
        (name, name, name),
    ).fetchone()
    return _user(row) if row else None


def new_key(db: sqlite3.Connection, user: User) -> str:
    key = secrets.token_hex(20)
    set_key(db, user, key)
    return key


def set_key(db: sqlite3.Connection, user: User, key: str) -> None:
    """Replaces a user's key. Sessions that the old one began end with it."""
    db.execute("UPDATE users SET key_hash = ? WHERE id = ?", (_hash(key), user.id))
    db.execute("DELETE FROM sessions WHERE user = ?", (user.id,))


def search(db: sqlite3.Connection, text: str) -> list[User]:
    """Approved users with `text` somewhere in a name or e-mail address; at most 10.

    In production the address is the user's name in Django, which the archive searches too.
    """
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM users WHERE status = 'APPROVED' AND"
        " (instr(lower(first_name), ?1) OR instr(lower(last_name), ?1) OR instr(lower(login), ?1)"
        " OR instr(lower(email), ?1))"
        " ORDER BY id LIMIT 10",
        (text.lower(),),
    )
    return [_user(row) for row in rows]


def all_users(db: sqlite3.Connection, *, approved_only: bool) -> list[User]:
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM users WHERE ? OR status = 'APPROVED' ORDER BY id",
        (not approved_only,),
    )
    return [_user(row) for row in rows]


def owners(db: sqlite3.Connection, dandiset: int) -> list[User]:
    """A dandiset's owners, in the order in which they joined the archive."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM users JOIN owners ON user = id WHERE dandiset = ? ORDER BY id",
        (dandiset,),
    )
    return [_user(row) for row in rows]


def owns(db: sqlite3.Connection, dandiset: int, user: User) -> bool:
    """Admins count as owners of everything."""
    if user.admin:
        return True
    query = "SELECT 1 FROM owners WHERE dandiset = ? AND user = ?"
    return db.execute(query, (dandiset, user.id)).fetchone() is not None


def set_owners(db: sqlite3.Connection, dandiset: int, users: Iterable[User]) -> None:
    db.execute("DELETE FROM owners WHERE dandiset = ?", (dandiset,))
    pairs = {(dandiset, user.id) for user in users}
    db.executemany("INSERT INTO owners (dandiset, user) VALUES (?, ?)", sorted(pairs))


def star_count(db: sqlite3.Connection, dandiset: int) -> int:
    return int(db.execute("SELECT count(*) FROM stars WHERE dandiset = ?", (dandiset,)).fetchone()[0])


def has_star(db: sqlite3.Connection, dandiset: int, user: int) -> bool:
    row = db.execute("SELECT 1 FROM stars WHERE dandiset = ? AND user = ?", (dandiset, user)).fetchone()
    return row is not None


def add_star(db: sqlite3.Connection, dandiset: int, user: int) -> None:
    db.execute("INSERT OR IGNORE INTO stars VALUES (?, ?, ?)", (dandiset, user, now_as_text()))


def remove_star(db: sqlite3.Connection, dandiset: int, user: int) -> None:
    db.execute("DELETE FROM stars WHERE dandiset = ? AND user = ?", (dandiset, user))


LIFETIME = 7 * 24 * 3600  # seconds


def start_session(db: sqlite3.Connection, user: User) -> str:
    """Begins a session and returns its token, which is stored nowhere else."""
    token = secrets.token_urlsafe(32)
    db.execute("DELETE FROM sessions WHERE expires < ?", (time.time(),))
    db.execute("INSERT INTO sessions VALUES (?, ?, ?)", (_token_hash(token), user.id, time.time() + LIFETIME))
    return token


def end_session(db: sqlite3.Connection, token: str) -> None:
    db.execute("DELETE FROM sessions WHERE token_hash = ?", (_token_hash(token),))


def session_user(db: sqlite3.Connection, token: str) -> User | None:
    """Whose session it is; None when it has expired, has ended or never was one."""
    query = "SELECT user FROM sessions WHERE token_hash = ? AND expires > ?"
    row = db.execute(query, (_token_hash(token), time.time())).fetchone()
    return by_id(db, row["user"]) if row else None


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
