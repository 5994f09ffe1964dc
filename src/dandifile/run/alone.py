"""One process at a time: two applies of one spec would make two dandisets, and each other's work stale."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from dandifile.errors import BlockedError


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Holds `file` until the block ends. BlockedError, at once, where another process holds it.

    It is SQLite's lock, which ends with its process however that ends, on every system. Where no
    file can be locked, as on some network disks, nobody is kept out.
    """
    with closing(sqlite3.connect(":memory:" if not _can_be(file) else file, timeout=0)) as held:
        held.isolation_level = None
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise BlockedError(
                    "another apply of this spec is running", fix="run this one again when it has ended"
                ) from None
        yield


def _can_be(file: Path) -> bool:
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        return True
    return False
