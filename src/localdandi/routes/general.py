"""What the archive is, how much is in it, the schemas that it validates with, and its log of changes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from localdandi import errors, fields, schemas, validator
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.paging import read_paging, with_query
from localdandi.store import dandisets

if TYPE_CHECKING:
    from starlette.responses import Response


def _info(call: Call) -> Response:
    return json_response(call.archive.instance.information(call.origin))


def _statistics(call: Call) -> Response:
    return json_response(call.archive.figures.value(call.archive.settings.figures_age))


def _schema(call: Call) -> Response:
    model = fields.choice(call.query, "model", schemas.MODELS)
    if model is None:
        raise errors.refused_error({"model": [fields.REQUIRED]})
    return json_response(validator.shared_validator(call.archive.instance).schema(model))


def _list_models(_call: Call) -> Response:
    return json_response(list(schemas.MODELS))


def _events(call: Call) -> Response:
    """Pages by cursor: an opaque word, no count, no page numbers."""
    if not call.known().admin:
        raise errors.forbidden()
    reverse = fields.flag(call.query, "reverse_order", default=False)
    size, start = read_paging(call).size, _offset(call)
    before, after = (_moment(call, name) for name in ("before", "after"))
    found = dandisets.asset_events(
        call.db, before=before, after=after, newest_first=reverse, limit=size + 1, offset=start
    )
    url = call.request.url
    body = {
        "next": with_query(url, cursor=str(start + size)) if len(found) > size else None,
        "previous": with_query(url, cursor=str(max(0, start - size))) if start else None,
        "results": found[:size],
    }
    return json_response(body)


def _offset(call: Call) -> int:
    cursor = call.query.get("cursor", "0")
    if not re.fullmatch("[0-9]{1,18}", cursor):
        raise errors.detail("Invalid cursor", 404)
    return int(cursor)


def _moment(call: Call, name: str) -> str | None:
    try:
        return datetime.fromisoformat(call.query[name]).isoformat() if call.query.get(name) else None
    except ValueError:
        raise errors.refused_error({name: ["Datetime has wrong format."]}) from None


ROUTES = [
    resource("/api/info/", head=False, GET=_info),
    resource("/api/stats/", head=False, GET=_statistics),
    resource("/api/schemas/available/", head=False, GET=_list_models),
    resource("/api/schemas/", head=False, GET=_schema),
    resource("/api/audit/events/asset", head=False, GET=_events),
]
