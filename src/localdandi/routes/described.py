"""A dandiset's metadata as a caller sends it."""

from __future__ import annotations

from localdandi import bodies, errors, fields, metadata
from localdandi.document import JsonObject
from localdandi.http import Call
from localdandi.store.dandisets import dump


def described(call: Call) -> tuple[str, JsonObject]:
    """The `name` and `metadata` of a body. Where the real archive answers with a 500, so does this one."""
    body = fields.mapping(call.json())
    name, _ = fields.together(
        lambda: fields.text(body, "name", limit=300), lambda: fields.not_null(body, "metadata")
    )
    document = body.get("metadata")
    if not isinstance(document, dict) or metadata.uncitable(document):
        raise errors.fatal()
    document = bodies.storable(document, "metadata")
    return name, {"schemaVersion": call.archive.instance.schema_version} | document


def stored(document: JsonObject, call: Call) -> str:
    """The document as text to be kept, with the caller's origin out of it."""
    return metadata.incoming(dump(document), call.origin)
