"""What the archive is, how much is in it, and the schemas that it validates with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localdandi import errors, fields, schemas, validator
from localdandi.errors import json_response
from localdandi.http import Call, resource

if TYPE_CHECKING:
    from starlette.responses import Response


def _info(call: Call) -> Response:
    return json_response(call.archive.instance.information(call.origin))


def _statistics(call: Call) -> Response:
    return json_response(call.archive.figures.value(call.archive.settings.figures_age))


def _schema(call: Call) -> Response:
    model = fields.choice(call.query, "model", schemas.MODELS)
    if model is None:
        raise errors.refused({"model": [fields.REQUIRED]})
    return json_response(validator.shared(call.archive.instance).schema(model))


def _available(_call: Call) -> Response:
    return json_response(list(schemas.MODELS))


ROUTES = [
    resource("/api/info/", head=False, GET=_info),
    resource("/api/stats/", head=False, GET=_statistics),
    resource("/api/schemas/available/", head=False, GET=_available),
    resource("/api/schemas/", head=False, GET=_schema),
]
