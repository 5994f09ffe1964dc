"""What every request handler works with: one open store, its settings, and figures kept for a while."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from typing import Generic, TypeVar

from filelock import FileLock, Timeout

from localdandi.document import StartError
from localdandi.instance import Instance
from localdandi.objects import ObjectStore
from localdandi.signing import Signer
from localdandi.store import dandisets, users
from localdandi.store.database import Database, now_as_text


class Bell:
    """Wakes everybody who listens to it."""

    def __init__(self) -> None:
        self._listeners: list[Event] = []

    def listener(self) -> Event:
        self._listeners.append(Event())
        return self._listeners[-1]

    def set(self) -> None:
        for one in self._listeners:
            one.set()


DATABASE = "archive.sqlite"
OWN = (
    *(f"{DATABASE}{suffix}" for suffix in ("", "-wal", "-shm", "-journal")),
    *("admin.key", "lock", "server.json", "objects", "pictures", "outlines"),
    *("identifiers.json", "identifiers.json.lock"),  # which dandisets the specs of this machine were given
)
"""All that an archive keeps in its folder; other files there are not ours."""
_FIRST = {DATABASE, f"{DATABASE}-journal", "lock", "identifiers.json", "identifiers.json.lock"}
"""What may be there before the database is."""
_INSIDE = {
    "objects": ("uploads", "blobs", "zarr"),
    "pictures": ("*.light.png", "*.dark.png"),
    "outlines": ("*.tree.json",),
}
"""The same for its folders: patterns of their entries."""


@dataclass(frozen=True)
class Archive:
    store: Path
    key: str  # the admin's
    database: Database
    objects: ObjectStore
    signer: Signer
    settings: Settings
    instance: Instance
    lock: FileLock
    figures: Snapshot[dict[str, int]]
    searchable: Snapshot[str]  # until when what was written can be found by its facets
    work: Bell = field(default_factory=Bell)  # rung when there is something for the background

    def close(self) -> None:
        self.database.close()
        self.lock.release()


def open_store(store: Path, settings: Settings | None = None, instance: Instance | None = None) -> Archive:
    """Opens a store, and makes it first where there is none. One process at a time can.

    Only its owner may enter the folder: the database holds what signs URLs.
    """
    _refuse_foreign(store)
    store.mkdir(parents=True, exist_ok=True)
    store.chmod(0o700)
    lock = _lock_store(store)
    try:
        database = Database(store / DATABASE)
        figures = _figures(database)  # of a new store without its admin, as a new archive gives them
        key, signer = _admin_key(store, database), Signer(database.secret("signing"))
        return _archive(store, database, lock, figures, key, signer, settings, instance)
    except BaseException:
        lock.release()
        raise


def open_for_reading(store: Path, instance: Instance | None = None) -> Archive:
    """Opens a store that is there to read from it, also while another process serves it."""
    if not is_store(store):
        raise StartError(
            "there is no embedded archive in this folder", where=str(store), fix="name the folder of one"
        )
    lock = FileLock(store / "lock", thread_local=False)  # never taken
    database = Database(store / DATABASE)
    return _archive(store, database, lock, _figures(database), "", Signer(""), None, instance)


def _figures(database: Database) -> Snapshot[dict[str, int]]:
    return Snapshot(lambda: dandisets.totals(database.read()))


def _archive(  # noqa: PLR0913, PLR0917  what both ways to open one have to say
    store: Path,
    database: Database,
    lock: FileLock,
    figures: Snapshot[dict[str, int]],
    key: str,
    signer: Signer,
    settings: Settings | None,
    instance: Instance | None,
) -> Archive:
    return Archive(
        store=store,
        key=key,
        database=database,
        objects=ObjectStore(store / "objects"),
        signer=signer,
        settings=settings or Settings(),
        instance=instance or Instance(),
        lock=lock,
        figures=figures,
        searchable=Snapshot(now_as_text),
    )


def _lock_store(store: Path) -> FileLock:
    """Keeps other processes out of the store. StartError while one is in."""
    lock = FileLock(store / "lock", thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StartError(
            "another process serves this archive",
            where=str(store),
            fix="use the one that is running, or stop it first",
        ) from None
    return lock


def _refuse_foreign(store: Path) -> None:
    """A folder with other files in it is not made a store of: a reset would then be in their midst."""
    if not store.exists() or is_store(store):
        return
    if not store.is_dir():
        raise StartError(f"{store} is not a folder", fix="name a new or an empty folder")
    database = store / DATABASE
    foreign = sorted(entry.name for entry in store.iterdir() if entry.name not in _FIRST or entry.is_dir())
    if database.is_file() and database.stat().st_size:
        foreign = [DATABASE, *foreign]  # a file of that name, and not one of ours
    if foreign:
        raise StartError(
            f"the folder holds other files: {', '.join(foreign[:3])}{' …' if foreign[3:] else ''}",
            where=str(store),
            fix="name a new or an empty folder",
        )


def is_store(folder: Path) -> bool:
    """Whether an embedded archive was made here: its database is asked, since a name proves nothing."""
    return Database.is_one(folder / DATABASE)


def reset(store: Path) -> tuple[str, ...]:
    """Deletes what an archive keeps in its folder, and the folder if nothing else is in it.

    Returns the names of what is left. Raises StartError where there is no archive, or a running one.
    """
    if not is_store(store):
        raise StartError(
            "this is not the folder of an embedded archive", where=str(store), fix="name the right folder"
        )
    store = store.resolve()  # what is named may be a link to it
    _lock_store(store).release()
    for name in OWN:
        entry = store / name
        if entry.is_dir() and not entry.is_symlink():
            _empty(entry, _INSIDE.get(name, ()))
        else:
            entry.unlink(missing_ok=True)
    left = tuple(sorted(entry.name for entry in store.iterdir()))
    if not left:
        store.rmdir()
    return left


def _empty(folder: Path, patterns: tuple[str, ...]) -> None:
    """Deletes the entries that fit one of the patterns, and the folder if nothing else is in it."""
    for entry in [entry for pattern in patterns for entry in folder.glob(pattern)]:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def _admin_key(store: Path, database: Database) -> str:
    """The admin's key, from its file; both are made at the first start, and it is the file that counts.

    The name is one that dandischema accepts, since it becomes a dandiset's contact person.
    """
    file = store / "admin.key"
    if not file.exists():
        write_secret(file, secrets.token_hex(20))
    key = file.read_text(encoding="ascii").strip()
    with database.write() as db:
        admin = users.by_name(db, "admin")
        if admin is None:
            names = {"first_name": "Local", "last_name": "Admin", "email": "admin@example.org"}
            users.add(db, "admin", key=key, admin=True, **names)
        elif users.by_key(db, key) is None:
            users.set_key(db, admin, key)
    return key


def write_secret(file: Path, text: str) -> None:
    """Writes a file that only its owner may read, whole or not at all."""
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)


_HOURS = 3600.0


@dataclass
class Settings:
    """`pause` is the time between two passes of the background work, in seconds.

    The default is prompt; production takes 60. `url_lifetime` replaces the lifetime of
    presigned URLs, in seconds: a negative one makes URLs that have expired already.

    The others are as in production, where clients must not count on anything better. With `summary_lags` a
    draft's summary counts the assets that were valid when the draft was last written to: validation of the
    draft comes first, and nothing sums it up again afterwards. Figures of the whole archive and what the
    faceted search finds are renewed every `figures_age` and `search_age` seconds; 0: always the present.
    """

    pause: float = 0.0
    url_lifetime: int | None = None
    background: bool = True  # False: nothing is hashed, validated, ingested or published
    summary_lags: bool = True
    figures_age: float = 6 * _HOURS
    search_age: float = 600.0


T = TypeVar("T")


class Snapshot(Generic[T]):
    """What `take` gave when it was last asked; it is asked at once."""

    def __init__(self, take: Callable[[], T]) -> None:
        self._take = take
        self._lock = Lock()
        self._value = take()
        self._taken = time.monotonic()

    def value(self, age: float) -> T:
        """The value, at most so many seconds old."""
        with self._lock:
            if time.monotonic() - self._taken >= age:
                self._value = self._take()
                self._taken = time.monotonic()
            return self._value
