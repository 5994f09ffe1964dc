"""A value that is only now and then brought up to date, as counts over the whole archive are."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

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
