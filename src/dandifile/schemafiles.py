"""Where the JSON Schemas of dandifile's own formats lie: in an installed package, or atop a checkout."""

from __future__ import annotations

import json
from pathlib import Path

from dandifile.model import JsonObject


def schema_file(name: str) -> Path:
    """The file of `name`, as in `plan.schema.json`."""
    package = Path(__file__).resolve().parent
    places = (package / "schemas" / name, package.parents[1] / "schemas" / name)
    return next(place for place in places if place.is_file())


def schema(name: str) -> JsonObject:
    """The schema, JSON Schema 2020-12, as a new object each time."""
    document: JsonObject = json.loads(schema_file(name).read_text(encoding="utf-8"))
    return document


def spec_schema() -> JsonObject:
    """The schema, JSON Schema 2020-12, as a new object each time."""
    return schema("dandiset.schema.json")
