"""Keeps to a service's limit: so many requests in a window of time, so many at once."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """At most `requests` in any `seconds`, and `at_once` of them unanswered."""

    requests: int
    seconds: float
    at_once: int


class LimitReachedError(Exception):
    """A place is free in `seconds`, which is longer than the caller wants to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:.0f} s")
        self.seconds = seconds


class Pace:
    """One service's. Threads share it."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._turn = threading.Lock()
        self._sent: deque[float] = deque(maxlen=limit.requests)
        self._free = threading.BoundedSemaphore(limit.at_once)

    @contextmanager
    def slot(self, longest: float) -> Iterator[None]:
        """Wait for a place and hold it. LimitReachedError if that takes more than `longest` seconds."""
        with self._free:
            time.sleep(self._reserve(longest))
            yield

    def _reserve(self, longest: float) -> float:
        """Seconds until the next request may go; it is then counted."""
        with self._turn:
            now = time.monotonic()
            is_full = len(self._sent) == self._limit.requests
            start = max(now, self._sent[0] + self._limit.seconds) if is_full else now
            if start - now > longest:
                raise LimitReachedError(start - now)
            self._sent.append(start)
            return start - now
