"""Compares the files here with the draft: pure, and the rules of names and moves in one place.

A file whose content is on the draft at its path stays. Other content at that path is replaced. A path that
the draft lacks is made: by a move where the asset that held this content is gone from here, else with the
blob that the archive has, else by an upload. Assets whose data is not here are only ever described
(`regions`, `assets`), never moved or deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dandifile.globs import is_match
from dandifile.kinds.assets import changes as build
from dandifile.kinds.assets.deletions import deletion_guard, find_deletions
from dandifile.kinds.assets.local_files import (
    absent_folders,
    files_left_out,
    fit_to_schema,
    idle_entries,
    is_in_place,
    pending_files,
    usable_files,
)
from dandifile.kinds.assets.moves import Move, find_clashes, find_moves, leftovers
from dandifile.kinds.assets.sending import cautions, look_up_contents
from dandifile.kinds.assets.sides import PERMIT, DesiredAssets, ObservedAssets
from dandifile.kinds.assets.steps import doable_changes
from dandifile.kinds.outgoing import VERSION_KEY
from dandifile.model import Action, Block, Change, Local, LocalAsset
from dandifile.planning.kind import Difference, Options
from dandifile.words import quantity


@dataclass(frozen=True)
class _Sorting:
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


def diff(desired: DesiredAssets, observed: ObservedAssets, options: Options) -> Difference:
    desired, lacking = fit_to_schema(desired, observed)
    wanted, blocked, remarks = usable_files(desired, observed)
    found = _sort([file for file in wanted if not is_in_place(file, observed)], desired, observed, options)
    changes = [build.move_to(file, asset, desired, observed) for file, asset in found.moved]
    changes += build.writes(found.made, desired, observed, found.leaving)
    changes += [build.deletion(observed.assets[path]) for path in found.going]
    changes += build.updates(desired, observed, skip=found.touched, refresh=options.refresh_metadata)
    kept = [change for change in changes if _is_in_scope(change.key.name, options)]
    changes, halved = doable_changes(kept, changes)
    if desired.embargo is not None:  # as it will be once all of the plan is done
        observed = replace(observed, open=desired.embargo is False)
    changes, releasing, known = look_up_contents(changes, observed)
    pending = [text for path, text in pending_files(desired.local, observed) if _is_in_scope(path, options)]
    in_the_way = [
        block
        for block in (*blocked, *found.clashing)
        if block.key is None or _is_in_scope(block.key.name, options)
    ]
    deletions = sum(change.action is Action.DELETE for change in changes)
    guard = deletion_guard(deletions, len(observed.assets), desired.max_deletions)
    return Difference(
        changes=tuple(changes),
        blocked=(*filter(None, [guard]), *in_the_way, *halved, *releasing),
        elsewhere=(*absent_folders(desired.local), *pending),
        notes=(
            *_idle_globs(desired, observed, options),
            *idle_entries(desired),
            *desired.local.notes,
            *files_left_out(desired.local.skipped),
            *remarks,
            *lacking,
            *_refused_versions(changes, observed),
            *found.notes,
            *_staying_assets(desired.local, found, observed, options),
            *cautions(changes, observed),
            *known,
            *leftovers(observed, found.touched),
        ),
        unchanged=len(observed.assets) - sum(change.before is not None for change in changes),
    )


def _sort(
    written: list[LocalAsset], desired: DesiredAssets, observed: ObservedAssets, options: Options
) -> _Sorting:
    """What happens to each file and asset. Files whose path clashes with one that stays are left out."""
    clashing: list[Block] = []
    while True:
        moved, made = find_moves(written, desired, observed)
        found = _Sorting(moved, made, [], clashing, [])
        claimed = found.leaving | {file.path for file in desired.local.assets}
        claimed |= {asset.path for asset in desired.local.pending}
        going, notes = find_deletions(desired, iter(observed.assets), frozenset(claimed))
        staying = observed.assets.keys() - found.leaving - set(going if PERMIT in options.allow else ())
        more = find_clashes(written, staying)
        if not more:
            return replace(found, going=going, notes=notes)
        clashing += more.values()
        written = [file for file in written if file.path not in more]


def _refused_versions(changes: list[Change], observed: ObservedAssets) -> Iterator[str]:
    """Why assets are written again in which nothing else is wrong."""
    count = sum(
        VERSION_KEY in change.after["metadata"] for change in changes if change.action is Action.UPDATE
    )
    if count:
        yield (
            f"{quantity(count, 'asset is', 'assets are')} in a schema version that the archive does not "
            "accept, so they are invalid there: "
            f"apply writes them again in {observed.versions.own}"
        )


def _staying_assets(
    local: Local, found: _Sorting, observed: ObservedAssets, options: Options
) -> Iterator[str]:
    """Assets whose file is gone from here and that stay: this may be meant, or not."""
    gone = {asset.path for asset in local.gone if _is_in_scope(asset.path, options)} & observed.assets.keys()
    if staying := sorted(gone - found.leaving - set(found.going)):
        more = f" and {len(staying) - 1:,} more" if staying[1:] else ""
        yield f"{staying[0]}{more}: gone from here, still on the draft (`prune: true` deletes such assets)"


def _idle_globs(desired: DesiredAssets, observed: ObservedAssets, options: Options) -> Iterator[str]:
    """Words of `--path` that match nothing: most likely they are misspelt."""
    paths = {*observed.assets, *(asset.path for asset in desired.local.assets)} if options.paths else set()
    for glob in options.paths:
        if not any(is_match(glob, path) for path in paths):
            yield f"--path {glob} matches no asset of the draft and no file here"


def _is_in_scope(path: str, options: Options) -> bool:
    wanted = not options.paths or any(is_match(glob, path) for glob in options.paths)
    return wanted and not any(is_match(glob, path) for glob in options.exclude)
