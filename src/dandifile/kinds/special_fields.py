"""Two fields of the dandiset with rules of their own: `about` and `access`. Pure.

`about` gets the brain regions that the NWB files name, where the spec says `from_nwb: {dandiset: true}`.

Of `access` the archive writes some keys of the first item; the rest is the lab's. The archive keeps what it
is sent of the rest, `embargoedUntil` of an open draft included (docs/archive-api.md 3.4). So those keys are
left out where values are compared, and go back as they came where a document is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dandifile.identifiers import term_curie
from dandifile.model import Json, JsonObject, Local, Spec
from dandifile.planning.merge import is_same

ABOUT, ACCESS = "about", "access"

_SERVER_MADE = ("schemaKey", "status", "embargoedUntil")
_OPEN: JsonObject = {"schemaKey": "AccessRequirements", "status": "dandi:OpenAccess"}


# --- about --------------------------------------------------------------------------------------


def about_with_files(spec: Spec, local: Local) -> dict[str, list[JsonObject]]:
    """`about` as declared, then what the files here add to it; nothing where they add nothing.

    Also nothing while `about` is declared and cannot be written: what it would hold is not known.
    """
    waiting = any(block.key and block.key.name == ABOUT for block in spec.unresolved)
    if not spec.regions.from_nwb_to_dandiset or waiting:
        return {}
    declared = spec.fields.get(ABOUT) or []
    more = _not_among(declared, _regions_of_files(local))
    return {ABOUT: [*declared, *more]} if more else {}


def add_regions_of(declared: Json, current: Json) -> list[JsonObject]:
    """What is declared, and the other brain regions that the draft has."""
    there = (item for item in current or [] if isinstance(item, dict))
    regions = [item for item in there if item.get("schemaKey") == "Anatomy"]
    return [*(declared or []), *_not_among(declared or [], regions)]


def in_order_of(current: Json, declared: Json) -> Json:
    """The declared items of `about`, first those that the draft has, in its order.

    The spec has a list for regions and others for disorders and so on, so it cannot say how they alternate.
    """
    if not isinstance(declared, list) or not isinstance(current, list):
        return declared
    left = list(declared)
    there = []
    for item in current:
        same = next((place for place, one in enumerate(left) if is_same(one, item)), None)
        if same is not None:
            there.append(left.pop(same))
    return [*there, *left]


def _regions_of_files(local: Local) -> list[JsonObject]:
    """Each region once, with its CURIE, in the order of its name."""
    found = {
        (term := _term(region)): {**region, "identifier": term}
        for asset in local.assets
        for location in asset.locations or ()
        for region in local.located.regions.get(location, ())
    }
    return sorted(found.values(), key=lambda region: (region.get("name", ""), region["identifier"]))


def _not_among(known: Iterable[JsonObject], items: Iterable[JsonObject]) -> list[JsonObject]:
    """The items whose term is not among those known."""
    taken = {_term(item) for item in known}
    return [item for item in items if _term(item) not in taken]


def _term(item: JsonObject) -> str:
    identifier = str(item.get("identifier") or "")
    return term_curie(identifier) or identifier or str(item.get("name"))


# --- access -------------------------------------------------------------------------------------


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


def add_server_part(own: JsonObject, document: JsonObject) -> JsonObject:
    """What to send for `own`, in which `access` is the lab's part: with the archive's part of `document`."""
    made = server_part(document)
    items = own.get(ACCESS)
    if not made and not items:
        return own
    first, *others = items if isinstance(items, list) and items else [{}]
    return {**own, ACCESS: [{**made, **first} if isinstance(first, dict) else first, *others]}


def complete_access(own: JsonObject) -> JsonObject:
    """The document as the archive will judge it: it completes the first item before it looks."""
    items = own.get(ACCESS)
    if not isinstance(items, list) or not items or not isinstance(items[0], dict):
        return own
    return {**own, ACCESS: [{**_OPEN, **items[0]}, *items[1:]]}


def notes_on_server_keys(declared: JsonObject, now: JsonObject) -> Iterator[str]:
    """Notes on keys that the spec sets to something else than the archive does; both are server parts."""
    for key, value in declared.items():
        there = (now or _OPEN).get(key)
        if value and value != there:
            said = f"has {there}" if there else "has none"
            yield f"`metadata.access`: the archive writes `{key}` itself and {said}; {value} has no effect"
