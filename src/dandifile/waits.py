"""Waiting for others: for how long at most, and that it is said, once however many requests wait.

What is said is a warning of this module's logger: who runs a command shows it (`terminal.failures`).
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

UNTOLD = 3.0
"""Seconds of waiting that need no words."""

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_told_until: dict[str, float] = {}  # by host; by the monotonic clock


def within(seconds: float, call: Callable[[], T], url: str, untold: float = UNTOLD) -> T:
    """What `call` gives; TimeoutError where it gives nothing in time, however busy it is with `url`.

    The time-outs of sockets start again with every byte, so that a server that sends one now and then
    would never end. The call is then left alone, in a thread that nothing waits for.
    """
    ended = threading.Event()
    given: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            given.append(call())
        except BaseException as error:  # noqa: BLE001 - it is raised where the call was asked for
            raised.append(error)
        finally:
            ended.set()

    threading.Thread(target=run, daemon=True).start()
    if not ended.wait(min(untold, seconds)):
        _say(url, f"waiting for {_host(url)} … (up to {seconds:.0f} s)", seconds)
        ended.wait(max(0.0, seconds - untold))
    if raised:
        raise raised[0]
    if not given:
        raise TimeoutError
    return given[0]


def tell(url: str, why: str, seconds: float) -> None:
    """`why` the host of `url` is asked again, for so many seconds at most; nothing while that is known."""
    _say(url, f"{_host(url)}: {why}; trying again for up to {seconds:.0f} s", seconds)


@contextmanager
def said(url: str, seconds: float, untold: float = 3 * UNTOLD) -> Iterator[Callable[[], None]]:
    """Says that the host of `url` is waited for, if the block lasts long after the call of what it gives."""
    text = f"waiting for {_host(url)} … (up to {seconds:.0f} s)"
    timer = threading.Timer(untold, _say, [url, text, seconds])
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


def busy(what: str) -> None:
    """Says what takes long here, with no other machine to wait for."""
    _log.warning("%s", what)


def _say(url: str, text: str, seconds: float) -> None:
    host, now = _host(url), time.monotonic()
    with _lock:
        if now < _told_until.get(host, now):
            return
        _told_until[host] = now + seconds
    _log.warning("%s", text)


def _host(url: str) -> str:
    return urlsplit(url).netloc
