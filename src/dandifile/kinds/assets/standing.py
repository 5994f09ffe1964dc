"""Whether a saved change of an asset is due, done or stale today, and which asset it is about now."""

from __future__ import annotations

from dataclasses import replace

from dandifile.kinds.assets.moves import find_parked
from dandifile.kinds.assets.sides import ObservedAssets
from dandifile.kinds.outgoing import drop_version
from dandifile.model import Action, Change, JsonObject, RemoteAsset
from dandifile.planning.kind import Standing, standing_of
from dandifile.planning.merge import is_same


def standing(change: Change, observed: ObservedAssets) -> Standing:
    """Content is bound by digest, metadata by the keys that the change shows.

    Once the content is as planned, the change is done: what the metadata lack is a matter of the next plan.
    """
    now = observed.assets.get(change.key.name)
    if change.action is Action.UPDATE:
        if now is None or now.digest != change.before["digest"]:
            return Standing.STALE
        return standing_of(
            change.before["metadata"], change.after["metadata"], _metadata_now(change, now, observed)
        )
    content = _standing_of_content(change, now, observed)
    if content is Standing.DUE and _has_other_metadata(change, observed):
        return Standing.STALE
    return content


def rebase(change: Change, observed: ObservedAssets) -> Change:
    """Asset ids are good until the next write; a killed run may have left an asset on its way."""
    if change.before is None:
        return change
    now = _subject(change, observed)
    return replace(change, before={**change.before, "path": now.path, "asset_id": now.asset_id})


def _standing_of_content(change: Change, now: RemoteAsset | None, observed: ObservedAssets) -> Standing:
    if change.action is Action.MOVE:
        if now is not None and now.digest == change.after["digest"]:
            return Standing.DONE
        return Standing.DUE if _mover(change, observed) else Standing.STALE
    if _is_half_sent(change, now) or _is_to_move_away(change, now):
        return Standing.DUE
    before, after = (side and side["digest"] for side in (change.before, change.after))
    return standing_of(before, after, now.digest if now else None)


def _has_other_metadata(change: Change, observed: ObservedAssets) -> bool:
    """Whether metadata that the change would write over are neither as they were nor as they will be."""
    if change.action not in (Action.MOVE, Action.REPLACE):
        return False
    shown = _metadata_now(change, _subject(change, observed), observed)
    return not any(
        is_same(drop_version(side["metadata"]), drop_version(shown)) for side in (change.before, change.after)
    )


def _metadata_now(change: Change, asset: RemoteAsset, observed: ObservedAssets) -> JsonObject:
    """An asset's metadata today: the keys that the change shows, or all where the content is replaced."""
    metadata = observed.metadata([asset.asset_id])[asset.asset_id]
    if change.action is Action.REPLACE:
        return metadata
    return {key: metadata.get(key) for key in change.after["metadata"]}


def _is_half_sent(change: Change, now: RemoteAsset | None) -> bool:
    """Whether a killed run has begun to replace this Zarr: it has no checksum until all is sent."""
    own = change.before.get("zarr") if change.action is Action.REPLACE else None
    return now is not None and own is not None and (now.zarr, now.digest) == (own, "")


def _is_to_move_away(change: Change, now: RemoteAsset | None) -> bool:
    """Whether a new asset's path is still that of the asset which the plan moves away first."""
    return change.before is None and now is not None and now.digest == change.after.get("moves_away")


def _subject(change: Change, observed: ObservedAssets) -> RemoteAsset:
    """The asset that a change which is due is about."""
    moving = _mover(change, observed) if change.action is Action.MOVE else None
    return moving or observed.assets[change.key.name]


def _mover(change: Change, observed: ObservedAssets) -> RemoteAsset | None:
    digest = change.before["digest"]
    source = observed.assets.get(change.before["path"])
    if source is not None and source.digest == digest:
        return source
    return find_parked(observed, change.key.name, digest)
