"""What of the archive's answers is used, said once: an answer that lacks it is none of a DANDI archive.

A shape is a type; {key: shape}, of an object that has at least these keys; [shape], of a list of
such; or (shape, None), of what may be null. Keys that nobody here reads are not asked for.
"""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, TypeAlias

from dandifile.model import Json

Shape: TypeAlias = Any  # recursive, as Json is
TEXT: Shape = str | NoneType

ANYTHING: Shape = object

INFO: Shape = {"schema_version": str}
USER: Shape = {"username": str}
USERS: Shape = [USER]
SCHEMA: Shape = {"properties": dict}
BLOB: Shape = {"blob_id": str}

DANDISET_MADE: Shape = {"identifier": str}
DANDISET: Shape = {
    **DANDISET_MADE,
    "embargo_status": str,
    "draft_version": dict,
    "most_recent_published_version": (dict, None),
}
_IN_LIST = {"name": str, "asset_count": int}
DANDISET_LISTED: Shape = {**DANDISET, "created": str, "draft_version": (_IN_LIST, None)}
DRAFT: Shape = {
    "name": str,
    "status": str,
    "metadata": dict,
    "version_validation_errors": list,
    "asset_validation_errors": list,
}
UPLOAD: Shape = {"upload_id": str, "etag": str, "size": int}

_ASSET = {"asset_id": str, "path": str, "size": int, "blob": TEXT, "zarr": TEXT}
ASSET_DOCUMENT: Shape = {"path": str}
ASSET: Shape = {**_ASSET, "metadata": dict}
ZARR: Shape = {"zarr_id": str, "name": str, "status": str, "checksum": TEXT}
ZARR_FILE: Shape = {"Key": str, "ETag": str}

UPLOAD_BEGUN: Shape = {
    "upload_id": str,
    "parts": [{"part_number": int, "size": int, "upload_url": str}],
}
UPLOAD_SENT: Shape = {"complete_url": str, "body": str}
UPLOAD_VALIDATED: Shape = {"blob_id": str}
URLS: Shape = [str]


def some(item: Shape) -> Shape:
    """A page of a list, without the word whether there are more."""
    return {"results": [item]}


def page(item: Shape) -> Shape:
    return {**some(item), "next": TEXT}


ASSETS_FIRST: Shape = {**some(_ASSET), "count": int}
ASSETS: Shape = some(_ASSET)
ASSET_DOCUMENTS: Shape = some({"asset_id": str, "metadata": dict})


def misfit(value: Json, shape: Shape, where: str = "") -> str:
    """Where a value is not of the shape, and how, in words; "" where it is of it."""
    if isinstance(shape, type | UnionType):
        return "" if isinstance(value, shape) else f"{where or 'it'} is {_kind(value)}"
    if isinstance(shape, tuple):
        return "" if value is None else misfit(value, shape[0], where)
    if not isinstance(value, type(shape)):
        return f"{where or 'it'} is {_kind(value)}"
    if isinstance(shape, list):
        faults = (misfit(item, shape[0], f"{where}[{number}]") for number, item in enumerate(value))
        return next(filter(None, faults), "")
    for key, inner in shape.items():
        name = f"{where}.{key}" if where else key
        fault = misfit(value[key], inner, name) if key in value else f"{name} is missing"
        if fault:
            return fault
    return ""


_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", NoneType: "null"}


def _kind(value: Json) -> str:
    return _KINDS.get(type(value), "a number")
