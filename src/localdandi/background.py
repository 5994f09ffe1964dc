"""What the archive does on its own: hash new blobs, ingest Zarrs, release dandisets, validate, publish.

Two threads go through it in passes, so that validating, which is slow, holds up no hash. They start a pass
when a request has left work, or, with `Settings.pause`, that much later, as production does once a minute.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeAlias

from localdandi import metadata, publishing, validation
from localdandi.archive import Archive
from localdandi.instance import Instance
from localdandi.store import assets, blobs, dandisets, zarrs
from localdandi.store.dandisets import Dandiset, dump
from localdandi.store.zarrs import ZarrFile

_LOG = logging.getLogger(__name__)


def ingest_zarrs(archive: Archive) -> bool:
    """Ingests one zarr; False when none waits."""
    zarr = zarrs.with_status(archive.database.read(), "Uploaded")
    if zarr is None:
        return False
    with archive.database.write() as db:
        zarrs.set_status(db, zarr, "Ingesting")
    checksum, count, size = zarr_digest(zarrs.files(archive.database.read(), zarr.id))
    with archive.database.write() as db:
        zarrs.complete(db, zarr, checksum, count, size)
        for version in assets.versions_with_zarr(db, zarr.id):
            assets.recount(db, version)
        dandiset = dandisets.by_id(db, zarr.dandiset)
        if dandiset:
            dandisets.set_status(db, dandisets.draft_of(db, dandiset).id, "Pending")
    return True


def zarr_digest(files: Iterable[ZarrFile]) -> tuple[str, int, int]:
    """The dandi-zarr-checksum, the number of files and their size."""
    from pathlib import Path

    from zarr_checksum import compute_zarr_checksum
    from zarr_checksum.generators import ZarrArchiveFile

    whole = compute_zarr_checksum(
        ZarrArchiveFile(path=Path(file.path), size=file.size, digest=file.etag) for file in files
    )
    return str(whole.digest), int(whole.count), int(whole.size)


def finish_unembargo(archive: Archive) -> bool:
    """Releases every dandiset whose release was asked for; never leaves work for another pass."""
    with archive.database.write() as db:
        for dandiset in dandisets.in_embargo_status(db, "UNEMBARGOING"):
            _release(db, dandiset, archive.instance)
    return False


def _release(db: sqlite3.Connection, dandiset: Dandiset, instance: Instance) -> None:
    """The day of the release stays in the metadata as `embargoedUntil`."""
    assets.release_all(db, dandiset.id)
    today = datetime.now(UTC).date().isoformat()
    dandiset = dandisets.set_embargo(db, dandiset, "OPEN", today)
    draft = dandisets.draft_of(db, dandiset)
    first, *others = draft.document()["access"]
    kept = draft.document() | {"access": [first | {"embargoedUntil": today}, *others]}
    document = metadata.complete(kept, dandiset, instance, version=draft.version, name=draft.name)
    dandisets.save(db, draft, draft.name, dump(document), "Pending")


def hash_blobs(archive: Archive) -> bool:
    """Hashes one blob; False when none that can be read waits."""
    blob = blobs.without_sha256(archive.database.read())
    while blob:
        try:
            sha256 = archive.objects.sha256(blob.blob_id)
        except OSError:  # one damaged object holds up no other; it is tried again in the next pass
            _LOG.exception("blob %s cannot be read", blob.blob_id)
            blob = blobs.without_sha256(archive.database.read(), after=blob.id)
            continue
        with archive.database.write() as db:
            blobs.set_sha256(db, blob, sha256)
        archive.work.set()  # its assets can be validated now
        return True
    return False


Job: TypeAlias = Callable[[Archive], bool]
"""Does one piece of its work and says whether there may be more."""

_HASHING: tuple[Job, ...] = (hash_blobs,)
_THE_REST: tuple[Job, ...] = (
    finish_unembargo,
    ingest_zarrs,
    validation.run_assets,
    publishing.run,
    validation.run_drafts,
)
_LOOK = 0.25  # seconds, after which they look for work that nothing has announced


def _resume(archive: Archive) -> None:
    """Sends back to waiting what a server that was killed had begun."""
    with archive.database.write() as db:
        db.execute("UPDATE versions SET status = 'Pending' WHERE status = 'Validating'")
        db.execute("UPDATE zarrs SET status = 'Uploaded' WHERE status = 'Ingesting'")


class Background:
    """Runs the jobs over one archive until it is stopped."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._workers = [_Worker(archive, "hashing", _HASHING), _Worker(archive, "background", _THE_REST)]

    def start(self) -> None:
        _resume(self._archive)
        self._archive.work.set()
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        for worker in self._workers:
            worker.stopping.set()
        self._archive.work.set()
        for worker in self._workers:
            worker.join()

    @contextmanager
    def resting(self) -> Iterator[None]:
        """No pass is under way, and none begins, until the block ends."""
        hasher, rest = self._workers
        with hasher.resting, rest.resting:
            yield


class _Worker(threading.Thread):
    """Goes through some jobs again and again."""

    def __init__(self, archive: Archive, name: str, jobs: tuple[Job, ...]) -> None:
        super().__init__(name=f"archive-{name}", daemon=True)
        self._archive = archive
        self._jobs = jobs
        self._work = archive.work.listener()
        self.stopping = threading.Event()
        self.resting = threading.Lock()  # whoever holds it keeps the next pass from beginning

    def run(self) -> None:
        while True:
            self._work.wait(_LOOK)
            self.stopping.wait(self._archive.settings.pause)
            if self.stopping.is_set():
                return
            self._work.clear()
            if self._archive.settings.background:
                with self.resting:
                    self._pass()

    def _pass(self) -> None:
        for job in self._jobs:
            try:
                while not self.stopping.is_set() and job(self._archive):
                    pass
            except Exception:  # noqa: BLE001  written to the log
                # As in production: a job that fails leaves things as they are, and the rest goes on.
                _LOG.exception("%s.%s failed", job.__module__, job.__qualname__)
