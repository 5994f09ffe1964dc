"""Compares the files here with the draft: pure, and the rules of names and moves in one place.

A file whose content is on the draft at its path stays; other content at that path is replaced;
a path that the draft lacks is made, by a move where the asset that held this content has gone
from here, with the blob that the archive has where it has one, else by an upload. Assets
whose data is not here are only ever described (`regions`, `assets`), never moved or deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from dandifile.globs import matches
from dandifile.kinds.assets.describe import descriptions
from dandifile.kinds.assets.gather import NAME, Desired, Observed
from dandifile.kinds.assets.prune import doomed
from dandifile.kinds.assets.soundness import in_place, sound
from dandifile.kinds.assets.states import differing, laid_over, renewed, state
from dandifile.model import Action, Change, JsonObject, Key, LocalAsset, RemoteAsset
from dandifile.plan.guards import too_many_deletions
from dandifile.plan.kind import Difference, Options
from dandifile.plan.standing import Standing
from dandifile.plan.standing import standing as stands


def diff(desired: Desired, observed: Observed, options: Options) -> Difference:
    wanted, blocked, told = sound(desired, observed)
    written = [asset for asset in wanted if not in_place(asset, observed)]
    moved, made = _moves(written, desired, observed)
    changes = [_move(asset, source, desired, observed) for asset, source in moved]
    changes += _writes(made, desired, observed)

    leaving = {source.path for _, source in moved}
    claimed = leaving | {asset.path for asset in desired.local.assets}
    going, notes = doomed(desired, iter(observed.assets), frozenset(claimed))
    changes += [_deletion(observed.assets[path]) for path in going]

    touched = leaving | set(going) | {asset.path for asset in made}
    changes += descriptions(desired, observed, skip=touched, refresh=options.refresh_metadata)
    changes = [change for change in changes if _in_scope(change.key.name, options)]
    blocked = [block for block in blocked if block.key is None or _in_scope(block.key.name, options)]
    deletions = sum(change.action is Action.DELETE for change in changes)
    guard = too_many_deletions(deletions, len(observed.assets), desired.max_deletions)
    return Difference(
        changes=tuple(changes),
        blocked=(*filter(None, [guard]), *blocked),
        elsewhere=tuple(
            f"{source} is not on this machine; its assets stay as they are" for source in desired.local.absent
        ),
        notes=(*_left_out(desired.local.skipped), *told, *notes),
        unchanged=len(observed.assets) - sum(change.before is not None for change in changes),
    )


def standing(change: Change, observed: Observed) -> Standing:
    """Content is bound by digest, metadata by the keys that the change shows."""
    now = observed.assets.get(change.key.name)
    if change.action is Action.UPDATE:
        if now is None or now.digest != change.before["digest"]:
            return Standing.STALE
        metadata = observed.metadata([now.asset_id])[now.asset_id]
        keys = {key: metadata.get(key) for key in change.after["metadata"]}
        return stands(change.before["metadata"], change.after["metadata"], keys)
    if change.action is Action.MOVE and now is None:
        source = observed.assets.get(change.before["path"])
        return Standing.DUE if source and source.digest == change.before["digest"] else Standing.STALE
    before, after = (side and side["digest"] for side in (change.before, change.after))
    return stands(before, after, now.digest if now else None)


def rebased(change: Change, observed: Observed) -> Change:
    """Asset ids are good until the next write; the path is the asset's name."""
    if change.before is None:
        return change
    now = observed.assets[change.before["path"]]
    return replace(change, before={**change.before, "asset_id": now.asset_id})


def _left_out(count: int) -> list[str]:
    """Files that nobody asked for are told, lest somebody thinks that they are on the archive."""
    files = "1 file is" if count == 1 else f"{count:,} files are"
    return [f"{files} not of the standard of their entry (standard: any takes every file)"] if count else []


def _moves(
    written: list[LocalAsset], desired: Desired, observed: Observed
) -> tuple[list[tuple[LocalAsset, RemoteAsset]], list[LocalAsset]]:
    """Pairs of (file, asset that moves to its path), and the files that are to be written instead.

    An asset moves when the last apply made it from a file here that is here no more, and its
    content turned up under a path that the draft does not have.
    """
    departed: Mapping[str, list[RemoteAsset]] = defaultdict(list)
    for gone in sorted(desired.local.gone, key=lambda gone: gone.path, reverse=True):
        asset = observed.assets.get(gone.path)
        if asset is not None and asset.digest == gone.digest:
            departed[gone.digest].append(asset)
    moved: list[tuple[LocalAsset, RemoteAsset]] = []
    made: list[LocalAsset] = []
    for file in sorted(written, key=lambda file: file.path):
        if file.path not in observed.assets and departed[file.digest]:
            moved.append((file, departed[file.digest].pop()))
        else:
            made.append(file)
    return moved, made


def _move(asset: LocalAsset, source: RemoteAsset, desired: Desired, observed: Observed) -> Change:
    current = observed.metadata([source.asset_id])[source.asset_id]
    after = laid_over(current, desired.rules.declared(asset.path, current), asset.metadata)
    old, new = differing(current, after)
    before = state(source, old, asset_id=source.asset_id)
    return Change(Key(NAME, asset.path), before, state(asset, new, blob=source.blob))


def _writes(made: list[LocalAsset], desired: Desired, observed: Observed) -> list[Change]:
    """New paths and new content. What the archive has of it already brings its metadata along."""
    holders = {asset.digest: asset for asset in observed.assets.values() if asset.blob}
    known = [holders[asset.digest] for asset in made if asset.digest in holders]
    replaced = [observed.assets[asset.path] for asset in made if asset.path in observed.assets]
    metadata = observed.metadata([asset.asset_id for asset in (*known, *replaced)])
    return [
        _write(asset, holders.get(asset.digest), observed.assets.get(asset.path), metadata, desired)
        for asset in made
    ]


def _write(
    asset: LocalAsset,
    holder: RemoteAsset | None,
    replaced: RemoteAsset | None,
    metadata: Mapping[str, JsonObject],
    desired: Desired,
) -> Change:
    there = metadata[replaced.asset_id] if replaced else {}
    if holder is not None:
        content = metadata[holder.asset_id]
        where = {"blob": holder.blob}
    else:
        content = renewed(asset.metadata or {}, there)
        where = {"source": asset.source}
    after = laid_over(content, desired.rules.declared(asset.path, content), asset.metadata)
    key = Key(NAME, asset.path)
    if replaced is None:
        return Change(key, None, state(asset, after, **where))
    return Change(key, state(replaced, there, asset_id=replaced.asset_id), state(asset, after, **where))


def _deletion(asset: RemoteAsset) -> Change:
    return Change(Key(NAME, asset.path), state(asset, {}, asset_id=asset.asset_id), None, permit="delete")


def _in_scope(path: str, options: Options) -> bool:
    wanted = not options.paths or any(matches(glob, path) for glob in options.paths)
    return wanted and not any(matches(glob, path) for glob in options.exclude)
