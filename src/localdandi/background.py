"""What the archive does on its own: hash new blobs, validate assets and drafts, publish.

One thread goes through all of it in passes. It starts a pass when a request has left work,
or, with `Settings.pause`, that much later, as production does once a minute.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from localdandi import hashing, publishing, unembargo, validation, zarr_ingest
from localdandi.archive import Archive

_LOG = logging.getLogger(__name__)

# Each does one piece of its work and says whether there may be more.
_JOBS: tuple[Callable[[Archive], bool], ...] = (
    unembargo.run,
    hashing.run,
    zarr_ingest.run,
    validation.run_assets,
    publishing.run,
    validation.run_drafts,
)
_LOOK = 0.25  # seconds, after which it looks for work that nobody has told it of


def _resume(archive: Archive) -> None:
    """What a server that was killed had begun is to be begun again."""
    with archive.database.write() as db:
        db.execute("UPDATE versions SET status = 'Pending' WHERE status = 'Validating'")
        db.execute("UPDATE zarrs SET status = 'Uploaded' WHERE status = 'Ingesting'")


class Background:
    """Runs the jobs over one archive until it is stopped."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._stopping = threading.Event()
        self.resting = threading.Lock()  # whoever holds it knows that no pass is under way, and none begins
        self._thread = threading.Thread(target=self._run, name="archive-background", daemon=True)

    def start(self) -> None:
        _resume(self._archive)
        self._archive.work.set()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._archive.work.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._archive.work.wait(_LOOK)
            self._stopping.wait(self._archive.settings.pause)
            if self._stopping.is_set():
                return
            self._archive.work.clear()
            if self._archive.settings.background:
                with self.resting:
                    self._pass()

    def _pass(self) -> None:
        for job in _JOBS:
            try:
                while not self._stopping.is_set() and job(self._archive):
                    pass
            except Exception:  # noqa: BLE001  told in the log
                # As in production: a job that fails leaves things as they are, and the rest goes on.
                _LOG.exception("%s.%s failed", job.__module__, job.__qualname__)
