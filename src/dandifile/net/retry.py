"""When a request is sent again, how long after, and when to stop: no job ever hangs on a server.

One loop for the archive, its object store and the services that are looked up: they differ in their
`Patience`. It is written by hand, since `urllib3.Retry` lacks four things that we need: a bound in seconds
for all tries together, a number of tries for each cause, a body that is made again for each try, and
a message while it waits. It also reads dates in Retry-After by this machine's clock. A general loop such as
`tenacity` would leave all of that, which is most of this module, to be written as callbacks.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from http import HTTPStatus

from dandifile import waits
from dandifile.net.connections import Response, Timeouts
from dandifile.net.failures import Cause, NoAnswerError

BUSY = frozenset({429, 500, 502, 503, 504})
"""Answers that another try may better. 500 is among them: concurrent writes of one draft can deadlock."""

FEWER = {Cause.UNTRUSTED: 1, Cause.NO_HOST: 4, Cause.REFUSED: 4, Cause.UNCONNECTED: 4, Cause.SILENT: 2}


@dataclass(frozen=True)
class Patience:
    """How often and how long to try. Waits double from `first` to `longest` seconds, with jitter.

    There are `attempts` in all, or what `fewer` has for the cause of a failure. An answer with a status in
    `busy` is followed by another try, after the seconds of its Retry-After, or by none if these are more
    than `pause`. `total` bounds the seconds from the first attempt to the start of the last one. Waits that
    last longer than `untold` seconds in all are reported (`waits.say_retry`). `timeouts` are for one answer.
    """

    attempts: int = 8
    fewer: Mapping[Cause, int] = field(default_factory=lambda: FEWER)
    busy: frozenset[int] = BUSY
    first: float = 0.5
    longest: float = 20.0
    pause: float = math.inf
    total: float = 180.0
    untold: float = 3.0
    timeouts: Timeouts = field(default_factory=Timeouts)


PATIENT = Patience()


class Repeat(Enum):
    """What a second sending of the same request may do."""

    HARMLESS = "harmless"  # nothing, or it answers 404 or 409 and the caller looks
    DOUBLES = "doubles"  # the same thing twice: repeat only what certainly had no effect


def exchange(
    send: Callable[[], Response],
    url: str,
    patience: Patience = PATIENT,
    repeat: Repeat = Repeat.HARMLESS,
) -> Response:
    """Send until there is an answer that another try would not better.

    Returns the last answer, whatever its status. NoAnswerError if none came; anything else that `send`
    raises ends the trying. `send` makes the whole request each time; `url` is for the message while waiting.
    """
    started = time.monotonic()
    attempt = 0
    while True:
        attempt += 1
        asked = time.monotonic()
        try:
            response = send()
        except NoAnswerError as error:
            limit = _tries(error.cause, patience, repeat)
            wait = _backoff(patience, attempt)
            if attempt >= limit or _is_late(started, wait, patience):
                raise
            why = error.cause.why
        else:
            if response.status not in patience.busy:
                return response
            limit = patience.attempts if _may_repeat(response, repeat) else 1
            pause = retry_after(response)
            wait = _backoff(patience, attempt) + pause
            if attempt >= limit or pause > patience.pause or _is_late(started, wait, patience):
                return response
            why = f"answers {response.status}"
        now = time.monotonic()
        took, left = now - asked, started + patience.total - now
        if now - started + wait >= patience.untold:
            others = sum(_full_wait(patience, later) + took for later in range(attempt + 1, limit))
            waits.say_retry(url, why, min(wait + others, left) + took)
        time.sleep(wait)


def retry_after(response: Response) -> float:
    """Seconds that Retry-After asks for, given as a number or as a date by the server's clock; else 0."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    then = http_date(value)
    now = http_date(response.headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (then - now).total_seconds()) if then else 0.0


def http_date(value: str) -> datetime | None:
    """Read a date as HTTP headers have it, to the second and in UTC; None if it is not one."""
    try:
        return parsedate_to_datetime(value).replace(tzinfo=UTC)
    except ValueError:
        return None


def _tries(cause: Cause, patience: Patience, repeat: Repeat) -> int:
    if cause.is_hopeless or (repeat is Repeat.DOUBLES and not cause.is_unsent):
        return 1
    return min(patience.attempts, patience.fewer.get(cause, patience.attempts))


def _may_repeat(response: Response, repeat: Repeat) -> bool:
    """Whether a request that got this answer may be sent again: 429 says that it had no effect."""
    return repeat is Repeat.HARMLESS or response.status == HTTPStatus.TOO_MANY_REQUESTS


def _backoff(patience: Patience, attempt: int) -> float:
    return _full_wait(patience, attempt) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not cryptography


def _full_wait(patience: Patience, attempt: int) -> float:
    return min(patience.longest, patience.first * 2.0 ** (attempt - 1))


def _is_late(started: float, wait: float, patience: Patience) -> bool:
    return time.monotonic() - started + wait > patience.total


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
