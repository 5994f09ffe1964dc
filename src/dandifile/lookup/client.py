"""What comes of asking a service: found, not found, or unreachable, which is never taken for not found."""

from __future__ import annotations

import math
import random
import threading
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from importlib.metadata import metadata
from typing import Protocol, TypeAlias
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from dandifile.lookup.services import DAILY_QUOTA, Services, limits
from dandifile.model import Cache, Json
from dandifile.net.pace import Pace
from dandifile.reading.jsontext import NotJsonError, maybe, misfit, parse_json
from dandifile.waits import within


@dataclass(frozen=True)
class Found:
    """An answer and the day it was given. `status` is 200, or one that the request said means something."""

    body: Json
    fetched: str
    status: int = 200
    location: str = ""  # of a redirect, which is never followed


@dataclass(frozen=True)
class NotFound:
    """The service was reached and does not have it."""

    fetched: str


@dataclass(frozen=True)
class Unreachable:
    """Nothing is known: `why` follows the service's name, as in "OpenAlex: no answer in time"."""

    why: str


Answer: TypeAlias = Found | NotFound | Unreachable


@dataclass(frozen=True)
class Request:
    """A GET. `service` is a field of `Services`; `path` is quoted already.

    Statuses in `means` are `Found` beside 200: the caller reads them. A redirect is followed
    where `follow` says so, within the service's own host.
    """

    service: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    means: frozenset[int] = frozenset()
    follow: bool = False

    @property
    def key(self) -> str:
        """Names the question for the cache."""
        return f"{self.service} {self.path} {'&'.join(map('='.join, self.params))}".rstrip()


class Asks(Protocol):
    """Whoever can ask a service: `lookup.http.Client`."""

    def ask(self, request: Request) -> Answer: ...


TABLE = "lookup"
"""The cache's table: question → answer and time."""

_ENTRY = {"at": str, "fetched": str, "status": maybe(int), "location": maybe(str)}

KEPT = {200: timedelta(days=30), 301: timedelta(days=30)}
KEPT_OTHERWISE = timedelta(days=1)
"""How long an answer is good for; 404 and the like may change soon. 429, 5xx and silence are not kept."""

AGAIN = frozenset({429, 502, 503, 504})


@dataclass(frozen=True)
class Patience:
    """`longest` bounds one wait, in seconds; `timeout` is for connecting, and for silence in an answer.

    `total` is for one whole answer. Who gave none in time is not asked again, and once one service was
    silent, the others get half of it: what is silent may well be the network.
    """

    tries: int = 3
    first: float = 1.0
    longest: float = 30.0
    timeout: tuple[float, float] = (5.0, 10.0)
    total: float = 15.0


PATIENT = Patience()


class Client:
    """Asks the services; threads may share it. Of services in `refresh` no remembered answer is used."""

    def __init__(  # noqa: PLR0913 - each is an edge of its own
        self,
        services: Services,
        cache: Cache,
        *,
        now: datetime,
        offline: bool = False,
        refresh: frozenset[str] = frozenset(),
        patience: Patience = PATIENT,
    ) -> None:
        self._services = services
        self._cache = cache
        self._now = now
        self._offline = offline
        self._refresh = refresh
        self._patience = patience
        self._paces = {service: Pace(limit) for service, limit in limits(services).items()}
        self._down: dict[str, Unreachable] = {}
        self._local = threading.local()
        self._silent = False  # a service gave no answer in time

    def ask(self, request: Request) -> Answer:
        """GET JSON, from the cache where it is fresh enough."""
        if request.service not in self._refresh and (known := self._remembered(request)):
            return known
        if self._offline:
            return Unreachable("not asked (offline)")
        if down := self._down.get(request.service):
            return down
        answer = self._fetched(request)
        self._remember(request, answer)
        return answer

    def _remembered(self, request: Request) -> Answer | None:
        entry = self._cache.get_many(TABLE, [request.key]).get(request.key)
        if entry is None or misfit(entry, _ENTRY):
            return None
        try:
            age = self._now - datetime.fromisoformat(entry["at"])
        except (ValueError, TypeError):  # no time, or one without a zone
            return None
        if age > _good_for(entry):
            return None
        if "body" not in entry:
            return NotFound(entry["fetched"])
        return Found(entry["body"], entry["fetched"], entry.get("status", 200), entry.get("location", ""))

    def _remember(self, request: Request, answer: Answer) -> None:
        if not isinstance(answer, Unreachable):
            entry = {**asdict(answer), "at": self._now.isoformat()}
            self._cache.put_many(TABLE, {request.key: entry})

    def _fetched(self, request: Request) -> Answer:
        """Tries until there is an answer, or no hope of one; then the service is not asked again."""
        failure = Unreachable("was not asked")
        for number in range(self._patience.tries):
            with self._paces[request.service].slot(self._patience.longest) as too_long:
                if down := self._down.get(request.service):  # found out while this one waited
                    return down
                if too_long:
                    failure = Unreachable(f"its limit is used up; run again in {too_long:.0f} seconds")
                    break
                try:
                    response = self._send(request)
                except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
                    failure, asked = Unreachable(_cause(error)), 0.0
                    if isinstance(error, requests.Timeout):
                        self._silent = True
                        break
                else:
                    if response.status_code not in AGAIN:
                        return self._read(request, response)
                    failure = Unreachable(_refusal(request.service, response))
                    asked = _retry_after(request.service, response, self._now)
            if asked > self._patience.longest or number + 1 == self._patience.tries:
                break
            backoff = self._patience.first * 2**number * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
            time.sleep(max(asked, backoff))
        self._down[request.service] = failure
        return failure

    def _send(self, request: Request) -> requests.Response:
        base = getattr(self._services, request.service)
        url, params = f"{base}/{request.path}", dict(request.params)
        response = self._get(url, params)
        for _ in range(3 if request.follow else 0):
            target = _target(url, response)
            if not target:
                break
            response = self._get(target, {})
        return response

    def _get(self, url: str, params: dict[str, str]) -> requests.Response:
        total = self._patience.total / (2 if self._silent else 1)
        get = partial(self._session().get, url, params=params, timeout=self._patience.timeout)
        try:
            return within(total, partial(get, allow_redirects=False), url)
        except TimeoutError:
            del self._local.session  # it is still busy
            raise requests.ReadTimeout from None

    def _session(self) -> requests.Session:
        """A session a thread: they are not safe to share."""
        if not hasattr(self._local, "session"):
            session = requests.Session()
            session.headers.update(_headers(self._services))
            session.auth = lambda request: request  # and not what .netrc may hold
            self._local.session = session
        kept: requests.Session = self._local.session
        return kept

    def _read(self, request: Request, response: requests.Response) -> Answer:
        """Looks at the content type before at the content: Crossref's 404 and OpenAlex's are no JSON."""
        day = self._now.date().isoformat()
        if response.status_code == requests.codes.not_found:
            return NotFound(day)
        if response.status_code not in {requests.codes.ok, *request.means}:
            return Unreachable(_refusal(request.service, response))
        body = _json(response)
        if body is None and response.status_code == requests.codes.ok:
            return Unreachable("gave no JSON: a login page or a proxy may be in between")
        return Found(body, day, response.status_code, response.headers.get("Location", ""))


def _target(url: str, response: requests.Response) -> str:
    """Where a redirect leads, within the same host and scheme; "" for any other answer."""
    if not response.is_redirect:
        return ""
    try:
        target = urljoin(url, response.headers.get("Location", ""))
        to, of = urlsplit(target), urlsplit(url)
    except ValueError:
        return ""
    return target if (to.scheme, to.netloc) == (of.scheme, of.netloc) else ""


def _headers(services: Services) -> dict[str, str]:
    project = metadata("dandifile")
    pages = [f"+{entry.partition(', ')[2]}" for entry in project.get_all("Project-URL", [])[:1]]
    said = "; ".join([*pages, *([f"mailto:{services.contact}"] if services.contact else [])])
    headers = {
        "User-Agent": f"dandifile/{project['Version']}" + (f" ({said})" if said else ""),
        "Accept": "application/json",
    }
    return headers | ({"Client-Id": services.ror_client_id} if services.ror_client_id else {})


def _json(response: requests.Response) -> Json:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
    if not (kind == "application/json" or kind.endswith("+json")):
        return None
    try:
        return parse_json(response.content)
    except NotJsonError:
        return None


def _refusal(service: str, response: requests.Response) -> str:
    status = response.status_code
    if status == requests.codes.too_many:
        return (
            "today's requests from this network are used up; run again tomorrow"
            if service in DAILY_QUOTA
            else "asks for fewer requests; run again later"
        )
    if status >= requests.codes.server_error:
        return f"has an error of its own ({status}); run again later"
    if response.is_redirect:
        return f"has moved ({status})"
    return f"refuses the question ({status})"


def _cause(error: Exception) -> str:
    """In words of our own: those of `requests` quote whole URLs."""
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted here: check the clock and the network's proxy"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy does not let it through: check HTTPS_PROXY and NO_PROXY"
    if isinstance(error, requests.RequestException):
        return "no connection: check the network"
    return "its answer cannot be read: a proxy may be in between"


def _retry_after(service: str, response: requests.Response, now: datetime) -> float:
    """Seconds to wait: what Retry-After says as a number or a date, else 0; for ever after a daily quota."""
    if service in DAILY_QUOTA and response.status_code == requests.codes.too_many:
        return math.inf
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        then = parsedate_to_datetime(value).replace(tzinfo=UTC)
    except ValueError:
        return 0.0
    return max(0.0, (then - now).total_seconds())


def _good_for(entry: Json) -> timedelta:
    return KEPT.get(entry.get("status", requests.codes.not_found), KEPT_OTHERWISE)
