"""Questions to the services, and their answers: found, not found, or unreachable, which is not the same.

One polite client for all services. It names itself, keeps to each service's limits, honours Retry-After,
tries again what another try may better, remembers answers, and follows a redirect only if the question
says so. A service that has failed for good is not asked again in the same run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Protocol, TypeAlias

from dandifile.lookup.services import DAILY_QUOTA, TITLES, Services, limits
from dandifile.model import Cache, Json
from dandifile.net.connections import Connections, Response, Timeouts, user_agent
from dandifile.net.failures import Cause, NoAnswerError
from dandifile.net.retry import LimitReachedError, Pace, Patience, exchange
from dandifile.reading.jsontext import NotJsonError, misfit, optional_shape, parse_json

TABLE = "lookup"
"""The cache's table: question → answer and time."""

_ENTRY = {"at": str, "fetched": str, "status": optional_shape(int), "location": optional_shape(str)}

KEPT = {200: timedelta(days=30), 301: timedelta(days=30)}
KEPT_OTHERWISE = timedelta(days=1)
"""How long an answer is good for; 404 and the like may change soon. 429, 5xx and silence are not kept."""

BUSY = frozenset({429, 502, 503, 504})

PATIENT = Patience(
    attempts=3,
    fewer={Cause.UNCONNECTED: 1, Cause.SILENT: 1},
    busy=BUSY,
    first=1.0,
    longest=30.0,
    pause=30.0,
    untold=5.0,
    timeouts=Timeouts(connect=5.0, first=10.0, silence=10.0, total=15.0),
)
"""A service that gave no answer in time is not asked again, and once one was silent, the others get half
of `total`: what is silent may well be the network."""

BRIEF = replace(
    PATIENT,
    attempts=2,
    first=0.3,
    longest=5.0,
    pause=5.0,
    timeouts=Timeouts(connect=3.0, first=5.0, silence=5.0, total=8.0),
)
"""For a plan, which goes on without an answer."""


@dataclass(frozen=True)
class Found:
    """An answer and the day it was given. `status` is 200, or one that the request said means something."""

    body: Json
    fetched: str
    status: int = 200
    location: str = ""  # of a redirect that was not followed


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

    Statuses in `means` are `Found` like 200: the caller reads them. `follow`: a redirect is followed
    within the service's own host.
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


class Asker(Protocol):
    """Can ask a service: `Client`, or a stand-in for it in tests."""

    def ask(self, request: Request) -> Answer: ...


class _DownError(Exception):
    """The service failed for good while this question waited for its turn."""

    def __init__(self, answer: Unreachable) -> None:
        super().__init__(answer.why)
        self.answer = answer


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
        self._connections = {service: _connections(services, service) for service in TITLES}
        self._down: dict[str, Unreachable] = {}
        self._is_slow = False  # a service gave no answer in time

    def ask(self, request: Request) -> Answer:
        """GET JSON, from the cache if it is fresh enough there."""
        if request.service not in self._refresh and (known := self._recall(request)):
            return known
        if self._offline:
            return Unreachable("not asked (offline)")
        if down := self._down.get(request.service):
            return down
        answer = self._fetch(request)
        self._remember(request, answer)
        return answer

    def _recall(self, request: Request) -> Answer | None:
        entry = self._cache.get_many(TABLE, [request.key]).get(request.key)
        if entry is None or misfit(entry, _ENTRY):
            return None
        try:
            age = self._now - datetime.fromisoformat(entry["at"])
        except (ValueError, TypeError):  # no time, or one without a zone
            return None
        if age > _lifetime(entry):
            return None
        if "body" not in entry:
            return NotFound(entry["fetched"])
        return Found(entry["body"], entry["fetched"], entry.get("status", 200), entry.get("location", ""))

    def _remember(self, request: Request, answer: Answer) -> None:
        if not isinstance(answer, Unreachable):
            entry = {**asdict(answer), "at": self._now.isoformat()}
            self._cache.put_many(TABLE, {request.key: entry})

    def _fetch(self, request: Request) -> Answer:
        """The service's answer. If there is none, the service is not asked again."""
        base = getattr(self._services, request.service)
        try:
            response = exchange(partial(self._send, request), base, self._patience_with(request.service))
        except _DownError as error:
            return error.answer
        except LimitReachedError as error:
            failure = Unreachable(f"its limit is used up; run again in {error.seconds:.0f} seconds")
        except NoAnswerError as error:
            self._is_slow |= error.cause.is_timeout
            failure = Unreachable(_reason(error.cause))
        else:
            if response.status not in BUSY:
                return self._read(request, response)
            failure = Unreachable(_refusal(request.service, response))
        self._down[request.service] = failure
        return failure

    def _patience_with(self, service: str) -> Patience:
        if service not in DAILY_QUOTA:
            return self._patience
        return replace(self._patience, busy=self._patience.busy - {HTTPStatus.TOO_MANY_REQUESTS})

    def _send(self, request: Request) -> Response:
        """Send it once, when it is its turn."""
        timeouts, service = self._patience.timeouts, request.service
        with self._paces[service].slot(self._patience.pause):
            if down := self._down.get(service):
                raise _DownError(down)
            if self._is_slow:
                timeouts = replace(timeouts, total=timeouts.total / 2)
            return self._connections[service].send(
                "GET",
                f"{getattr(self._services, service)}/{request.path}",
                timeouts,
                params=dict(request.params),
                follow=request.follow,
            )

    def _read(self, request: Request, response: Response) -> Answer:
        day = self._now.date().isoformat()
        if response.status == HTTPStatus.NOT_FOUND:  # in any form: Crossref's and OpenAlex's are not JSON
            return NotFound(day)
        if response.status not in {HTTPStatus.OK, *request.means}:
            return Unreachable(_refusal(request.service, response))
        body = _json(response)
        if body is None and response.status == HTTPStatus.OK:
            return Unreachable("gave no JSON: a login page or a proxy may be in between")
        return Found(body, day, response.status, response.location)


def _connections(services: Services, service: str) -> Connections:
    headers: Mapping[str, str] = {
        "User-Agent": user_agent(services.contact),
        "Accept": "application/json",
        **({"Client-Id": services.ror_client_id} if service == "ror" and services.ror_client_id else {}),
    }
    return Connections(getattr(services, service), headers=headers)


def _json(response: Response) -> Json:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
    if not (kind == "application/json" or kind.endswith("+json")):
        return None
    try:
        return parse_json(response.content)
    except NotJsonError:
        return None


def _refusal(service: str, response: Response) -> str:
    status = response.status
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return (
            "today's requests from this network are used up; run again tomorrow"
            if service in DAILY_QUOTA
            else "gets too many requests; run again later"
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"has an internal error ({status}); run again later"
    if response.location:
        return f"has moved ({status})"
    return f"rejects the request ({status})"


def _reason(cause: Cause) -> str:
    """In one line, with what to check; a service that is slow is no reason to check anything."""
    return cause.why if cause.is_timeout else f"{cause.why}: {cause.fix('its URL')}"


def _lifetime(entry: Json) -> timedelta:
    return KEPT.get(entry.get("status", HTTPStatus.NOT_FOUND), KEPT_OTHERWISE)
