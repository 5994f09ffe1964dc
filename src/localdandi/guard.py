"""Who may come in at all.

On loopback, whoever is on this machine; but a web page of a stranger's, open in a browser here,
must not read through it, so the host has to be named as this machine. Beyond loopback, only
who has a key: what is rehearsed here is not public yet.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse

from localdandi import errors
from localdandi.http import key_in
from localdandi.instance import BUCKET
from localdandi.pages.visit import COOKIE
from localdandi.routes.object_store import FaultError
from localdandi.signing import claims_signature
from localdandi.store import users

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from localdandi.archive import Archive

# What a client asks before it has a key, and what asks for one.
_OPEN = ("/api/info/", "/server-info", "/login", "/style.css", "/_test/identity")


def is_loopback(host: str) -> bool:
    """Whether a host, as it is written in a URL, is this machine and nothing else."""
    name = host.strip("[]")
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


class Guard:
    """Comes before the application; `host` is what the server is bound to."""

    def __init__(self, app: ASGIApp, archive: Archive, host: str) -> None:
        self._app = app
        self._archive = archive
        self._loopback = is_loopback(host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = None
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            refusal = _foreign(headers) if self._loopback else await self._keyless(scope, headers)
        await (refusal or self._app)(scope, receive, send)

    async def _keyless(self, scope: Scope, headers: Headers) -> Response | None:
        if scope["path"] in _OPEN:
            return None
        if scope["path"].startswith(BUCKET) and claims_signature(scope):
            fault = self._archive.signer.fault_of(scope)
            return FaultError(fault, 403).response if fault else None
        try:
            if await run_in_threadpool(self._knows, headers):
                return None
        except errors.RefusedError as refusal:  # what was sent is not even a key
            return refusal.response
        if scope["path"].startswith(("/api/", BUCKET)):
            return errors.not_authenticated().response
        return RedirectResponse("/login", 303)

    def _knows(self, headers: Headers) -> bool:
        db, key = self._archive.database.read(), key_in(headers)
        token = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        return bool((key and users.by_key(db, key)) or (token and users.session_user(db, token)))


def _foreign(headers: Headers) -> Response | None:
    host = headers.get("host", "localhost").rpartition(":")
    name = host[0] if host[0] and host[2].isdecimal() else headers.get("host", "localhost")
    return None if is_loopback(name) else PlainTextResponse("This host name is not served here.", 421)
