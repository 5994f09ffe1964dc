"""The archive's API: one request a call, and what the archive says in plain words.

`ReadApi` cannot write; `WriteApi` can. The API key goes to the archive's own origin alone, and no redirect is
followed. What is tried again is in `net.retry`.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urljoin

from dandifile.archive.credentials import Secret, missing_key_error, rejected_key_error
from dandifile.archive.documents import BLOB, page
from dandifile.archive.instance import Instance
from dandifile.digests import DANDI_ETAG
from dandifile.errors import ArchiveError, CredentialsError, UserError
from dandifile.model import Json
from dandifile.net.connections import Connections, Response
from dandifile.net.failures import NoAnswerError
from dandifile.net.retry import PATIENT, Patience, Repeat, exchange, http_date
from dandifile.net.urls import without_query
from dandifile.reading.jsontext import ANYTHING, NotJsonError, Shape, misfit, parse_json

_SETTING = "`instance` in the spec"
_LONGEST_REASON = 500
_REDIRECTS = (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, HTTPStatus.TEMPORARY_REDIRECT)


@dataclass(frozen=True)
class Call:
    """One request. `path` is relative to the API's URL and ends in a slash: without it, it is redirected.

    After a lost answer the request is sent again, unless `repeat` says that only a request
    which certainly had no effect may be; `remake` then makes the body that is sent, or raises.
    `shape` is what of a success is used.
    """

    method: str
    path: str
    body: Json = None
    params: Mapping[str, str | int] | None = None
    repeat: Repeat = Repeat.HARMLESS
    shape: Shape = ANYTHING
    remake: Callable[[], Json] | None = None


class Reply(NamedTuple):
    """A success and its JSON, or a status that the caller accepts and the reason that the server gives."""

    status: int
    body: Json
    headers: Mapping[str, str]


class UnreachedError(ArchiveError):
    """No answer came. `effect` tells whether the request may have taken effect all the same."""

    def __init__(self, what: str, *, where: str, fix: str, effect: bool) -> None:
        super().__init__(what, where=where, fix=fix)
        self.effect = effect


def answer_of(
    send: Callable[[], Response],
    url: str,
    patience: Patience,
    repeat: Repeat = Repeat.HARMLESS,
    server: str = "the archive",
) -> Response:
    """What `exchange` gets from an archive or its object store. UnreachedError if no answer came."""
    try:
        return exchange(send, url, patience, repeat)
    except NoAnswerError as error:
        cause = error.cause
        raise UnreachedError(
            f"cannot reach {server}: {cause.why}",
            where=without_query(url),
            fix=cause.fix(_SETTING),
            effect=not cause.is_unsent,
        ) from None


def get_json(url: str, patience: Patience = PATIENT) -> Json:
    """GET public JSON, without a key. ArchiveError if there is none."""
    with Connections(url) as connections:
        response = answer_of(lambda: connections.send("GET", url, patience.timeouts), url, patience)
    if response.status != HTTPStatus.OK:
        raise _refusal(response)
    return _decode(response)


class ReadApi:
    """One archive's API, for reading: GET, and the one POST that has no effect. Threads may share it."""

    def __init__(self, instance: Instance, key: Secret | None, patience: Patience = PATIENT) -> None:
        self.instance = instance
        self._key = key
        self._patience = patience
        authorization = None if key is None else lambda: f"token {key.reveal()}"
        self._connections = Connections(instance.api_url, authorization)

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
        body = {"algorithm": DANDI_ETAG, "value": digest}
        reply = self._send(Call("POST", "blobs/digest/", body, shape=BLOB), accept=(HTTPStatus.NOT_FOUND,))
        return None if reply.status == HTTPStatus.NOT_FOUND else reply.body

    def location(self, path: str, params: Mapping[str, str | int] | None = None) -> str:
        """The URL to which the archive redirects, mostly one of its object store; it may be a password."""
        reply = self._send(Call("GET", path, params=params), accept=_REDIRECTS)
        place = reply.headers.get("Location", "") if reply.status in _REDIRECTS else ""
        if not place:
            raise ArchiveError(
                "the archive does not say where the content is",
                status=reply.status,
                where=f"{self.instance.api_url}/{path}",
                fix=f"check {_SETTING}, and the network's proxy",
            )
        return urljoin(f"{self.instance.api_url}/{path}", place)

    def server_time(self) -> datetime:
        """Read the archive's clock, to the second below; this machine's may be wrong."""
        date = self._send(Call("GET", "info/")).headers.get("Date", "")
        return http_date(date) or datetime.now(UTC)

    def _send(self, call: Call, accept: Collection[int] = ()) -> Reply:
        url = f"{self.instance.api_url}/{call.path}"
        bodies = _bodies(call)

        def send() -> Response:
            return self._connections.send(
                call.method,
                url,
                self._patience.timeouts,
                params=call.params,
                body=next(bodies),
                headers=None if call.body is None else {"Content-Type": "application/json"},
            )

        response = answer_of(send, url, self._patience, call.repeat)
        if response.is_success:
            return Reply(response.status, _decode(response, call.shape), response.headers)
        if response.status in accept:
            return Reply(response.status, reason_given(response), response.headers)
        raise self._credentials_error(response) or _refusal(response)

    def _credentials_error(self, response: Response) -> CredentialsError | None:
        """What the archive says of the key or the account; None for any other refusal."""
        if response.status == HTTPStatus.UNAUTHORIZED:
            return (
                missing_key_error(self.instance) if self._key is None else rejected_key_error(self.instance)
            )
        if response.status == HTTPStatus.FORBIDDEN:
            reason = reason_given(response)
            return CredentialsError(
                f"{self.instance.name} does not let your account do this{f': {reason}' if reason else ''}",
                where=response.place,
                fix=f"be an owner of the dandiset, with an approved account ({self.instance.web_url})",
            )
        return None


class WriteApi(ReadApi):
    """One archive's API, for writing too."""

    def write(self, call: Call, accept: Collection[int] = ()) -> Reply:
        """Send a POST, PUT or DELETE. Statuses in `accept` are the caller's to judge; others are raised."""
        return self._send(call, accept)


def reason_given(response: Response) -> str:
    """What the server says, in one line; "" for an empty body or a web page.

    JSON errors come as a string, a list, `{"detail": …}`, `{"non_field_errors": […]}` or
    `{"field": […]}`, nested where a list was sent.
    """
    try:
        reason = _flatten(parse_json(response.content))
    except NotJsonError:
        text = response.text.strip()
        reason = "" if text.startswith("<") else text
    return " ".join(reason.split())[:_LONGEST_REASON]


def _flatten(reason: Json) -> str:
    if isinstance(reason, dict):
        parts = (
            _flatten(value) if key in ("detail", "non_field_errors") else f"{key}: {_flatten(value)}"
            for key, value in reason.items()
        )
        return "; ".join(parts)
    if isinstance(reason, list):
        return "; ".join(filter(None, map(_flatten, reason)))
    return "" if reason is None else str(reason)


def _bodies(call: Call) -> Iterator[bytes | None]:
    """What is sent the first time, and again."""
    data = _encode(call.body)
    while True:
        yield data
        if call.remake is not None:
            data = _encode(call.remake())


def _encode(body: Json) -> bytes | None:
    """JSON as the archive takes it: no NaN and no infinity, which YAML and NWB files can hold."""
    if body is None:
        return None
    try:
        return json.dumps(body, allow_nan=False).encode()
    except ValueError:
        raise UserError(
            "the metadata has a number that is NaN or Infinity, which the archive does not take",
            fix="leave it out, or correct it in the spec or the file that it comes from",
        ) from None


def _decode(response: Response, shape: Shape = ANYTHING) -> Json:
    try:
        body = parse_json(response.content) if response.content else None
        fault = misfit(body, shape)
        what = f"the server does not answer like a DANDI archive: {fault}"
    except NotJsonError as error:
        body, fault = None, "not JSON"
        what = f"the answer is not JSON ({error}): a login page or a proxy, not a DANDI archive"
    if not fault:
        return body
    raise ArchiveError(
        what,
        status=response.status,
        where=response.place,
        fix=f"check {_SETTING}, and the network's proxy",
    )


def _refusal(response: Response) -> ArchiveError:
    """Put an answer that is not a success into words."""
    status, reason = response.status, reason_given(response)
    what, fix = _words(status, f": {reason}" if reason else "", response)
    return ArchiveError(what, status=status, where=response.place, fix=fix)


def _words(status: int, reason: str, response: Response) -> tuple[str, str]:
    if response.location:
        place = without_query(response.location)
        return f"the archive has moved to {place}", "name that archive as `instance` in the spec"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        after = response.headers.get("Retry-After", "")
        return f"the archive gets too many requests{reason}", f"run again later{_seconds(after)}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"the archive has an internal error ({status}){reason}", "run again later"
    if status == HTTPStatus.NOT_FOUND:
        return (
            f"the archive does not have this{reason}",
            "run plan again: it may have been deleted or replaced",
        )
    if status in (HTTPStatus.CONFLICT, HTTPStatus.LOCKED):
        return f"the archive cannot do this now{reason}", "run plan again"
    return f"the archive refuses this ({status}){reason}", "correct what it names and run plan again"


def _seconds(after: str) -> str:
    return (
        f" (the archive says: in {after} seconds)"
        if after.isdecimal()
        else f" (after {after})"
        if after
        else ""
    )
