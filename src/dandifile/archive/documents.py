"""The archive's documents: what of its answers is used, and what of metadata is the server's own.

An answer that lacks what is used is not one of a DANDI archive; keys that nothing here reads may be missing.
The server removes its own keys from what it is sent (docs/archive-api.md 3.2, 5.3), so two documents that
agree without them are the same to it: they are removed before comparing and before sending.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType

from dandifile.digests import DANDI_ETAG, SHA256, ZARR_CHECKSUM
from dandifile.model import Json, JsonObject
from dandifile.reading.jsontext import COUNT, Shape, each, misfit, optional_shape

# --- what is used ------------------------------------------------------------------------------


def page_part(item: Shape) -> Shape:
    """A page of a list, without the word whether there are more."""
    return {"results": [item]}


def page(item: Shape) -> Shape:
    """A page of a list that is followed to its end."""
    return {**page_part(item), "next": TEXT}


TEXT: Shape = str | NoneType

INFO: Shape = {
    "schema_version": str,
    "services": optional_shape((each(dict), None)),
    "cli-minimal-version": optional_shape(TEXT),
    "cli-bad-versions": optional_shape(([str], None)),
}
USER: Shape = {"username": str}
USERS: Shape = [USER]
SCHEMA: Shape = {
    "properties": each(dict),
    "$defs": optional_shape(each({"properties": optional_shape(each(dict))})),
}
"""`schema_fault` checks the rest."""
BLOB: Shape = {"blob_id": str}

DANDISET_MADE: Shape = {"identifier": str}
DANDISET: Shape = {
    **DANDISET_MADE,
    "embargo_status": str,
    "draft_version": {"active_uploads": optional_shape((int, None))},
    "most_recent_published_version": ({"version": str}, None),
}
_IN_LIST = {"name": str, "asset_count": COUNT}
DANDISET_LISTED: Shape = {**DANDISET, "created": str, "draft_version": (_IN_LIST, None)}
DRAFT: Shape = {
    "name": str,
    "status": str,
    "metadata": dict,
    "version_validation_errors": list,
    "asset_validation_errors": list,
}
VERSION_LISTED: Shape = {
    "version": str,
    "name": str,
    "status": str,
    "created": str,
    "asset_count": COUNT,
    "size": COUNT,
    "release_notes": optional_shape(TEXT),
}
VERSION_DOCUMENT: Shape = dict
UPLOAD: Shape = {"upload_id": str, "etag": str, "size": COUNT}

_ASSET = {"asset_id": str, "path": str, "size": COUNT, "blob": TEXT, "zarr": TEXT}
METADATA: Shape = {"digest": optional_shape((each(TEXT), None))}
"""Of an asset, and no more: the rest may be as odd as its author wrote it."""
ASSET_DOCUMENT: Shape = {"path": str, **METADATA}
ASSET: Shape = {**_ASSET, "metadata": METADATA}
ASSET_VERDICT: Shape = {"status": str, "validation_errors": list}
ZARR: Shape = {"zarr_id": str, "name": str, "status": str, "checksum": TEXT}
ZARR_FILE: Shape = {"Key": str, "ETag": str}

UPLOAD_BEGUN: Shape = {
    "upload_id": str,
    "parts": [{"part_number": COUNT, "size": COUNT, "upload_url": str}],
}
UPLOAD_SENT: Shape = {"complete_url": str, "body": str}
UPLOAD_VALIDATED: Shape = {"blob_id": str}
URLS: Shape = [str]

ASSETS_FIRST: Shape = {**page_part(_ASSET), "count": COUNT}
ASSETS: Shape = page_part(_ASSET)
ASSET_DOCUMENTS: Shape = page_part({"asset_id": str, "metadata": METADATA})


def schema_fault(schema: Json) -> str:
    """Why a JSON Schema cannot be used, in words; "" where it can: its keywords, patterns and references."""
    from jsonschema import Draft202012Validator
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    fault = misfit(schema, SCHEMA)
    if fault:
        return fault
    try:
        Draft202012Validator.check_schema(schema, Draft202012Validator.FORMAT_CHECKER)
        root = Registry().with_resource("", DRAFT202012.create_resource(schema))
        for reference in set(_references(schema)):
            root.resolver().lookup(reference)
    except Exception as error:  # noqa: BLE001 - these libraries raise their own and many others
        return f"it is not a JSON Schema ({type(error).__name__})"
    return ""


def _references(schema: Json) -> Iterator[str]:
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict) and isinstance(part.get("$ref"), str):
            yield part["$ref"]
        if isinstance(part, dict | list):
            waiting += part.values() if isinstance(part, dict) else part


# --- what is the server's own ------------------------------------------------------------------

DANDISET_COMPUTED = frozenset(
    {
        "name",  # kept apart from the document: a PUT's own `name` decides
        "identifier",
        "version",
        "id",
        "url",
        "assetsSummary",
        "citation",
        "doi",
        "dateCreated",
        "datePublished",
        "publishedBy",
        "manifestLocation",
        "releaseNotes",
    }
)

ASSET_COMPUTED = frozenset(
    {
        "id",
        "access",
        "path",
        "identifier",
        "contentUrl",
        "contentSize",
        "digest",
        "datePublished",
        "publishedBy",
        # Not stripped by the server, but added by it on reading: sending it back makes a new asset.
        "@context",
    }
)

_ACCESS_COMPUTED = frozenset({"schemaKey", "status"})


def strip_dandiset(document: JsonObject) -> JsonObject:
    """A dandiset's document without what the server computes; `name` goes too, `@context` stays."""
    stripped = {key: value for key, value in document.items() if key not in DANDISET_COMPUTED}
    access = stripped.get("access")
    if isinstance(access, list) and access and isinstance(access[0], dict):
        first = {key: value for key, value in access[0].items() if key not in _ACCESS_COMPUTED}
        stripped["access"] = [first, *access[1:]]
    return stripped


def strip_asset(document: JsonObject) -> JsonObject:
    """An asset's document without what the server computes; a zarr's encodingFormat stays."""
    return {key: value for key, value in document.items() if key not in ASSET_COMPUTED}


def schema_version(document: JsonObject) -> str:
    """The version of DANDI's schema that a document says it is in; "" if it says none."""
    version = document.get("schemaVersion")
    return version if isinstance(version, str) else ""


def sha256_of(document: JsonObject) -> str:
    """The SHA-256 of the asset's content; "" while the archive has not computed it, and of a Zarr."""
    return (document.get("digest") or {}).get(SHA256) or ""


def content_digest(document: JsonObject) -> str:
    """The asset's dandi-etag or zarr checksum; "" while a zarr is not taken in yet."""
    digest = document.get("digest") or {}
    return digest.get(DANDI_ETAG) or digest.get(ZARR_CHECKSUM) or ""
