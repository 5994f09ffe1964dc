from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from tests.archive.scripted import Scripted, scripted


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


class MemoryCache:
    """A `model.Cache` that forgets with the test."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Any]] = {}

    def get_many(self, table: str, keys: Iterable[str]) -> dict[str, Any]:
        known = self.tables.get(table, {})
        return {key: known[key] for key in keys if key in known}

    def put_many(self, table: str, items: Mapping[str, Any]) -> None:
        self.tables.setdefault(table, {}).update(items)


@pytest.fixture
def cache() -> MemoryCache:
    return MemoryCache()
