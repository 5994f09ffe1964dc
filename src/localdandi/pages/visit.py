"""A page's request: like one to the API, but known by a cookie and refused in words. Logging in and out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from localdandi import access, fields
from localdandi.errors import RefusedError
from localdandi.http import LARGEST_UNKNOWN_BODY, Call, read_body
from localdandi.pages import rendering
from localdandi.pages.addresses import Served
from localdandi.pages.shown import Shown
from localdandi.store import users

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response as AnyResponse

    from localdandi.store.users import User


VERSION = "/dandiset/{dandiset:dandiset}/{version:version}"
COOKIE = "session"
_LAST_PAGE = 10**6

_MESSAGES = {
    401: ("Log in to see this", "It is under embargo, and only its owners can see it."),
    403: ("You cannot see this", "It is under embargo, and you are not one of its owners."),
    404: ("Not here", "There is nothing at this address."),
}


class PageCall(Call):
    @property
    def token(self) -> str:
        return self.request.cookies.get(COOKIE, "")

    @cached_property
    def user(self) -> User | None:
        """Who reads, by the session; a key in a header means nothing on a page."""
        return users.session_user(self.db, self.token) if self.token else None

    def shown(self) -> Shown:
        """The version of the URL, for those who may see it."""
        dandiset, version = access.visible_version(self)
        to = Served(dandiset.identifier, version.version)
        return Shown(self.archive, dandiset, version, to, self.origin)

    def page_number(self) -> int:
        """Which page of a list is asked for, counted from 1."""
        number = fields.whole_number(self.query.get("page", "1")) or 1
        return min(max(number, 1), _LAST_PAGE)

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        if "shown" in values:
            values["to"] = values["shown"].to
        return page(template, status, reader=self.user, **values)


def visit(
    path: str, get: Callable[[PageCall], Response], post: Callable[[PageCall], Response] | None = None
) -> Route:
    """A route of the web pages."""

    def answer(call: PageCall) -> Response:
        request = call.request
        try:
            return post(call) if post and request.method == "POST" else get(call)
        except RefusedError as refusal:
            status = refusal.response.status_code
            title, text = _MESSAGES.get(status, _MESSAGES[404])
            return call.page("message", status, title=title, text=text)

    async def endpoint(request: Request) -> Response:
        call = PageCall(request.app.state.archive, request)
        try:
            call.body = await read_body(request, LARGEST_UNKNOWN_BODY)
        except RefusedError as refusal:
            return refusal.response
        return await run_in_threadpool(answer, call)

    return Route(path, endpoint, methods=["GET", "POST"] if post else ["GET"])


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """`templates/<template>.html`, filled with `values`."""
    values.setdefault("to", Served())
    return HTMLResponse(rendering.render(template, **values), status, headers=rendering.headers())


def _ask(call: PageCall) -> AnyResponse:
    return call.page("login", problem="")


def _log_in(call: PageCall) -> AnyResponse:
    key = parse_qs(call.body.decode("utf-8", "replace")).get("key", [""])[0].strip()
    user = users.by_key(call.db, key)
    if user is None:
        return call.page("login", 401, problem="No user of this archive has that key.")
    response = RedirectResponse("/", 303)
    with call.write() as db:
        token = users.start_session(db, user)
    response.set_cookie(COOKIE, token, max_age=users.LIFETIME, httponly=True, samesite="strict")
    return response


def _log_out(call: PageCall) -> AnyResponse:
    with call.write() as db:
        users.end_session(db, call.token)
    response = RedirectResponse("/", 303)
    response.delete_cookie(COOKIE)
    return response


def _style(_call: PageCall) -> AnyResponse:
    return Response(rendering.style_sheet(), media_type="text/css", headers={"Cache-Control": "max-age=60"})


ROUTES = [visit("/login", _ask, _log_in), visit("/logout", _log_out), visit("/style.css", _style)]
