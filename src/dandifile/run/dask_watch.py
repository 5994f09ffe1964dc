"""Waiting for workers: a cluster whose workers have all ended may get new ones, but nobody waits for ever."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from dandifile.errors import DataError


@dataclass(frozen=True)
class Waiting:
    """Seconds between two looks, and without workers until that is told, and until all is given up."""

    look: float = 5.0
    told: float = 30.0
    ends: float = 1800.0


WAITING = Waiting()


class Watch:
    """Calls `give_up` while a cluster has had no worker for too long. `workers` counts those that are up."""

    def __init__(
        self, workers: Callable[[], int], give_up: Callable[[DataError], None], waiting: Waiting
    ) -> None:
        self._workers = workers
        self._give_up = give_up
        self._waiting = waiting
        self._ended = threading.Event()
        self.lost: DataError | None = None  # why nothing more need be asked of the cluster
        threading.Thread(target=self._run, name="dask-watch", daemon=True).start()

    def end(self) -> None:
        self._ended.set()

    def _run(self) -> None:
        since: float | None = None
        told = False
        while not self._ended.wait(self._waiting.look):
            if self._workers():
                since, told, self.lost = None, False, None
                continue
            since = since or time.monotonic()
            alone = time.monotonic() - since
            if alone >= self._waiting.told and not told:
                sys.stderr.write("the Dask cluster has no workers any more; waiting for new ones\n")
                told = True
            if alone >= self._waiting.ends:
                self.lost = _without_workers(alone)
                self._give_up(self.lost)


def _without_workers(seconds: float) -> DataError:
    return DataError(
        f"the Dask cluster has had no workers for {max(1, round(seconds / 60))} min",
        fix="start some, and run again: what is done is kept",
    )
