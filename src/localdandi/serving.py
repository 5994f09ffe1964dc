"""One store behind uvicorn: the web application with all its routes, and the server that runs it."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import Match
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from localdandi import errors
from localdandi.access import Running
from localdandi.archive import Archive, Settings, open_store
from localdandi.background import Background
from localdandi.document import StartError
from localdandi.guard import Guard
from localdandi.instance import Instance
from localdandi.misbehave import Behaviour, Misbehaving
from localdandi.pages import asset_pages, catalogue, folders, landing, subject_pages, visit
from localdandi.routes import (
    assets,
    control,
    dandisets,
    finding,
    general,
    people,
    reading,
    stored_objects,
    uploads,
    versions,
    zarrs,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Scope


_BACKLOG = 1024


def listen(host: str, port: int) -> socket.socket:
    """A socket that already takes connections, so that no client comes too early."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named, asyncio sets TCP_NODELAY: without, every answer waits 40 ms for an ACK.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name != "nt":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise StartError(
            f"port {port} of {host} cannot be used: {error.strerror}",
            fix="name another port, or 0 for a free one",
        ) from None
    listening.listen(_BACKLOG)
    return listening


def _web_url(listening: socket.socket) -> str:
    """Where this machine reaches what listens there."""
    host, port = listening.getsockname()[:2]
    if ip_address(host).is_unspecified:  # every address of this machine: its own will do
        host = "::1" if ":" in host else "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Serving:
    """An open store and the server over it. Used as a context: closed, all of it has ended."""

    def __init__(
        self,
        store: Path,
        listening: socket.socket,
        settings: Settings | None = None,
        instance: Instance | None = None,
    ) -> None:
        self.archive = open_store(store.resolve(), settings, instance)
        self.behaviour = Behaviour()
        self._listening = listening
        self._connections: dict[tuple[str, int], asyncio.Transport] = {}
        web = _web_url(listening)
        self.running = Running(web, f"{web}/api", self.archive.key, os.getpid())
        self.background = Background(self.archive)
        app = Guard(make_app(self.archive, self.behaviour), self.archive, str(listening.getsockname()[0]))
        config = uvicorn.Config(
            Misbehaving(app, self.behaviour, self._cut),
            http=self._protocol(),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self.server = uvicorn.Server(config)

    def __enter__(self) -> Self:
        self.background.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.background.stop()
        self.archive.close()

    def run(self, on_ready: Callable[[Running], None] = lambda _: None) -> None:
        """Serves until interrupted, or until `stop` is called from another thread."""
        # The socket listens already: who connects now is served as soon as the loop runs.
        on_ready(self.running)
        self.server.run(sockets=[self._listening])

    def stop(self) -> None:
        self.server.should_exit = True

    def _cut(self, scope: Scope) -> None:
        transport = self._connections.get(tuple(scope["client"]))
        if transport:
            transport.abort()

    def _protocol(self) -> type[HttpToolsProtocol]:
        """The protocol of uvicorn, which also tells us by which connection a client came."""
        connections = self._connections

        class Connection(HttpToolsProtocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                connections[transport.get_extra_info("peername")[:2]] = transport
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                connections.pop(self.transport.get_extra_info("peername")[:2], None)
                super().connection_lost(exc)

        return Connection


def in_thread(serving: Serving) -> threading.Thread:
    """Runs a server in another thread; `serving.stop()` ends it."""
    thread = threading.Thread(target=serving.run, name="archive-server", daemon=True)
    thread.start()
    return thread


_LOG = logging.getLogger(__name__)


# The busiest first: routes are tried in this order.
_MODULES = (
    general,
    people,
    assets,
    reading,
    finding,
    uploads,
    stored_objects,
    zarrs,
    versions,
    dandisets,
    control,
    catalogue,
    landing,
    subject_pages,
    folders,
    asset_pages,
    visit,
)


def make_app(archive: Archive, behaviour: Behaviour) -> Starlette:
    app = Starlette(
        routes=[route for module in _MODULES for route in module.ROUTES],
        exception_handlers={HTTPException: _no_route, Exception: _broken},
    )
    app.router.redirect_slashes = False
    app.state.archive = archive
    app.state.behaviour = behaviour
    return app


async def _no_route(request: Request, _error: Exception) -> Response:
    """A page that says so, or, where a slash at the end would make it a route, a redirect there."""
    path = request.url.path
    if not path.endswith("/"):
        scope = dict(request.scope, path=f"{path}/")
        if any(route.matches(scope)[0] == Match.FULL for route in request.app.router.routes):
            query = f"?{request.url.query}" if request.url.query else ""
            return HTMLResponse("", 301, {"Location": f"{quote(path)}/{query}"})
    return errors.no_such_page()


async def _broken(_request: Request, error: Exception) -> Response:
    _LOG.error("a request failed", exc_info=error)
    return errors.internal_error_response()
