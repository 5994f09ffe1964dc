"""When a request is sent again, how long after, and when to stop: no job ever hangs on an archive."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

import requests
import urllib3
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError

from dandifile import waits
from dandifile.errors import ArchiveError

BUSY = frozenset({429, 500, 502, 503, 504})
"""Answers that a second try may better. 500 is among them: concurrent writes of one draft can deadlock."""


_PASSING = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
"""Failures that a second try may better."""


@dataclass(frozen=True)
class Patience:
    """How often and how long to try. Waits double from `first` to `longest` seconds, with jitter.

    `total` bounds the seconds from the first attempt to the start of the last one. Waits that
    last longer than `untold` seconds in all are told (`waits.tell`).
    """

    attempts: int = 8
    unreached: int = 4  # attempts where not even a connection came about
    silent: int = 2  # attempts where there was a connection and no answer in time
    first: float = 0.5
    longest: float = 20.0
    total: float = 180.0
    untold: float = 3.0


PATIENT = Patience()


class Repeat(Enum):
    """What a second sending of the same request may do."""

    HARMLESS = "harmless"  # nothing, or it answers 404 or 409 and the caller looks
    DOUBLES = "doubles"  # the same thing twice: repeat only what certainly had no effect


class NoAnswerError(ArchiveError):
    """No answer came. `effect` tells whether the request may have taken effect all the same."""

    def __init__(self, what: str, *, where: str, fix: str, effect: bool) -> None:
        super().__init__(what, where=where, fix=fix)
        self.effect = effect


def exchange(
    send: Callable[[], requests.Response],
    url: str,
    patience: Patience = PATIENT,
    repeat: Repeat = Repeat.HARMLESS,
) -> requests.Response:
    """Send until there is an answer that another try would not better.

    Returns the last answer, whatever its status. NoAnswerError where none came. `send` makes
    the whole request anew each time; `url` is for the message.
    """
    started = time.monotonic()
    attempt = 0
    while True:
        attempt += 1
        asked = time.monotonic()
        try:
            response = send()
        except requests.RequestException as error:
            limit = _limit(error, patience)
            wait = _backoff(patience, attempt)
            hopeless = _hopeless(error) or (repeat is Repeat.DOUBLES and not _unsent(error))
            if hopeless or attempt >= limit or _late(started, wait, patience):
                raise _unreachable(error, url) from None
            why = _reason(error)[0]
        except (ValueError, urllib3.exceptions.HTTPError) as error:  # requests lets these through
            raise NoAnswerError(
                f"the answer cannot be read: {type(error).__name__}",
                where=url.partition("?")[0],
                fix="check `instance` in the spec, and the network's proxy",
                effect=True,
            ) from None
        else:
            if response.status_code not in BUSY:
                return response
            limit = patience.attempts
            why = f"answers {response.status_code}"
            wait = _backoff(patience, attempt) + _asked(response)
            once = repeat is Repeat.DOUBLES and response.status_code != requests.codes.too_many_requests
            if once or attempt >= limit or _late(started, wait, patience):
                return response
        now = time.monotonic()
        took, left = now - asked, started + patience.total - now
        if now - started + wait >= patience.untold:
            others = sum(_longest(patience, later) + took for later in range(attempt + 1, limit))
            waits.tell(url, why, min(wait + others, left) + took)
        time.sleep(wait)


def _limit(error: requests.RequestException, patience: Patience) -> int:
    if _unsent(error):
        return patience.unreached
    return patience.silent if isinstance(error, requests.Timeout) else patience.attempts


def _backoff(patience: Patience, attempt: int) -> float:
    return _longest(patience, attempt) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not cryptography


def _longest(patience: Patience, attempt: int) -> float:
    return min(patience.longest, patience.first * 2.0 ** (attempt - 1))


def _late(started: float, wait: float, patience: Patience) -> bool:
    return time.monotonic() - started + wait > patience.total


def _asked(response: requests.Response) -> float:
    """Seconds that Retry-After asks for, given as a number or a date; 0 where it is neither."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    then = http_date(value)
    now = http_date(response.headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (then - now).total_seconds()) if then else 0.0


def http_date(value: str) -> datetime | None:
    """Read a date as HTTP headers have it, to the second and in UTC; None where it is none."""
    try:
        return parsedate_to_datetime(value).replace(tzinfo=UTC)
    except ValueError:
        return None


def _unsent(error: requests.RequestException) -> bool:
    """Whether the request never reached a server."""
    return isinstance(error, requests.ConnectTimeout) or isinstance(_cause(error), NewConnectionError)


def _hopeless(error: requests.RequestException) -> bool:
    return not isinstance(error, _PASSING) or isinstance(error, requests.exceptions.SSLError)


def _cause(error: requests.RequestException) -> object:
    inner = error.args[0] if error.args else None
    return inner.reason if isinstance(inner, MaxRetryError) else inner


def _unreachable(error: requests.RequestException, url: str) -> NoAnswerError:
    """Name the cause in words of our own: those of `requests` quote whole URLs, signatures included."""
    place, (why, fix) = url.partition("?")[0], _reason(error)
    return NoAnswerError(f"cannot reach the archive: {why}", where=place, fix=fix, effect=not _unsent(error))


def _reason(error: requests.RequestException) -> tuple[str, str]:
    """Why there is no answer, and what to do about it."""
    if isinstance(error, requests.exceptions.SSLError):
        said = "its certificate is not trusted here", "check the URL, the clock and the network's proxy"
    elif isinstance(error, requests.exceptions.ProxyError):
        said = "the proxy does not let it through", "check HTTPS_PROXY and NO_PROXY"
    elif isinstance(_cause(error), NameResolutionError):
        said = "there is no host of this name", "check the network and `instance` in the spec"
    elif isinstance(error, requests.Timeout):
        said = "no answer in time", "check the network, or run again later"
    elif not isinstance(error, _PASSING):
        said = "this is no URL to send anything to", "check `instance` in the spec"
    elif _unsent(error):
        said = "no connection", "check the network and that the archive is up"
    else:
        said = "the connection broke", "run again; what was done is kept"
    return said
