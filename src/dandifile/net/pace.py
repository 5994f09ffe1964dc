"""Keeps to a service's limit: so many requests in a window of time, so many at once."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class Pace:
    """One service's. Threads share it."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._turn = threading.Lock()
        self._sent: deque[float] = deque(maxlen=limit.requests)
        self._free = threading.BoundedSemaphore(limit.at_once)

    @contextmanager
    def slot(self, patience: float) -> Iterator[float]:
        """Waits for a place and holds it. Yields 0, or the seconds to wait where they exceed `patience`."""
        with self._free:
            wait = self._reserve(patience)
            if 0 < wait <= patience:
                time.sleep(wait)
            yield wait if wait > patience else 0.0

    def _reserve(self, patience: float) -> float:
        """Seconds until the next request may go; it is counted unless they exceed `patience`."""
        with self._turn:
            now = time.monotonic()
            full = len(self._sent) == self._limit.requests
            at = max(now, self._sent[0] + self._limit.seconds) if full else now
            if at - now <= patience:
                self._sent.append(at)
            return at - now


@dataclass(frozen=True)
class Limit:
    """At most `requests` in any `seconds`, and `at_once` of them unanswered."""

    requests: int
    seconds: float
    at_once: int
