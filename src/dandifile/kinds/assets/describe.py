"""Metadata alone: assets whose content stays, with what the spec declares laid over them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from dandifile.kinds.assets.gather import NAME, Desired, Observed
from dandifile.kinds.assets.states import differing, laid_over, renewed, state
from dandifile.model import Change, JsonObject, Key, LocalAsset, RemoteAsset

_AT_ONCE = 1000  # as many documents as one page of the archive's listing holds


def descriptions(desired: Desired, observed: Observed, *, skip: Collection[str]) -> list[Change]:
    """One change for every asset whose metadata is not as declared, also where its file is not here."""
    local = {asset.path: asset for asset in desired.local.assets}
    concerned = [
        asset
        for path, asset in observed.assets.items()
        if path not in skip and (desired.rules.concern(path) or _refreshed(local.get(path), asset))
    ]
    return [change for some in _chunks(concerned) for change in _compare(some, local, desired, observed)]


def _compare(
    some: Sequence[RemoteAsset], local: dict[str, LocalAsset], desired: Desired, observed: Observed
) -> Iterator[Change]:
    metadata = observed.metadata([asset.asset_id for asset in some])
    for asset in some:
        current = metadata[asset.asset_id]
        file = local.get(asset.path)
        extracted = file.metadata if _refreshed(file, asset) and file else None
        base = renewed(extracted, current) if extracted else current
        after = laid_over(base, desired.rules.declared(asset.path, base), extracted)
        before, now = differing(current, after)
        if now:
            yield Change(Key(NAME, asset.path), _described(asset, before), _described(asset, now))


def _described(asset: RemoteAsset, metadata: JsonObject) -> JsonObject:
    content = {"zarr": asset.zarr} if asset.zarr else {"blob": asset.blob}
    return state(asset, metadata, asset_id=asset.asset_id, **content)


def _refreshed(file: LocalAsset | None, asset: RemoteAsset) -> bool:
    """Whether a new extraction of the very same content is at hand (`--refresh-metadata`)."""
    return file is not None and file.metadata is not None and file.digest == asset.digest


def _chunks(assets: list[RemoteAsset]) -> Iterator[list[RemoteAsset]]:
    for start in range(0, len(assets), _AT_ONCE):
        yield assets[start : start + _AT_ONCE]
