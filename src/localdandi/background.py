"""The threads that do the jobs, in passes, so that validating, which is slow, does not hold up hashing.

A pass starts when a request has left work, or, with `Settings.pause`, that much later: production does so
once a minute.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from localdandi import jobs
from localdandi.archive import Archive

_LOG = logging.getLogger(__name__)

Job: TypeAlias = Callable[[Archive], bool]
"""Does one piece of its work and says whether there may be more."""

_HASHING: tuple[Job, ...] = (jobs.hash_blobs,)
_THE_REST: tuple[Job, ...] = (
    jobs.finish_unembargo,
    jobs.ingest_zarrs,
    jobs.run_assets,
    jobs.publish_next,
    jobs.run_drafts,
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
        self.resting = threading.Lock()  # while it is held, no pass begins

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
