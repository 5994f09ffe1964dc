"""Users and their keys, who owns a dandiset, and who has given it a star."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localdandi import access, errors, fields, shapes
from localdandi.document import Json
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.store import dandisets, users
from localdandi.store.dandisets import Dandiset

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
    return json_response([user.login for user in users.all_users(call.db, approved_only=approved_only)])


def _list(call: Call) -> Response:
    return _owners(call, access.visible_dandiset(call))


def _replace(call: Call) -> Response:
    """The body is the complete new list; one unknown name, and all of it is rejected."""
    dandiset = access.visible_dandiset(call)
    if dandiset.unembargoing:
        raise errors.refused_error(access.UNEMBARGOING)
    if not access.owns(call, dandiset):
        raise errors.refused_error("Action not allowed", 403)
    names = _names(call.json())
    if not names:
        raise errors.refused_error(["Cannot remove all draft owners"])
    found = {name: users.by_name(call.db, name) for name in names}
    for name, user in found.items():
        if user is None:
            raise errors.refused_error([f"User {name} not found"])
    with call.write() as db:
        before = {user.login for user in users.owners(db, dandiset.id)}
        users.set_owners(db, dandiset.id, [user for user in found.values() if user])
        dandisets.touch(db, dandiset)
        after = {user.login for user in users.owners(db, dandiset.id)}
        if before != after:
            changes = {"removed_owners": sorted(before - after), "added_owners": sorted(after - before)}
            dandisets.record_event(db, dandiset.id, call.approved(), "change_owners", changes)
    return _owners(call, dandiset)


def _names(body: Json) -> list[str]:
    return fields.each(fields.listing(body), lambda one: fields.text(fields.as_object(one), "username"))


def _owners(call: Call, dandiset: Dandiset) -> Response:
    return json_response([shapes.owner(one, reader=call.user) for one in users.owners(call.db, dandiset.id)])


def _add(call: Call) -> Response:
    dandiset = access.visible_dandiset(call)
    with call.write() as db:
        users.add_star(db, dandiset.id, call.approved().id)
    return json_response({"count": users.star_count(call.db, dandiset.id)})


def _remove(call: Call) -> Response:
    dandiset = access.visible_dandiset(call)
    with call.write() as db:
        users.remove_star(db, dandiset.id, call.approved().id)
    return json_response({"count": users.star_count(call.db, dandiset.id)})


ROUTES = [
    resource("/api/auth/token/", head=False, GET=_token, POST=_new_token),
    resource("/api/users/me/", head=False, GET=_me),
    resource("/api/users/search/", head=False, GET=_search),
    resource("/api/users/", head=False, GET=_logins),
    resource("/api/dandisets/{dandiset:dandiset}/users/", GET=_list, PUT=_replace),
    resource("/api/dandisets/{dandiset:dandiset}/star/", POST=_add, DELETE=_remove),
]
