"""From a request to a plain function and back: its path, who calls, what they sent, what they get."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import Response
from starlette.routing import Route

from localdandi import errors, fields
from localdandi.archive import Archive
from localdandi.document import Json
from localdandi.errors import RefusedError
from localdandi.store import users
from localdandi.store.users import User

if TYPE_CHECKING:
    from starlette.requests import Request


LARGEST_BODY = 64 * 1024 * 1024  # bytes that a user with a key may send to the API at once
LARGEST_UNKNOWN_BODY = 64 * 1024  # the same for everyone else

_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass
class Call:
    """One request; its body is read once it is known who calls. Handlers run in threads and may block."""

    archive: Archive
    request: Request
    body: bytes = b""

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def origin(self) -> str:
        """Scheme, host and port as the client spells them."""
        return str(self.request.base_url).rstrip("/")

    @cached_property
    def query(self) -> dict[str, str]:
        """The last value of each parameter."""
        return dict(self.request.query_params)

    def param(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    @property
    def db(self) -> sqlite3.Connection:
        return self.archive.database.read()

    def presigned(
        self,
        method: str,
        path: str,
        lifetime: int,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """A URL that allows `method` on an object for so many seconds, or for as long as the settings say."""
        fixed = self.archive.settings.url_lifetime
        seconds = lifetime if fixed is None else fixed
        return self.origin + self.archive.signer.url(method, path, params or {}, seconds, headers)

    def write(self) -> AbstractContextManager[sqlite3.Connection]:
        return self.archive.database.write()

    @cached_property
    def key(self) -> str | None:
        """The key that was sent, None for an anonymous caller."""
        return key_in(self.request.headers)

    @cached_property
    def user(self) -> User | None:
        """Who calls, None for anonymous. A wrong key is refused, even where none is needed."""
        if self.key is None:
            return None
        user = users.by_key(self.db, self.key)
        if user is None:
            raise errors.invalid_token()
        return user

    def known(self) -> User:
        if self.user is None:
            raise errors.not_authenticated()
        return self.user

    def approved(self) -> User:
        if not self.known().approved:
            raise errors.forbidden()
        return self.known()

    def json(self) -> Json:
        """The body, decoded: JSON or a form; an empty object if there is none."""
        return fields.decode_body(self.body, self.request.headers.get("content-type", ""))


def key_in(headers: Mapping[str, str]) -> str | None:
    """The key of an `Authorization: token …`; None where there is none. A malformed one is refused."""
    scheme, *rest = headers.get("authorization", "").split() or [""]
    if scheme.lower() != "token":
        return None
    problem = {0: "No credentials provided.", 1: ""}.get(len(rest), "Token string should not contain spaces.")
    if not problem and not rest[0].isascii():
        problem = "Token string should not contain invalid characters."
    if problem:
        raise errors.unauthorised_error(f"Invalid token header. {problem}")
    return rest[0]


async def read_body(request: Request, limit: int) -> bytes:
    """The body, if it has at most `limit` bytes; a larger one is refused before the rest has arrived."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise errors.detail(f"Request body exceeds the limit of {limit} bytes.", 413)
    return bytes(body)


Handler: TypeAlias = Callable[[Call], Response]
_METHODS = ("GET", "POST", "PUT", "DELETE")  # in the order of an Allow header


def resource(path: str, *, anyone_writes: bool = False, head: bool = True, **handlers: Handler) -> Route:
    """A route with a handler a method, e.g. `resource("/x/", GET=read, POST=change)`.

    A method that writes needs an approved user, unless `anyone_writes`. Without `head` a HEAD is refused, as
    the real archive does wherever it answers with a plain function.
    """
    allowed = [method for method in _METHODS if method in handlers]
    if "GET" in handlers and head:
        handlers["HEAD"] = handlers["GET"]
        allowed.append("HEAD")
    handlers["OPTIONS"] = _options
    allow = ", ".join([*allowed, "OPTIONS"])

    async def endpoint(request: Request) -> Response:
        response = await _answer(Call(request.app.state.archive, request), handlers, anyone_writes)
        if response.status_code != HTTPStatus.INTERNAL_SERVER_ERROR:
            response.headers["Allow"] = allow
        return _challenged(response, request.headers)

    return Route(path, endpoint, methods=[])  # every method: the answer says which there are


async def _answer(call: Call, handlers: Mapping[str, Handler], anyone_writes: bool) -> Response:
    try:
        handler = await run_in_threadpool(_admit, call, handlers, anyone_writes)
        call.body = await read_body(call.request, LARGEST_BODY if call.user else LARGEST_UNKNOWN_BODY)
        response = await run_in_threadpool(handler, call)
    except RefusedError as refusal:
        return refusal.response
    except RecursionError:  # somewhere in what was sent
        return fields.too_deep().response
    if call.user:
        response.headers["X-Request-Username"] = call.user.login
    return response


def _admit(call: Call, handlers: Mapping[str, Handler], anyone_writes: bool) -> Handler:
    """The handler, for those who may call it. No byte of the body has been read."""
    call.user  # noqa: B018  before anything else: a wrong key fails on every route
    if call.method not in _SAFE and not anyone_writes:
        call.approved()
    handler = handlers.get(call.method)
    if handler is None:
        raise errors.detail(f'Method "{call.method}" not allowed.', 405)
    return handler


def _options(_call: Call) -> Response:
    return errors.json_response({"renders": list(fields.RENDERS), "parses": list(fields.PARSES)})


def _challenged(response: Response, headers: Mapping[str, str]) -> Response:
    """Says why to who came with a bearer token; they are another door, to which nothing here has a key."""
    if response.status_code == HTTPStatus.UNAUTHORIZED and headers.get(
        "authorization", ""
    ).lower().startswith("bearer "):
        response.headers["WWW-Authenticate"] = errors.BEARER_CHALLENGE
    return response


class _Text(Convertor[str]):
    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _Dandiset(_Text):
    regex = "[0-9]{6}"


class _Version(_Text):
    regex = r"0\.[0-9]{6}\.[0-9]{4}|draft"


class _Uuid4(_Text):
    regex = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


class _Uuid(_Text):
    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


# Makes `{name:dandiset}`, `{name:version}`, `{name:uuid4}` and `{name:uuid}` known to routes.
for _name, _part in (
    ("dandiset", _Dandiset()),
    ("version", _Version()),
    ("uuid4", _Uuid4()),
    ("uuid", _Uuid()),
):
    register_url_convertor(_name, _part)
