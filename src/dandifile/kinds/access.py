"""The dandiset's field `access`: the archive writes some keys of its first item, the rest is the lab's.

The archive keeps what it is sent of the rest, `embargoedUntil` of an open draft included (dandi-api 2.1).
So those keys are left out where values are compared, and go back as they came where a document is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dandifile.model import Json, JsonObject

ACCESS = "access"

_SERVER_MADE = ("schemaKey", "status", "embargoedUntil")
_OPEN: JsonObject = {"schemaKey": "AccessRequirements", "status": "dandi:OpenAccess"}


def own_part(fields: Mapping[str, Json]) -> JsonObject:
    """The fields with the lab's own part of `access`: `[]` where there is none."""
    items = fields.get(ACCESS)
    if not isinstance(items, list):
        return dict(fields)
    first, *others = items or [{}]
    if isinstance(first, dict):
        first = {key: value for key, value in first.items() if key not in _SERVER_MADE}
    return {**fields, ACCESS: [first, *others] if first or others else []}


def server_part(fields: Mapping[str, Json]) -> JsonObject:
    """The keys of the first item of `access` that are the archive's to write."""
    items = fields.get(ACCESS)
    first = items[0] if isinstance(items, list) and items else None
    return {key: first[key] for key in _SERVER_MADE if key in first} if isinstance(first, dict) else {}


def sent(own: JsonObject, document: JsonObject) -> JsonObject:
    """What to send for `own`, in which `access` is the lab's part: with the archive's part of `document`."""
    made = server_part(document)
    items = own.get(ACCESS)
    if not made and not items:
        return own
    first, *others = items if isinstance(items, list) and items else [{}]
    return {**own, ACCESS: [{**made, **first} if isinstance(first, dict) else first, *others]}


def completed(own: JsonObject) -> JsonObject:
    """The document as the archive will judge it: it completes the first item before it looks."""
    items = own.get(ACCESS)
    if not isinstance(items, list) or not items or not isinstance(items[0], dict):
        return own
    return {**own, ACCESS: [{**_OPEN, **items[0]}, *items[1:]]}


def without_effect(declared: JsonObject, now: JsonObject) -> Iterator[str]:
    """Notes on keys that the spec sets to something else than the archive does; both are server parts."""
    for key, value in declared.items():
        there = (now or _OPEN).get(key)
        if value and value != there:
            said = f"has {there}" if there else "has none"
            yield f"`metadata.access`: the archive writes `{key}` itself and {said}; {value} has no effect"
