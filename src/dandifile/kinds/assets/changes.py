"""Builds the changes: each with the two states of one asset, and what it takes to get there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from dandifile.kinds.assets.gather import NAME, PERMIT, Desired, Observed
from dandifile.kinds.assets.states import differing, held, merge_declared, renewed, state
from dandifile.kinds.schema import without_version
from dandifile.model import Change, JsonObject, Key, LocalAsset, RemoteAsset


def move(asset: LocalAsset, source: RemoteAsset, desired: Desired, observed: Observed) -> Change:
    current = observed.metadata([source.asset_id])[source.asset_id]
    after = merge_declared(current, desired.rules.declared(asset.path, current), asset.metadata)
    old, new = differing(current, after)
    before = state(source, old, asset_id=source.asset_id)
    return Change(Key(NAME, asset.path), before, state(asset, new, **held(source)))


def writes(
    made: list[LocalAsset], desired: Desired, observed: Observed, leaving: Collection[str]
) -> list[Change]:
    """New paths and new content. What the archive has of it already brings its metadata along.

    What is at a path of `leaving` moves away first, and is not replaced; the change says which
    content that is, so that a saved plan knows it again.
    """
    holders = {asset.digest: asset for asset in observed.assets.values() if asset.blob}
    known = [holders[asset.digest] for asset in made if asset.digest in holders]
    there = {asset.path: observed.assets[asset.path] for asset in made if asset.path in observed.assets}
    replaced = {path: asset for path, asset in there.items() if path not in leaving}
    metadata = observed.metadata([asset.asset_id for asset in (*known, *replaced.values())])
    changes = [
        _write(asset, holders.get(asset.digest), replaced.get(asset.path), metadata, desired)
        for asset in made
    ]
    return [
        replace(change, after={**change.after, "moves_away": there[change.key.name].digest})
        if change.key.name in leaving
        else change
        for change in changes
    ]


def _write(
    asset: LocalAsset,
    holder: RemoteAsset | None,
    replaced: RemoteAsset | None,
    metadata: Mapping[str, JsonObject],
    desired: Desired,
) -> Change:
    there = without_version(metadata[replaced.asset_id]) if replaced else {}
    if holder is not None:
        known, where = metadata[holder.asset_id], {"blob": holder.blob}
    else:
        known, where = asset.metadata or {}, {"source": asset.source}
    content = renewed(known, there)
    after = without_version(
        merge_declared(content, desired.rules.declared(asset.path, content), asset.metadata)
    )
    key = Key(NAME, asset.path)
    if replaced is None:
        return Change(key, None, state(asset, after, **where))
    before = state(replaced, there, asset_id=replaced.asset_id, **held(replaced))
    return Change(key, before, state(asset, after, **where))


def deletion(asset: RemoteAsset) -> Change:
    return Change(Key(NAME, asset.path), state(asset, {}, asset_id=asset.asset_id), None, permit=PERMIT)
