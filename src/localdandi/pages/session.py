"""Logging in with a key, so that the pages show what its owner may see; and the style sheet."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.responses import RedirectResponse, Response

from localdandi.pages.visit import COOKIE, PageCall, visit
from localdandi.store import users

if TYPE_CHECKING:
    from starlette.responses import Response as AnyResponse


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


@cache
def _style_sheet() -> str:
    return (resources.files("localdandi.pages") / "templates" / "style.css").read_text(encoding="utf-8")


def _style(_call: PageCall) -> AnyResponse:
    return Response(_style_sheet(), media_type="text/css", headers={"Cache-Control": "max-age=60"})


ROUTES = [visit("/login", _ask, _log_in), visit("/logout", _log_out), visit("/style.css", _style)]
