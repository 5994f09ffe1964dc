"""How the archive's API is spoken to: pooled sessions, time-outs, patience, and errors in plain words.

`ReadApi` cannot write; `WriteApi` can. Neither follows a redirect: a redirect to another host
loses the API key and turns a POST into a GET. The key goes to the archive's own origin alone.
"""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import version
from typing import NamedTuple

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from dandifile.archive.credentials import Secret, missing_key, refused_key
from dandifile.archive.instance import Instance
from dandifile.archive.shapes import BLOB, page
from dandifile.errors import ArchiveError, CredentialsError, UserError
from dandifile.model import Json
from dandifile.net.retry import PATIENT, Patience, Repeat, exchange, http_date
from dandifile.net.urls import is_loopback, origin_of
from dandifile.reading.jsontext import ANYTHING, NotJsonError, Shape, misfit, parse_json
from dandifile.waits import within

POOL = 64
"""Connections that a session keeps open; more threads than this would open and close their own."""


@dataclass(frozen=True)
class Timeouts:
    """Seconds: to connect, between two bytes of an answer, and for all of it.

    Until an archive has answered once, `first` is what it has for that: what accepts connections
    and never says a word is soon known for what it is.
    """

    connect: float = 10.0
    first: float = 20.0
    silence: float = 90.0  # 1000 assets with metadata take a while
    total: float = 600.0

    def now(self, *, heard: bool) -> tuple[tuple[float, float], float]:
        """What `requests` is told, and the bound of the whole request."""
        if heard:
            return (self.connect, self.silence), self.total
        return (self.connect, self.first), self.connect + self.first


TIMEOUTS = Timeouts()

_LONGEST_REASON = 500


@dataclass(frozen=True)
class Call:
    """One request. `path` is relative to the API's URL and ends in a slash: without it, it is redirected.

    After a lost answer the request is sent again, unless `repeat` says that only a request
    which certainly had no effect may be; where there is `anew`, it makes the body that is then
    sent, or raises. `shape` is what of a success is used.
    """

    method: str
    path: str
    body: Json = None
    params: Mapping[str, str | int] | None = None
    repeat: Repeat = Repeat.HARMLESS
    shape: Shape = ANYTHING
    anew: Callable[[], Json] | None = None


class Answer(NamedTuple):
    """A success and its JSON, or a status that the caller accepts and the reason that the server gives."""

    status: int
    body: Json
    headers: Mapping[str, str]


class KeyAuth(AuthBase):
    """Sets the key on requests to one origin, and nothing on any other; keeps `.netrc` out of both."""

    def __init__(self, key: Secret | None = None, origin: str = "") -> None:
        self._key = key
        self._origin = origin

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key is not None and origin_of(request.url or "") == self._origin:
            request.headers["Authorization"] = f"token {self._key.reveal()}"
        return request


def new_session(auth: AuthBase, url: str, adapter: HTTPAdapter | None = None) -> requests.Session:
    """Make a session for the host of `url` that threads may share.

    Pooled; without cookies, which would outrank the key; by the environment's proxies, but
    never by one to this very machine.
    """
    session = requests.Session()
    pool = adapter or HTTPAdapter(pool_connections=8, pool_maxsize=POOL)
    session.mount("https://", pool)
    session.mount("http://", pool)
    session.auth = auth
    session.trust_env = not is_loopback(url)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = _user_agent()
    session.headers["Accept-Encoding"] = "gzip"
    return session


def get_json(url: str, patience: Patience = PATIENT, timeouts: Timeouts = TIMEOUTS) -> Json:
    """GET public JSON, without a key. ArchiveError where there is none."""
    timeout, total = timeouts.now(heard=False)
    with new_session(KeyAuth(), url) as session:
        send = functools.partial(session.get, url, timeout=timeout, allow_redirects=False)
        response = exchange(lambda: bounded(total, send, url), url, patience)
    if response.status_code != requests.codes.ok:
        raise _refusal(response)
    return _decoded(response)


def bounded(total: float, send: Callable[[], requests.Response], url: str) -> requests.Response:
    """The answer, within so many seconds from the first byte sent to the last one read."""
    try:
        return within(total, send, url)
    except TimeoutError:
        raise requests.ReadTimeout from None


class ReadApi:
    """One archive's API, for reading: GET, and the one POST that has no effect. Threads may share it."""

    def __init__(
        self,
        instance: Instance,
        key: Secret | None,
        patience: Patience = PATIENT,
        timeouts: Timeouts = TIMEOUTS,
    ) -> None:
        self.instance = instance
        self._timeouts = timeouts
        self._heard = False  # it has answered something
        self._key = key
        self._patience = patience
        self._session = new_session(KeyAuth(key, origin_of(instance.api_url)), instance.api_url)

    def get(
        self, path: str, params: Mapping[str, str | int] | None = None, *, shape: Shape = ANYTHING
    ) -> Json:
        """GET JSON. ArchiveError (with the status) or CredentialsError where the archive says no."""
        return self._send(Call("GET", path, params=params, shape=shape)).body

    def get_all(
        self, path: str, params: Mapping[str, str | int] | None = None, *, item: Shape = ANYTHING
    ) -> Iterator[Json]:
        """Every item of a paged list, page by page; for the lists that are short."""
        for number in itertools.count(1):
            query = {**(params or {}), "page": number, "page_size": 1000}
            found = self.get(path, query, shape=page(item))
            yield from found["results"]
            if found["next"] is None or not found["results"]:
                return

    def find_blob(self, digest: str) -> Json | None:
        """Ask `POST blobs/digest/`, which stores nothing, for the blob of this dandi-etag."""
        body = {"algorithm": "dandi:dandi-etag", "value": digest}
        answer = self._send(Call("POST", "blobs/digest/", body, shape=BLOB), accept=(404,))
        return None if answer.status == requests.codes.not_found else answer.body

    def server_time(self) -> datetime:
        """Read the archive's clock, to the second below; this machine's may be wrong."""
        date = self._send(Call("GET", "info/")).headers.get("Date", "")
        return http_date(date) or datetime.now(UTC)

    def _send(self, call: Call, accept: Collection[int] = ()) -> Answer:
        url = f"{self.instance.api_url}/{call.path}"
        bodies = _bodies(call)

        def send() -> requests.Response:
            timeout, total = self._timeouts.now(heard=self._heard)
            request = functools.partial(
                self._session.request,
                call.method,
                url,
                params=call.params,
                data=next(bodies),
                headers=None if call.body is None else {"Content-Type": "application/json"},
                timeout=timeout,
                allow_redirects=False,
            )
            response = bounded(total, request, url)
            self._heard = True
            return response

        response = exchange(send, url, self._patience, call.repeat)
        if response.ok and not response.is_redirect:
            return Answer(response.status_code, _decoded(response, call.shape), response.headers)
        if response.status_code in accept:
            return Answer(response.status_code, reason_given(response), response.headers)
        raise self._credentials_error(response) or _refusal(response)

    def _credentials_error(self, response: requests.Response) -> CredentialsError | None:
        """Tell the ways in which the archive says who you are not; None for any other refusal."""
        if response.status_code == requests.codes.unauthorized:
            return missing_key(self.instance) if self._key is None else refused_key(self.instance)
        if response.status_code == requests.codes.forbidden:
            reason = reason_given(response)
            return CredentialsError(
                f"{self.instance.name} does not let your account do this{f': {reason}' if reason else ''}",
                where=_where(response),
                fix=f"be an owner of the dandiset, with an approved account ({self.instance.web_url})",
            )
        return None


class WriteApi(ReadApi):
    """One archive's API, for writing too."""

    def write(self, call: Call, accept: Collection[int] = ()) -> Answer:
        """Send a POST, PUT or DELETE. Statuses in `accept` are the caller's to judge; others are raised."""
        return self._send(call, accept)


def reason_given(response: requests.Response) -> str:
    """What the server says, in one line; "" for an empty body or a web page.

    JSON errors come as a string, a list, `{"detail": …}`, `{"non_field_errors": […]}` or
    `{"field": […]}`, nested where a list was sent.
    """
    try:
        reason = _flat(parse_json(response.content))
    except NotJsonError:
        text = response.text.strip()
        reason = "" if text.startswith("<") else text
    return " ".join(reason.split())[:_LONGEST_REASON]


def _flat(said: Json) -> str:
    if isinstance(said, dict):
        parts = (
            _flat(value) if key in ("detail", "non_field_errors") else f"{key}: {_flat(value)}"
            for key, value in said.items()
        )
        return "; ".join(parts)
    if isinstance(said, list):
        return "; ".join(filter(None, map(_flat, said)))
    return "" if said is None else str(said)


def _bodies(call: Call) -> Iterator[bytes | None]:
    """What is sent the first time, and again."""
    data = _encoded(call.body)
    while True:
        yield data
        if call.anew is not None:
            data = _encoded(call.anew())


def _encoded(body: Json) -> bytes | None:
    """JSON as the archive takes it: no NaN and no infinity, which YAML and NWB files can hold."""
    if body is None:
        return None
    try:
        return json.dumps(body, allow_nan=False).encode()
    except ValueError:
        raise UserError(
            "the metadata holds a number that is none (NaN or infinity), which the archive does not take",
            fix="leave it out, or correct it where it comes from: the spec or the file",
        ) from None


def _decoded(response: requests.Response, shape: Shape = ANYTHING) -> Json:
    try:
        body = parse_json(response.content) if response.content else None
        fault = misfit(body, shape)
        what = f"this does not answer as a DANDI archive does: {fault}"
    except NotJsonError as error:
        body, fault = None, "not JSON"
        what = f"the answer is not JSON ({error}): a login page or a proxy, not a DANDI archive"
    if not fault:
        return body
    raise ArchiveError(
        what,
        status=response.status_code,
        where=_where(response),
        fix="check `instance` in the spec, and the network's proxy",
    )


def _refusal(response: requests.Response) -> ArchiveError:
    """Put an answer that is no success into words."""
    status, reason = response.status_code, reason_given(response)
    said = f": {reason}" if reason else ""
    what, fix = _words(status, said, response)
    return ArchiveError(what, status=status, where=_where(response), fix=fix)


def _words(status: int, said: str, response: requests.Response) -> tuple[str, str]:
    if response.is_redirect:
        place = response.headers.get("Location", "").partition("?")[0]
        return f"the archive has moved to {place}", "name that archive as `instance` in the spec"
    if status == requests.codes.too_many_requests:
        after = response.headers.get("Retry-After", "")
        return f"the archive asks for fewer requests{said}", f"run again later{_seconds(after)}"
    if status >= requests.codes.server_error:
        return f"the archive has an error of its own ({status}){said}", "run again later"
    if status == requests.codes.not_found:
        return f"the archive does not have this{said}", "run plan again: it may have been deleted or replaced"
    if status in (requests.codes.conflict, requests.codes.locked):
        return f"the archive is not in the state for this{said}", "run plan again"
    return f"the archive refuses this ({status}){said}", "correct what it names and run plan again"


def _seconds(after: str) -> str:
    return f" (in {after} seconds, it says)" if after.isdecimal() else f" (after {after})" if after else ""


def _where(response: requests.Response) -> str:
    """Method and URL; without the query, which in a signed URL is a password."""
    method = response.request.method or ""
    return f"{method} {(response.request.url or '').split('?')[0]}"


@functools.cache
def _user_agent() -> str:
    return f"dandifile/{version('dandifile')}"
