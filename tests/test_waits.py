from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dandifile import waits
from dandifile.waits import call_within, say_if_slow

URL = "https://silent.example.org/x?secret=1"


def test_what_is_given_in_time_is_given() -> None:
    assert call_within(60, lambda: 3, "https://example.org/x") == 3


def test_what_is_raised_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        call_within(60, lambda: 1 / 0, "https://example.org/x")


def test_what_takes_too_long_is_left_alone_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    never = threading.Event()
    with caplog.at_level(logging.WARNING), ThreadPoolExecutor(4) as pool:
        waits = [pool.submit(call_within, 1, never.wait, URL, 0.05) for _ in range(4)]
        assert all(isinstance(wait.exception(), TimeoutError) for wait in waits)
    assert caplog.messages == ["waiting for silent.example.org … (up to 1 s)"]
    never.set()


def test_a_long_wait_is_said_once_it_has_begun(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sending may take as long as it takes: what counts is the time without an answer after it."""
    say = waits._say
    url = "https://store.example.org/x?secret=1"
    with caplog.at_level(logging.WARNING):
        with say_if_slow(url, 7, quiet=0):
            pass
        with say_if_slow(url, 7, quiet=600) as begun:
            begun()
        assert not caplog.messages
        said_now = threading.Event()

        def heard(url: str, text: str, seconds: float) -> None:
            say(url, text, seconds)
            said_now.set()

        monkeypatch.setattr(waits, "_say", heard)
        with say_if_slow(url, 7, quiet=0.01) as begun:
            begun()
            begun()
            assert said_now.wait(30)
    assert caplog.messages == ["waiting for store.example.org … (up to 7 s)"]


def test_looks_come_further_and_further_apart_until_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    now, pauses = [0.0], []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(waits, "sleep", sleep)
    monkeypatch.setattr("dandifile.waits.time.monotonic", lambda: now[0])
    assert list(waits.looks(100)) == [0, 2, 6, 14, 30, 60, 90, 100]
    assert max(pauses) == waits.LONGEST
    assert list(waits.looks(0)) == [0], "one look is always due"
    assert next(iter(waits.looks(0, first=1))) == 0
