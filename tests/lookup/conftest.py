from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from dandifile.lookup.client import Client
from dandifile.run.state import MemoryCache
from tests.lookup.replay import HURRIED, Replay, replaying

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

NewClient = Callable[..., Client]


@pytest.fixture
def replay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with replaying() as server:
        yield server


@pytest.fixture
def cache() -> MemoryCache:
    return MemoryCache()


@pytest.fixture
def new_client(replay: Replay, cache: MemoryCache) -> NewClient:
    """Makes clients of the replay server that share one cache."""

    def make(**changed: Any) -> Client:
        known: dict[str, Any] = {"services": replay.services, "cache": cache, "now": NOW, "patience": HURRIED}
        return Client(**(known | changed))

    return make


@pytest.fixture
def client(new_client: NewClient) -> Client:
    return new_client()
