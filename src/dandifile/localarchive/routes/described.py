"""A dandiset's metadata as a caller sends it."""

from __future__ import annotations

from dandifile.localarchive import errors, fields, instance, metadata
from dandifile.localarchive.http import Call
from dandifile.localarchive.store.dandisets import dump
from dandifile.model import JsonObject


def described(call: Call) -> tuple[str, JsonObject]:
    """The `name` and `metadata` of a body. Without metadata the real archive breaks, so this one does too."""
    body = fields.mapping(call.json())
    name = fields.text(body, "name", limit=300)
    document = body.get("metadata")
    if not isinstance(document, dict):
        raise errors.RefusedError(errors.broken())
    return name, {"schemaVersion": instance.schema_version()} | document


def stored(document: JsonObject, call: Call) -> str:
    """The document as text to be kept, with the caller's origin out of it."""
    return metadata.incoming(dump(document), call.origin)
