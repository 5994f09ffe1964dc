"""Where the change of a saved plan stands today, and which asset it is about now."""

from __future__ import annotations

from dataclasses import replace

from dandifile.kinds.assets.gather import Observed
from dandifile.kinds.assets.moves import parked
from dandifile.model import Action, Change, RemoteAsset
from dandifile.plan.standing import Standing
from dandifile.plan.standing import standing as stands


def standing(change: Change, observed: Observed) -> Standing:
    """Content is bound by digest, metadata by the keys that the change shows."""
    now = observed.assets.get(change.key.name)
    if change.action is Action.UPDATE:
        if now is None or now.digest != change.before["digest"]:
            return Standing.STALE
        metadata = observed.metadata([now.asset_id])[now.asset_id]
        keys = {key: metadata.get(key) for key in change.after["metadata"]}
        return stands(change.before["metadata"], change.after["metadata"], keys)
    if change.action is Action.MOVE:
        if now is not None and now.digest == change.after["digest"]:
            return Standing.DONE
        return Standing.DUE if _mover(change, observed) else Standing.STALE
    if _half_sent(change, now):
        return Standing.DUE
    before, after = (side and side["digest"] for side in (change.before, change.after))
    return stands(before, after, now.digest if now else None)


def _half_sent(change: Change, now: RemoteAsset | None) -> bool:
    """Whether a killed run has begun to replace this Zarr: it has no checksum until all is sent."""
    own = change.before.get("zarr") if change.action is Action.REPLACE else None
    return now is not None and own is not None and (now.zarr, now.digest) == (own, "")


def rebased(change: Change, observed: Observed) -> Change:
    """Asset ids are good until the next write; a killed run may have left an asset on its way."""
    if change.before is None:
        return change
    moving = _mover(change, observed) if change.action is Action.MOVE else None
    now = moving or observed.assets[change.before["path"]]
    return replace(change, before={**change.before, "path": now.path, "asset_id": now.asset_id})


def _mover(change: Change, observed: Observed) -> RemoteAsset | None:
    digest = change.before["digest"]
    source = observed.assets.get(change.before["path"])
    return source if source is not None and source.digest == digest else parked(observed, digest)
