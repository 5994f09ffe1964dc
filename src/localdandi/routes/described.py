"""A dandiset's metadata as a caller sends it."""

from __future__ import annotations

from localdandi import errors, fields, instance, metadata
from localdandi.document import JsonObject
from localdandi.http import Call
from localdandi.store.dandisets import dump


def described(call: Call) -> tuple[str, JsonObject]:
    """The `name` and `metadata` of a body. Without metadata the real archive breaks, so this one does too."""
    body = fields.mapping(call.json())
    name = fields.text(body, "name", limit=300)
    document = body.get("metadata")
    if not isinstance(document, dict):
        raise errors.RefusedError(errors.broken())
    return name, {"schemaVersion": instance.schema_version(call.archive.settings)} | document


def stored(document: JsonObject, call: Call) -> str:
    """The document as text to be kept, with the caller's origin out of it."""
    return metadata.incoming(dump(document), call.origin)
