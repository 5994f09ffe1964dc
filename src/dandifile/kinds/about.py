"""The dandiset's `about` with the brain regions of its NWB files: `from_nwb: {dandiset: true}`. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from dandifile.identifiers import term_curie
from dandifile.model import Json, JsonObject, Local, Spec

ABOUT = "about"


def about_with_files(spec: Spec, local: Local) -> dict[str, list[JsonObject]]:
    """`about` as declared, then what the files here add to it; nothing where they add nothing.

    Nothing either while `about` is declared and cannot be written: what it would hold is not known.
    """
    waiting = any(block.key and block.key.name == ABOUT for block in spec.unresolved)
    if not spec.regions.from_nwb_to_dandiset or waiting:
        return {}
    declared = spec.fields.get(ABOUT) or []
    more = _without(declared, _of_files(local))
    return {ABOUT: [*declared, *more]} if more else {}


def with_regions_of(declared: Json, current: Json) -> list[JsonObject]:
    """What is declared, and of what the draft has all brain regions beside it."""
    there = (item for item in current or [] if isinstance(item, dict))
    regions = [item for item in there if item.get("schemaKey") == "Anatomy"]
    return [*(declared or []), *_without(declared or [], regions)]


def _of_files(local: Local) -> list[JsonObject]:
    """Each region once, with its CURIE, in the order of its name."""
    found = {
        (term := _term(region)): {**region, "identifier": term}
        for asset in local.assets
        for location in asset.locations or ()
        for region in local.located.regions.get(location, ())
    }
    return sorted(found.values(), key=lambda region: (region.get("name", ""), region["identifier"]))


def _without(known: Iterable[JsonObject], items: Iterable[JsonObject]) -> list[JsonObject]:
    """The items whose term is not among those known."""
    taken = {_term(item) for item in known}
    return [item for item in items if _term(item) not in taken]


def _term(item: JsonObject) -> str:
    identifier = str(item.get("identifier") or "")
    return term_curie(identifier) or identifier or str(item.get("name"))
