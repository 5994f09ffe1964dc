"""What happened to assets, for admins."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from localdandi import errors, fields
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.paging import paging
from localdandi.store import audit

if TYPE_CHECKING:
    from starlette.responses import Response


def _events(call: Call) -> Response:
    """Pages by cursor: an opaque word, no count, no page numbers."""
    if not call.known().admin:
        raise errors.forbidden()
    reverse = fields.flag(call.query, "reverse_order", default=False)
    size, start = paging(call).size, _offset(call)
    before, after = (_moment(call, name) for name in ("before", "after"))
    found = audit.of_assets(
        call.db, before=before, after=after, newest_first=reverse, limit=size + 1, offset=start
    )
    url = call.request.url
    body = {
        "next": str(url.include_query_params(cursor=start + size)) if len(found) > size else None,
        "previous": str(url.include_query_params(cursor=max(0, start - size))) if start else None,
        "results": found[:size],
    }
    return json_response(body)


def _offset(call: Call) -> int:
    cursor = call.query.get("cursor", "0")
    if not cursor.isdecimal():
        raise errors.detail("Invalid cursor", 404)
    return int(cursor)


def _moment(call: Call, name: str) -> str | None:
    try:
        return datetime.fromisoformat(call.query[name]).isoformat() if call.query.get(name) else None
    except ValueError:
        raise errors.refused({name: ["Datetime has wrong format."]}) from None


ROUTES = [resource("/api/audit/events/asset", GET=_events)]
