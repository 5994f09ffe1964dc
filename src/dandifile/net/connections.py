"""Requests over pooled connections that threads share, and their answers.

All that knows the `requests` package is here and in `failures`. It is imported with the first request.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import metadata
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias
from urllib.parse import urljoin

from dandifile.errors import UserError
from dandifile.net.failures import Cause, NoAnswerError, cause_of
from dandifile.net.urls import is_loopback, origin_of, without_query
from dandifile.waits import call_within

if TYPE_CHECKING:
    import requests

POOL = 64
"""Connections that are kept open to a host; more threads than this would open and close their own."""

LARGEST = 1 << 29
"""Bytes of one answer, at most. A page of 1000 assets with all their metadata is far smaller."""

_BLOCK = 1 << 20
_FOLLOWED = 3  # redirects, one after another


@dataclass(frozen=True)
class Timeouts:
    """Seconds: to connect, between two bytes of an answer, and for all of it.

    Until a server has answered once, `first` is what it has for the bytes: what accepts connections
    and never says a word is soon known for what it is. An infinite `total` is no bound.
    """

    connect: float = 10.0
    first: float = 20.0
    silence: float = 90.0  # 1000 assets with metadata take a while
    total: float = 600.0

    def of_request(self, *, answered: bool) -> tuple[tuple[float, float], float]:
        """((to connect, between two bytes), for all of it), for a server that has answered before or not."""
        silence = self.silence if answered else self.first
        most = math.inf if answered or math.isinf(self.total) else self.connect + self.first
        return (self.connect, silence), min(self.total, most)


@dataclass(frozen=True)
class Response:
    """An answer, read to its end.

    `headers` are found in upper or lower case. `place` is method and URL, without the query.
    """

    status: int
    content: bytes
    headers: Mapping[str, str]
    place: str = ""

    @property
    def is_success(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def location(self) -> str:
        """Where a redirect leads; "" for any other answer."""
        is_redirect = self.status in _REDIRECTS
        return self.headers.get("Location", "") if is_redirect else ""

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")


_REDIRECTS = {301, 302, 303, 307, 308}


class Stream(Protocol):
    """A body that is read while it is sent."""

    def __len__(self) -> int: ...
    def read(self, most: int = -1, /) -> bytes: ...


Body: TypeAlias = bytes | Stream | None

Begin: TypeAlias = Callable[[Response], Callable[[bytes], None]]
"""Takes the head of an answer, and gives what takes its body."""

_AS_STORED = {"Accept-Encoding": "identity"}


class OriginAuth:
    """Sets the Authorization header on requests to one origin, and nothing on any other.

    On a session, it also keeps `.netrc` out of both.
    """

    def __init__(self, value: Callable[[], str] | None = None, origin: str = "") -> None:
        self._value = value
        self._origin = origin

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._value is not None and origin_of(request.url or "") == self._origin:
            request.headers["Authorization"] = self._value()
        return request


class Connections:
    """To the host of `url`, or to others like it. Threads may share them.

    Without cookies, which would outrank a key; by the environment's proxies, but never by one to this very
    machine. No redirect is followed: one to another host loses the key and turns a POST into a GET.
    `authorization` gives the header for requests to the origin of `url` alone.
    """

    def __init__(
        self,
        url: str,
        authorization: Callable[[], str] | None = None,
        headers: Mapping[str, str] | None = None,
        block: int = 0,
    ) -> None:
        self._url = url
        self._auth = OriginAuth(authorization, origin_of(url) if authorization else "")
        self._headers = {"User-Agent": user_agent(), "Accept-Encoding": "gzip", **(headers or {})}
        self._block = block  # bytes of a file that are read and sent at once; 0: as few as by default
        self._answered: set[str] = set()
        self._lock = Lock()
        self._made: requests.Session | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._made is not None:
            self._made.close()

    def has_answered(self, url: str) -> bool:
        """Whether the server of `url` has answered anything yet, over these connections."""
        return _server(url) in self._answered

    def send(  # noqa: PLR0913 - a request has these parts
        self,
        method: str,
        url: str,
        timeouts: Timeouts,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Body = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Response:
        """Send one request, once, and read its answer. NoAnswerError where there is none.

        `follow`: redirects are followed within the URL's own origin.
        """
        rest = {"params": params, "data": body, "headers": headers}
        response = self._send(method, url, timeouts, rest)
        for _ in range(_FOLLOWED if follow else 0):
            target = _target_at_home(url, response)
            if not target:
                break
            response = self._send(method, target, timeouts, {**rest, "params": None})
        return response

    def receive(
        self, url: str, timeouts: Timeouts, begin: Begin, headers: Mapping[str, str] | None = None
    ) -> Response:
        """GET what may be too large to hold, once. NoAnswerError where there is no answer, or it ends early.

        `begin` gets the head of a success, and gives what takes its body, block by block, as it is stored.
        """
        return self._send("GET", url, timeouts, {"headers": {**_AS_STORED, **(headers or {})}}, begin)

    def _send(
        self, method: str, url: str, timeouts: Timeouts, rest: dict[str, Any], begin: Begin | None = None
    ) -> Response:
        import requests
        import urllib3

        timeout, total = timeouts.of_request(answered=self.has_answered(url))
        send = functools.partial(self._read, method, url, begin, timeout=timeout, **rest)
        try:
            response = send() if math.isinf(total) else call_within(total, send, url)
        except TimeoutError:
            raise NoAnswerError(Cause.SILENT) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
            raise NoAnswerError(cause_of(error)) from None
        self._answered.add(_server(url))
        return response

    def _read(self, method: str, url: str, begin: Begin | None, **rest: Any) -> Response:
        """The whole answer, if it is not too large to hold; or its head, once all of its body is taken."""
        with self._session().request(method, url, allow_redirects=False, stream=True, **rest) as response:
            place = f"{method} {without_query(url)}"
            head = Response(response.status_code, b"", response.headers, place)
            if begin is not None and head.is_success:
                take = begin(head)
                for block in response.raw.stream(_BLOCK, decode_content=False):
                    take(block)
                return head
            content = bytearray()
            for block in response.iter_content(_BLOCK):
                content += block
                if len(content) > LARGEST:
                    raise NoAnswerError(Cause.TOO_LARGE)
        return replace(head, content=bytes(content))

    def _session(self) -> requests.Session:
        with self._lock:
            if self._made is None:
                self._made = self._new_session()
            return self._made

    def _new_session(self) -> requests.Session:
        import requests
        from requests.adapters import HTTPAdapter

        session = requests.Session()
        adapter = HTTPAdapter(pool_connections=8, pool_maxsize=POOL)
        if self._block:
            adapter.init_poolmanager(8, POOL, blocksize=self._block)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.auth = self._auth
        session.trust_env = not is_loopback(self._url)
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers.update(self._headers)
        return session


@functools.cache
def user_agent(contact: str = "") -> str:
    """How dandifile names itself: `dandifile/1.0 (+https://…; mailto:…)`, by the package's own metadata.

    `contact` is an e-mail address that the server may write to.
    """
    project = metadata("dandifile")
    pages = dict(entry.split(", ", 1) for entry in project.get_all("Project-URL") or ())
    page = pages.get("Homepage") or next(iter(pages.values()), "")
    about = "; ".join([f"+{page}"] * bool(page) + [f"mailto:{contact}"] * bool(contact))
    return f"{project['Name']}/{project['Version']}" + (f" ({about})" if about else "")


def _server(url: str) -> str:
    """Scheme and host, also of what is not a URL."""
    return "/".join(url.split("/", 3)[:3])


def _target_at_home(url: str, response: Response) -> str:
    """Where a redirect leads, within the same origin; "" for any other answer."""
    if not response.location:
        return ""
    try:
        target = urljoin(url, response.location)
        return target if origin_of(target) == origin_of(url) else ""
    except (ValueError, UserError):
        return ""
