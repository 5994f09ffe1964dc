from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lookup.replay import Replay, replaying


@pytest.fixture
def replay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    """The services that commands ask, replayed: they know nothing until a test says what."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with replaying() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server
