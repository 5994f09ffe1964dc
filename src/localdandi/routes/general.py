"""What the archive is, how much is in it, and the schemas that it validates with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localdandi import errors, fields, instance, validator
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.store import statistics

if TYPE_CHECKING:
    from starlette.responses import Response

_MODELS = ("Dandiset", "Asset", "PublishedDandiset", "PublishedAsset")


def _info(call: Call) -> Response:
    return json_response(instance.information(call.origin, call.archive.settings))


def _statistics(call: Call) -> Response:
    return json_response(statistics.of_everything(call.db))


def _schema(call: Call) -> Response:
    model = fields.choice(call.query, "model", _MODELS)
    if model is None:
        raise errors.refused({"model": [fields.REQUIRED]})
    return json_response(validator.shared().schema(model))


def _available(_call: Call) -> Response:
    return json_response(list(_MODELS))


ROUTES = [
    resource("/api/info/", GET=_info),
    resource("/api/stats/", GET=_statistics),
    resource("/api/schemas/available/", GET=_available),
    resource("/api/schemas/", GET=_schema),
]
