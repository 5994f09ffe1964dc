"""Who likes a dandiset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localdandi import access
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.store import stars

if TYPE_CHECKING:
    from starlette.responses import Response


def _add(call: Call) -> Response:
    dandiset = access.visible(call)
    with call.write() as db:
        stars.add(db, dandiset.id, call.approved().id)
    return json_response({"count": stars.count(call.db, dandiset.id)})


def _remove(call: Call) -> Response:
    dandiset = access.visible(call)
    with call.write() as db:
        stars.remove(db, dandiset.id, call.approved().id)
    return json_response({"count": stars.count(call.db, dandiset.id)})


ROUTES = [
    resource("/api/dandisets/{dandiset:dandiset}/star/", POST=_add, DELETE=_remove),
]
