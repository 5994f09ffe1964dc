"""A value that many threads ask for and one fetches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class Once:
    """Remembers what was made for each key; who asks meanwhile, waits. What failed is tried again."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._making: defaultdict[Hashable, Lock] = defaultdict(Lock)
        self._made: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            making = self._making[key]
        with making:
            if key not in self._made:
                self._made[key] = make()
            value: T = self._made[key]
            return value
