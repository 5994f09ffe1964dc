from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dandifile.waits import Silence, within

URL = "https://silent.example.org/x?secret=1"


def test_what_is_given_in_time_is_given() -> None:
    assert within(60, lambda: 3, "https://example.org/x") == 3


def test_what_is_raised_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 / 0, "https://example.org/x")


def test_what_takes_too_long_is_left_alone_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    never = threading.Event()
    with caplog.at_level(logging.WARNING), ThreadPoolExecutor(4) as pool:
        waits = [pool.submit(within, 1, never.wait, URL, 0.05) for _ in range(4)]
        assert all(isinstance(wait.exception(), TimeoutError) for wait in waits)
    assert caplog.messages == ["waiting for silent.example.org … (up to 1 s)"]
    never.set()


def test_a_silence_is_said_once_it_lasts_and_not_after_its_end(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = threading.Event()
    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", lambda _: said.set())
    logger = logging.getLogger("dandifile.waits")
    logger.addHandler(handler)
    try:
        with Silence("https://quiet.example.org/x?secret=1", 300, 0.01) as silence:
            silence.begin()
            assert said.wait(60)
        with Silence("https://quick.example.org/x", 300, 60) as silence:
            silence.begin()
        with Silence("https://never.example.org/x", 300, 60):
            pass
    finally:
        logger.removeHandler(handler)
    assert caplog.messages == ["waiting for quiet.example.org … (up to 300 s)"]
