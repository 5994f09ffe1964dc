"""The JSON Schema of dandiset.yaml, which editors read as well."""

from __future__ import annotations

from dandifile.model import JsonObject
from dandifile.schemafiles import schema


def spec_schema() -> JsonObject:
    """The schema, JSON Schema 2020-12, as a new object each time."""
    return schema("dandiset.schema.json")
