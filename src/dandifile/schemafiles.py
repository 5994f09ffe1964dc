"""The JSON Schemas of dandifile's own formats, from an installed package or the top of a checkout."""

from __future__ import annotations

import json
from pathlib import Path

from dandifile.model import JsonObject


def schema_file(name: str) -> Path:
    """The file with this name, such as `plan.schema.json`."""
    package = Path(__file__).resolve().parent
    places = (package / "schemas" / name, package.parents[1] / "schemas" / name)
    return next(place for place in places if place.is_file())


def schema(name: str) -> JsonObject:
    """The schema, JSON Schema 2020-12, as a new object each time."""
    document: JsonObject = json.loads(schema_file(name).read_text(encoding="utf-8"))
    return document


def spec_schema() -> JsonObject:
    """The schema of dandiset.yaml, which editors read as well."""
    return schema("dandiset.schema.json")
