"""`regions.from_nwb`: what the locations in NWB files are, from the lock, and in memory from the services."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dandifile.commands.lookups import REMEDY, Bound, ask_briefly
from dandifile.errors import BlockedError
from dandifile.lookup.facts import Lock, Term
from dandifile.lookup.wanted import Wanted, lacking, locations_of, pinned
from dandifile.model import Anatomies, Cache, Local, Located, Location, RemoteAsset, Spec
from dandifile.run.execute import Notify
from dandifile.spec.facts import NothingKnown
from dandifile.spec.forms import anatomy_of_asset
from dandifile.spec.load import build
from dandifile.survey.formats import format_of_file

_SHOWN = 3  # locations or files in one message


def located(  # noqa: PLR0913 - what it is bound to, and what it is about
    bound: Bound,
    spec: Spec,
    cache: Cache,
    local: Local,
    draft: Mapping[str, RemoteAsset],
    *,
    locked: bool,
    offline: bool,
) -> Local:
    """The survey's result with its locations as regions. `locked`: what the lock lacks is an error.

    A word that is no single region is told, and no error.
    """
    counts = Counter(location for asset in local.assets for location in asset.locations or ())
    wanted = Wanted(locations=_open(bound, counts))
    missing = _in_short(lacking(wanted, bound.lock))
    if missing and locked:
        raise BlockedError(f"not in the lock: {', '.join(missing)}", fix=REMEDY)
    lock = ask_briefly(wanted, bound.lock, cache, offline=offline).lock if missing else bound.lock
    elsewhere = _elsewhere(spec, local, draft)
    notes = (*_unsettled(wanted, lock, counts), *_incomplete(spec, elsewhere))
    regions = {**_named(spec, counts), **_regions(wanted, lock)}
    return replace(local, located=Located(regions, not elsewhere, missing, notes))


def in_files(bound: Bound, cache: Cache, jobs: int, notify: Notify) -> tuple[Location, ...]:
    """What the lock is to hold: locations in the files here, and all that it has where some are elsewhere."""
    spec = build(bound.declared, NothingKnown())
    if not spec.regions.from_nwb:
        return ()
    from dandifile.run.survey_runner import survey_runner
    from dandifile.survey import tasks
    from dandifile.survey.stages import locate_everywhere

    with survey_runner(tasks, cache, jobs, notify) as run:
        found, whole = locate_everywhere(spec, run)
    here = {location for said in found.values() for location in said or ()}
    return _open(bound, {*here, *(() if whole else locations_of(bound.lock))})


def _open(bound: Bound, locations: Iterable[Location]) -> tuple[Location, ...]:
    """Those that the spec itself does not settle, sorted."""
    settled = bound.declared.value["regions"].get("names", {})
    return tuple(sorted(location for location in locations if location.word not in settled))


def _in_short(missing: Sequence[str]) -> tuple[str, ...]:
    """`location CA1`; of several the first few in one: a lab has hundreds of them."""
    if len(missing) <= _SHOWN:
        return tuple(missing)
    return (f"{', '.join(missing[:_SHOWN])} and {len(missing) - _SHOWN:,} more locations in NWB files",)


def _named(spec: Spec, locations: Iterable[Location]) -> dict[Location, Anatomies]:
    names = spec.regions.names
    return {location: names[location.word] for location in locations if location.word in names}


def _regions(wanted: Wanted, lock: Lock) -> dict[Location, Anatomies]:
    facts = {location: pinned(location, lock) for location in wanted.locations}
    return {
        location: (anatomy_of_asset({"name": fact.label, "id": fact.id}),)
        for location, fact in facts.items()
        if isinstance(fact, Term)
    }


def _unsettled(wanted: Wanted, lock: Lock, counts: Mapping[Location, int]) -> Iterator[str]:
    """Each open word with what it may be; then, once, what to do about them."""
    words = []
    for location in wanted.locations:
        fact = pinned(location, lock)
        if fact is not None and not isinstance(fact, Term):
            words.append(location.word)
            count = counts[location]
            files = "1 NWB file" if count == 1 else f"{count:,} NWB files"
            yield f"{location.word!r}, a location in {files}, is taken for no brain region: {fact.why}"
    if words:
        word = json.dumps(min(words, key=len), ensure_ascii=False)
        yield (
            "to settle such a word, say under `regions.names` what it context, as in"
            f' `names: {{{word}: ["UBERON:…"]}}` ([] for no region), or give'
            " those assets their regions under `regions.sessions`, `subjects` or `paths`"
        )


def _incomplete(spec: Spec, elsewhere: list[str]) -> Iterator[str]:
    some = ", ".join(elsewhere[:_SHOWN]) + (", …" if elsewhere[_SHOWN:] else "")
    if elsewhere and spec.regions.from_nwb_to_dandiset:
        why = f"what may be of more cannot be looked at: {some}"
        yield f"brain regions are only added to the dandiset, since {why}"


def _elsewhere(spec: Spec, local: Local, draft: Mapping[str, RemoteAsset]) -> list[str]:
    """NWB files that may say more: not here, not readable, or on the draft and from nowhere here."""
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
