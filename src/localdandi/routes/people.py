"""Users, and the key of the one who calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localdandi import errors, fields, shapes
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.store import users

if TYPE_CHECKING:
    from starlette.responses import Response


def _token(call: Call) -> Response:
    call.approved()
    return json_response(call.key)


def _new_token(call: Call) -> Response:
    with call.write() as db:
        return json_response(users.new_key(db, call.approved()))


def _me(call: Call) -> Response:
    return json_response(shapes.user(call.known()))


def _search(call: Call) -> Response:
    call.approved()
    text = call.query.get("username", "").strip()
    found = users.search(call.db, text) if text else []
    return json_response([shapes.user(user) for user in found])


def _logins(call: Call) -> Response:
    if not call.known().admin:
        raise errors.forbidden()
    approved_only = fields.flag(call.query, "approved_only", default=False)
    return json_response([user.login for user in users.everyone(call.db, approved_only=approved_only)])


ROUTES = [
    resource("/api/auth/token/", GET=_token, POST=_new_token),
    resource("/api/auth/token", GET=_token),
    resource("/api/users/me/", GET=_me),
    resource("/api/users/search/", GET=_search),
    resource("/api/users/", GET=_logins),
]
