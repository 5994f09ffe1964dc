"""From a request to a plain function and back: who calls, what they sent, what they get."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from localdandi import errors, urls
from localdandi.archive import Archive
from localdandi.document import Json
from localdandi.errors import RefusedError
from localdandi.store import users
from localdandi.store.users import User

if TYPE_CHECKING:
    from starlette.requests import Request

LARGEST_BODY = 64 * 1024 * 1024  # bytes that a user with a key may send to the API at once
LARGEST_UNKNOWN_BODY = 64 * 1024  # the same for everyone else

urls.register()
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
        told = self.archive.settings.url_lifetime
        seconds = lifetime if told is None else told
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
        """The body, decoded; None if there is none."""
        try:
            return json.loads(self.body) if self.body.strip() else None
        except ValueError as error:
            raise errors.detail(f"JSON parse error - {error}", 400) from None


def key_in(headers: Mapping[str, str]) -> str | None:
    """The key of an `Authorization: token …`; None where there is none."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "token" else None


async def read_body(request: Request, limit: int) -> bytes:
    """The body, if it has at most `limit` bytes; a larger one is refused before the rest has arrived."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise errors.detail(f"Request body exceeds the limit of {limit} bytes.", 413)
    return bytes(body)


Handler: TypeAlias = Callable[[Call], Response]


def resource(path: str, *, anyone_writes: bool = False, **handlers: Handler) -> Route:
    """A route with a handler a method, e.g. `resource("/x/", GET=read, POST=change)`.

    A method that writes needs an approved user, unless `anyone_writes`.
    """
    if "GET" in handlers:
        handlers.setdefault("HEAD", handlers["GET"])

    def admit(call: Call) -> Handler:
        """The handler, for those who may call it. No byte of the body has been read."""
        call.user  # noqa: B018  before anything else: a wrong key fails on every route
        if call.method not in _SAFE and not anyone_writes:
            call.approved()
        handler = handlers.get(call.method)
        if handler is None:
            allowed = {"Allow": ", ".join(handlers)}
            raise errors.detail(f'Method "{call.method}" not allowed.', 405, allowed)
        return handler

    async def endpoint(request: Request) -> Response:
        call = Call(request.app.state.archive, request)
        try:
            handler = await run_in_threadpool(admit, call)
            limit = LARGEST_BODY if call.user else LARGEST_UNKNOWN_BODY
            call.body = await read_body(request, limit)
            response = await run_in_threadpool(handler, call)
        except RefusedError as refusal:
            return refusal.response
        if call.user:
            response.headers["X-Request-Username"] = call.user.login
        return response

    return Route(path, endpoint, methods=[])  # every method: the answer says which there are
