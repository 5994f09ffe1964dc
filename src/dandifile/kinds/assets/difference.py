"""Compares the files here with the draft: pure, and the rules of names and moves in one place.

A file whose content is on the draft at its path stays; other content at that path is replaced;
a path that the draft lacks is made, by a move where the asset that held this content has gone
from here, with the blob that the archive has where it has one, else by an upload. Assets
whose data is not here are only ever described (`regions`, `assets`), never moved or deleted.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dandifile.globs import matches
from dandifile.kinds.assets import changes as build
from dandifile.kinds.assets.bounded import possible
from dandifile.kinds.assets.cautions import cautions
from dandifile.kinds.assets.clashes import clashes
from dandifile.kinds.assets.describe import descriptions
from dandifile.kinds.assets.gather import PERMIT, Desired, Observed
from dandifile.kinds.assets.known import looked_up
from dandifile.kinds.assets.leftovers import leftovers
from dandifile.kinds.assets.moves import Move, moves
from dandifile.kinds.assets.prune import doomed
from dandifile.kinds.assets.soundness import in_place, sound
from dandifile.kinds.schema import KEY, Fitted
from dandifile.model import Action, Block, Change, Local, LocalAsset, Skipped
from dandifile.planning.guards import too_many_deletions
from dandifile.planning.kind import Difference, Options


@dataclass(frozen=True)
class _Sorted:
    """Every file and asset that has to be touched, by what is to happen to it."""

    moved: list[Move]
    made: list[LocalAsset]
    going: list[str]
    clashing: list[Block]
    notes: list[str]

    @property
    def leaving(self) -> set[str]:
        return {asset.path for _, asset in self.moved}

    @property
    def touched(self) -> set[str]:
        return self.leaving | set(self.going) | {file.path for file in self.made}


def diff(desired: Desired, observed: Observed, options: Options) -> Difference:
    desired, lacking = fitted(desired, observed)
    wanted, blocked, told = sound(desired, observed)
    found = _sort([file for file in wanted if not in_place(file, observed)], desired, observed, options)
    changes = [build.move(file, asset, desired, observed) for file, asset in found.moved]
    changes += build.writes(found.made, desired, observed, found.leaving)
    changes += [build.deletion(observed.assets[path]) for path in found.going]
    changes += descriptions(desired, observed, skip=found.touched, refresh=options.refresh_metadata)
    kept = [change for change in changes if _in_scope(change.key.name, options)]
    changes, halved = possible(kept, changes)
    changes, releasing, known = looked_up(changes, observed)
    in_the_way = [
        block
        for block in (*blocked, *found.clashing)
        if block.key is None or _in_scope(block.key.name, options)
    ]
    deletions = sum(change.action is Action.DELETE for change in changes)
    guard = too_many_deletions(deletions, len(observed.assets), desired.max_deletions)
    return Difference(
        changes=tuple(changes),
        blocked=(*filter(None, [guard]), *in_the_way, *halved, *releasing),
        elsewhere=(*_absent(desired.local), *_pending(desired.local, observed, options)),
        notes=(
            *_idle(desired),
            *desired.local.notes,
            *_left_out(desired.local.skipped),
            *told,
            *lacking,
            *_unknown_versions(changes, observed),
            *found.notes,
            *_staying(desired.local, found, observed, options),
            *cautions(changes, observed),
            *known,
            *leftovers(observed, found.touched),
        ),
        unchanged=len(observed.assets) - sum(change.before is not None for change in changes),
    )


def fitted(desired: Desired, observed: Observed) -> tuple[Desired, list[str]]:
    """The files here with what the archive's schema has a place for of their metadata; a note on the rest."""
    if all(asset.metadata is None for asset in desired.local.assets) or not (schema := observed.schema()):
        return desired, []
    fit = Fitted(schema)
    assets = tuple(
        asset if asset.metadata is None else replace(asset, metadata=fit.fit(asset.metadata))
        for asset in desired.local.assets
    )
    names = ", ".join(sorted(fit.lacking))
    note = (
        f"the archive's schema ({observed.versions.own}) has no place for {names}: left out of what files say"
    )
    return replace(desired, local=replace(desired.local, assets=assets)), [note] if names else []


def _unknown_versions(changes: list[Change], observed: Observed) -> Iterator[str]:
    """Why assets are written again of which somebody sees nothing else wrong."""
    count = sum(KEY in change.after["metadata"] for change in changes if change.action is Action.UPDATE)
    if count:
        assets = "1 asset is" if count == 1 else f"{count:,} assets are"
        yield (
            f"{assets} in a schema version that the archive does not accept and are therefore invalid there: "
            f"written again in its own, {observed.versions.own}"
        )


def _sort(written: list[LocalAsset], desired: Desired, observed: Observed, options: Options) -> _Sorted:
    """Files whose path clashes with one that stays are left out, until none does."""
    clashing: list[Block] = []
    while True:
        moved, made = moves(written, desired, observed)
        found = _Sorted(moved, made, [], clashing, [])
        claimed = found.leaving | {file.path for file in desired.local.assets}
        claimed |= {asset.path for asset in desired.local.pending}
        going, notes = doomed(desired, iter(observed.assets), frozenset(claimed))
        staying = observed.assets.keys() - found.leaving - set(going if PERMIT in options.allow else ())
        more = clashes(written, staying)
        if not more:
            return replace(found, going=going, notes=notes)
        clashing += more.values()
        written = [file for file in written if file.path not in more]


def _absent(local: Local) -> Iterator[str]:
    return (f"{source} is not on this machine; its assets stay as they are" for source in local.absent)


def _idle(desired: Desired) -> Iterator[str]:
    """Entries of `paths` that take nothing: a wrong folder, or globs that fit no file, looks just so."""
    local = desired.local
    known = [*local.absent, *(file.source for file in local.assets), *(file.source for file in local.refused)]
    known += [*(file.source for file in local.pending), *(file.source for file in local.gone)]
    for entry in desired.entries:
        folder = posixpath.normpath(entry.source)
        if folder.startswith("..") or Path(folder).is_absolute():
            continue  # files outside the spec's folder have whole paths
        if not any(folder in (".", source) or source.startswith(f"{folder}/") for source in known):
            yield f"{entry.source}: no file in it is taken; it is empty, or `paths` leaves all of it out"


def _left_out(skipped: Iterable[Skipped]) -> Iterator[str]:
    """Files that nobody asked for, lest somebody thinks that they are on the archive."""
    minor: list[str] = []
    for group in skipped:
        if group.minor:
            minor += group.sources
        else:
            yield f"{_some(group.sources)} left out: {group.reason} ({group.fix})"
    if minor:
        yield f"{_some(sorted(minor))} left out by `standard` (`standard: any` takes every file)"


def _some(sources: Sequence[str]) -> str:
    """`a.csv is`, `a.csv and 12 more files are`."""
    if len(sources) == 1:
        return f"{sources[0]} is"
    return f"{sources[0]} and {len(sources) - 1:,} more file{'s' if sources[2:] else ''} are"


def _staying(local: Local, found: _Sorted, observed: Observed, options: Options) -> Iterator[str]:
    """Assets whose file somebody has taken away: it may be meant, or not."""
    gone = {asset.path for asset in local.gone if _in_scope(asset.path, options)} & observed.assets.keys()
    if staying := sorted(gone - found.leaving - set(found.going)):
        more = f" and {len(staying) - 1:,} more" if staying[1:] else ""
        yield f"{staying[0]}{more}: gone from here, still on the draft (`prune: true` deletes such assets)"


def _pending(local: Local, observed: Observed, options: Options) -> Iterator[str]:
    """What the archive lacks of the files on other machines: to be known, not to be done here."""
    for asset in local.pending:
        now = observed.assets.get(asset.path)
        if (now is None or now.digest != asset.digest) and _in_scope(asset.path, options):
            yield f"{asset.path} is pending elsewhere: {asset.source} is not on this machine"


def _in_scope(path: str, options: Options) -> bool:
    wanted = not options.paths or any(matches(glob, path) for glob in options.paths)
    return wanted and not any(matches(glob, path) for glob in options.exclude)
