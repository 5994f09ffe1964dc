"""What of the archive's answers is used, said once: an answer that lacks it is none of a DANDI archive.

`reading.shape` says how. Keys that nothing here reads are not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType

from dandifile.model import Json
from dandifile.reading.jsontext import COUNT, Shape, each, maybe, misfit

TEXT: Shape = str | NoneType

INFO: Shape = {
    "schema_version": str,
    "services": maybe((each(dict), None)),
    "cli-minimal-version": maybe(TEXT),
    "cli-bad-versions": maybe(([str], None)),
}
USER: Shape = {"username": str}
USERS: Shape = [USER]
SCHEMA: Shape = {"properties": each(dict), "$defs": maybe(each({"properties": maybe(each(dict))}))}
"""`schema_fault` says the rest of it."""
BLOB: Shape = {"blob_id": str}

DANDISET_MADE: Shape = {"identifier": str}
DANDISET: Shape = {
    **DANDISET_MADE,
    "embargo_status": str,
    "draft_version": {"active_uploads": maybe((int, None))},
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
UPLOAD: Shape = {"upload_id": str, "etag": str, "size": COUNT}

_ASSET = {"asset_id": str, "path": str, "size": COUNT, "blob": TEXT, "zarr": TEXT}
METADATA: Shape = {"digest": maybe((each(TEXT), None))}
"""Of an asset, and no more: what else they hold may be as odd as somebody wrote it."""
ASSET_DOCUMENT: Shape = {"path": str, **METADATA}
ASSET: Shape = {**_ASSET, "metadata": METADATA}
ZARR: Shape = {"zarr_id": str, "name": str, "status": str, "checksum": TEXT}
ZARR_FILE: Shape = {"Key": str, "ETag": str}

UPLOAD_BEGUN: Shape = {
    "upload_id": str,
    "parts": [{"part_number": COUNT, "size": COUNT, "upload_url": str}],
}
UPLOAD_SENT: Shape = {"complete_url": str, "body": str}
UPLOAD_VALIDATED: Shape = {"blob_id": str}
URLS: Shape = [str]


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


def some(item: Shape) -> Shape:
    """A page of a list, without the word whether there are more."""
    return {"results": [item]}


def page(item: Shape) -> Shape:
    return {**some(item), "next": TEXT}


ASSETS_FIRST: Shape = {**some(_ASSET), "count": COUNT}
ASSETS: Shape = some(_ASSET)
ASSET_DOCUMENTS: Shape = some({"asset_id": str, "metadata": METADATA})
