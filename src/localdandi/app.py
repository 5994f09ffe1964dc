"""The web application over one open store: all routes, and what stands before them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import Match

from localdandi import errors
from localdandi.archive import Archive
from localdandi.misbehave import Behaviour
from localdandi.pages import files, landing, visit
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
    landing,
    files,
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
    return errors.broken()
