"""What of a metadata document is the server's own: stripped before comparing and before sending.

The server strips the same keys from whatever it is sent (dandi-api 2.1, 2.2), so two documents
that agree once stripped are the same to it.
"""

from __future__ import annotations

from dandifile.model import JsonObject

DANDISET_COMPUTED = frozenset(
    {
        "name",  # kept beside the document: a PUT's own `name` decides
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
    """The version of DANDI's schema that a document says it is in; "" where it says none."""
    version = document.get("schemaVersion")
    return version if isinstance(version, str) else ""


def content_digest(document: JsonObject) -> str:
    """The asset's dandi-etag or zarr checksum; "" while a zarr is not taken in yet."""
    digest = document.get("digest") or {}
    return digest.get("dandi:dandi-etag") or digest.get("dandi:dandi-zarr-checksum") or ""
