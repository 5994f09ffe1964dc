"""Who owns a dandiset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localdandi import access, errors, fields, shapes
from localdandi.document import Json
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.store import audit, dandisets, users
from localdandi.store.dandisets import Dandiset

if TYPE_CHECKING:
    from starlette.responses import Response


def _list(call: Call) -> Response:
    return _owners(call, access.visible(call))


def _replace(call: Call) -> Response:
    """The body is the complete new list; names that fit nobody refuse it whole."""
    dandiset = access.visible(call)
    if dandiset.unembargoing:
        raise errors.refused(access.UNEMBARGOING)
    if not access.owns(call, dandiset):
        raise errors.refused("Action not allowed", 403)
    names = _names(call.json())
    if not names:
        raise errors.refused(["Cannot remove all draft owners"])
    found = {name: users.by_name(call.db, name) for name in names}
    for name, user in found.items():
        if user is None:
            raise errors.refused([f"User {name} not found"])
    with call.write() as db:
        before = {user.login for user in users.owners(db, dandiset.id)}
        users.set_owners(db, dandiset.id, [user for user in found.values() if user])
        dandisets.touch(db, dandiset)
        after = {user.login for user in users.owners(db, dandiset.id)}
        if before != after:
            changes = {"removed_owners": sorted(before - after), "added_owners": sorted(after - before)}
            audit.record(db, dandiset.id, call.approved(), "change_owners", changes)
    return _owners(call, dandiset)


def _names(body: Json) -> list[str]:
    named = fields.listing(body)
    wrong = [{} if _named(one) else {"username": [fields.REQUIRED]} for one in named]
    if any(wrong):
        raise errors.refused(wrong)
    return [one["username"] for one in named]


def _named(one: Json) -> bool:
    return isinstance(one, dict) and isinstance(one.get("username"), str) and bool(one["username"].strip())


def _owners(call: Call, dandiset: Dandiset) -> Response:
    return json_response([shapes.owner(one, reader=call.user) for one in users.owners(call.db, dandiset.id)])


ROUTES = [resource("/api/dandisets/{dandiset:dandiset}/users/", GET=_list, PUT=_replace)]
