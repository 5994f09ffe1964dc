"""`regions.from_nwb`: brain regions for the locations in NWB files, pinned or looked up for one run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dandifile.desired.spec_and_lock import MemoryLookups, SpecAndLock
from dandifile.lookup.facts import Lock, Term
from dandifile.lookup.wanted import Wanted, missing_from, pinned_location, pinned_locations
from dandifile.model import Anatomies, Cache, Local, Located, Location, RemoteAsset, Spec
from dandifile.run.execute import Notify
from dandifile.spec.facts import NothingKnown
from dandifile.spec.forms import anatomy_of_asset
from dandifile.spec.load import build
from dandifile.survey.formats import format_of_file
from dandifile.words import quantity

_SHOWN = 3  # locations or files in one message


def locate_regions(
    source: SpecAndLock,
    spec: Spec,
    lookups: MemoryLookups,
    local: Local,
    draft: Mapping[str, RemoteAsset],
) -> Local:
    """The survey's result with its locations as regions. A word that is no single region becomes a note."""
    counts = Counter(location for asset in local.assets for location in asset.locations or ())
    wanted = Wanted(locations=_open_locations(source, counts))
    missing = _shorten(missing_from(wanted, source.lock))
    lock = lookups.find(wanted, source.lock, missing).lock if missing else source.lock
    elsewhere = _files_elsewhere(spec, local, draft)
    notes = (*_unsettled_notes(wanted, lock, counts), *_incomplete_notes(spec, elsewhere))
    regions = {**_regions_by_name(spec, counts), **_regions_in_lock(wanted, lock)}
    return replace(local, located=Located(regions, not elsewhere, missing, notes))


def locations_to_pin(source: SpecAndLock, cache: Cache, jobs: int, notify: Notify) -> tuple[Location, ...]:
    """What the lock must hold: locations in the files here, and all that it has where some are elsewhere."""
    spec = build(source.declared, NothingKnown())
    if not spec.regions.from_nwb:
        return ()
    from dandifile.run.survey_runner import survey_runner
    from dandifile.survey import tasks
    from dandifile.survey.stages import locate_everywhere

    with survey_runner(tasks, cache, jobs, notify) as run:
        found, whole = locate_everywhere(spec, run)
    here = {location for said in found.values() for location in said or ()}
    return _open_locations(source, {*here, *(() if whole else pinned_locations(source.lock))})


def _open_locations(source: SpecAndLock, locations: Iterable[Location]) -> tuple[Location, ...]:
    """Those that the spec itself does not settle, sorted."""
    settled = source.declared.value["regions"].get("names", {})
    return tuple(sorted(location for location in locations if location.word not in settled))


def _shorten(missing: Sequence[str]) -> tuple[str, ...]:
    """`location CA1`; of several the first few in one: a lab has hundreds of them."""
    if len(missing) <= _SHOWN:
        return tuple(missing)
    return (f"{', '.join(missing[:_SHOWN])} and {len(missing) - _SHOWN:,} more locations in NWB files",)


def _regions_by_name(spec: Spec, locations: Iterable[Location]) -> dict[Location, Anatomies]:
    names = spec.regions.names
    return {location: names[location.word] for location in locations if location.word in names}


def _regions_in_lock(wanted: Wanted, lock: Lock) -> dict[Location, Anatomies]:
    facts = {location: pinned_location(location, lock) for location in wanted.locations}
    return {
        location: (anatomy_of_asset({"name": fact.label, "id": fact.id}),)
        for location, fact in facts.items()
        if isinstance(fact, Term)
    }


def _unsettled_notes(wanted: Wanted, lock: Lock, counts: Mapping[Location, int]) -> Iterator[str]:
    """Each open word with what it may be; then, once, what to do about them."""
    words = []
    for location in wanted.locations:
        fact = pinned_location(location, lock)
        if fact is not None and not isinstance(fact, Term):
            words.append(location.word)
            files = quantity(counts[location], "NWB file")
            yield f"no brain region matches {location.word!r}, a location in {files}: {fact.why}"
    if words:
        word = json.dumps(min(words, key=len), ensure_ascii=False)
        yield (
            f'say under `regions.names` what this word means: `names: {{{word}: ["UBERON:…"]}}` ([] for no'
            " region); or give those assets their regions under `regions.sessions`, `subjects` or `paths`"
        )


def _incomplete_notes(spec: Spec, elsewhere: list[str]) -> Iterator[str]:
    some = ", ".join(elsewhere[:_SHOWN]) + (", …" if elsewhere[_SHOWN:] else "")
    if elsewhere and spec.regions.from_nwb_to_dandiset:
        yield (
            "brain regions are only added to the dandiset, and none are removed, because these files may have"
            f" more and are not on this machine or cannot be read: {some}"
        )


def _files_elsewhere(spec: Spec, local: Local, draft: Mapping[str, RemoteAsset]) -> list[str]:
    """NWB files that may have more locations: not here, not readable, or on the draft with no file here."""
    unread = [asset.path for asset in local.assets if _has_locations(asset.path) and asset.locations is None]
    pending = [asset.path for asset in local.pending if _has_locations(asset.path)]
    known = {asset.path for asset in local.assets} | {asset.digest for asset in local.assets}
    if any(entry.prune for entry in spec.paths):
        known |= {asset.path for asset in local.gone}
    there = [
        path for path, asset in draft.items() if _has_locations(path) and not {path, asset.digest} & known
    ]
    return sorted({*local.absent, *unread, *pending, *there})


def _has_locations(path: str) -> bool:
    return format_of_file(path).HAS_LOCATIONS
