"""Waiting for servers: a time limit, and one message however many requests wait.

A message is a warning of this module's logger; commands show it (`terminal.failures`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

QUIET = 3.0
"""Seconds of waiting without a message."""

FIRST, LONGEST = 2.0, 30.0
"""Seconds between two looks at work that a server does in the background: doubled from the first."""

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_quiet_until: dict[str, float] = {}  # by host; by the monotonic clock


def call_within(seconds: float, call: Callable[[], T], url: str, quiet: float = QUIET) -> T:
    """The result of `call`, which asks `url`; TimeoutError where it does not come in time.

    The timeout of a socket starts again with every byte, so a server that sends one now and then would keep
    us waiting for ever. A call that is too late goes on in its thread, and no one waits for it.
    """
    ended = threading.Event()
    results: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            raised.append(error)
        finally:
            ended.set()

    threading.Thread(target=run, daemon=True).start()
    if not ended.wait(min(quiet, seconds)):
        _say(url, f"waiting for {_host(url)} … (up to {seconds:.0f} s)", seconds)
        ended.wait(max(0.0, seconds - quiet))
    if raised:
        raise raised[0]
    if not results:
        raise TimeoutError
    return results[0]


def looks(limit: float, first: float = 0.0) -> Iterator[float]:
    """Times to look at what a server does in the background: the seconds since the first, until `limit`.

    The last look is at the limit; after that nothing more comes. `first`: the seconds to the second look.
    """
    begun, pause = time.monotonic(), first or FIRST
    while True:
        spent = time.monotonic() - begun
        yield spent
        if spent >= limit:
            return
        sleep(min(pause, max(0.0, limit - spent)))
        pause = min(2 * pause, LONGEST)


def sleep(seconds: float) -> None:
    """Waits between two looks."""
    time.sleep(seconds)


def say_retry(url: str, why: str, seconds: float) -> None:
    """Says `why` the host of `url` is asked again, for so many seconds at most; once in that time."""
    _say(url, f"{_host(url)}: {why}; trying again for up to {seconds:.0f} s", seconds)


@contextmanager
def say_if_slow(url: str, seconds: float, quiet: float = 3 * QUIET) -> Iterator[Callable[[], None]]:
    """Says that we wait for the host of `url`, where the block lasts `quiet` seconds after `begin()`."""
    text = f"waiting for {_host(url)} … (up to {seconds:.0f} s)"
    timer = threading.Timer(quiet, _say, [url, text, seconds])
    timer.daemon = True
    begun = threading.Event()

    def begin() -> None:
        if not begun.is_set():
            begun.set()
            timer.start()

    try:
        yield begin
    finally:
        timer.cancel()


def say_busy(what: str) -> None:
    """Says what takes long here, or in a cluster."""
    _log.warning("%s", what)


def _say(url: str, text: str, seconds: float) -> None:
    host, now = _host(url), time.monotonic()
    with _lock:
        if now < _quiet_until.get(host, now):
            return
        _quiet_until[host] = now + seconds
    _log.warning("%s", text)


def _host(url: str) -> str:
    return urlsplit(url).netloc
