"""The JSON Schema of dandiset.yaml, which editors read as well."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from dandifile.model import JsonObject

_NAME = "dandiset.schema.json"


@cache
def schema_file() -> Path:
    """Where the schema lies: inside an installed package, at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    places = (package / "schemas" / _NAME, package.parents[1] / "schemas" / _NAME)
    return next(place for place in places if place.is_file())


def spec_schema() -> JsonObject:
    """The schema, JSON Schema 2020-12, as a new object each time."""
    schema: JsonObject = json.loads(schema_file().read_text(encoding="utf-8"))
    return schema
