"""Metadata alone: assets whose content stays, with what the spec declares laid over them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from dandifile.kinds.assets.gather import NAME, Desired, Observed
from dandifile.kinds.assets.states import differing, held, merge_declared, renewed, state
from dandifile.kinds.schema import KEY, Versions
from dandifile.model import Change, JsonObject, Key, LocalAsset, RemoteAsset

_AT_ONCE = 1000  # as many documents as one page of the archive's listing holds


def descriptions(
    desired: Desired, observed: Observed, *, skip: Collection[str], refresh: bool
) -> list[Change]:
    """One change for every asset whose metadata is not as declared, also where its file is not here.

    `refresh` takes over a new extraction of the very same content (`--refresh-metadata`). An asset in a
    schema version that the archive refuses is Invalid there until it is written again in the archive's own.
    """
    local = {asset.path: asset for asset in desired.local.assets}
    concerned = [
        asset
        for path, asset in observed.assets.items()
        if path not in skip
        and (
            desired.rules.concern(path)
            or (refresh and path in local)
            or observed.versions.refuses(asset.schema_version)
        )
    ]
    return [
        change
        for some in _chunks(concerned)
        for asset, current in _with_metadata(some, observed)
        if (
            change := _change(
                asset,
                current,
                _after(asset, current, local.get(asset.path), desired, refresh=refresh),
                observed.versions,
            )
        )
    ]


def _with_metadata(
    some: Sequence[RemoteAsset], observed: Observed
) -> Iterator[tuple[RemoteAsset, JsonObject]]:
    metadata = observed.metadata([asset.asset_id for asset in some])
    return ((asset, metadata[asset.asset_id]) for asset in some)


def _after(
    asset: RemoteAsset, current: JsonObject, file: LocalAsset | None, desired: Desired, *, refresh: bool
) -> JsonObject:
    extracted = _extracted(file, asset)
    base = renewed(extracted, current) if refresh and extracted else current
    return merge_declared(base, desired.rules.declared(asset.path, base), extracted)


def _change(asset: RemoteAsset, current: JsonObject, after: JsonObject, versions: Versions) -> Change | None:
    before, now = differing(current, after)
    if versions.refuses(asset.schema_version):
        before, now = {**before, KEY: asset.schema_version}, {**now, KEY: versions.own}
    return Change(Key(NAME, asset.path), _described(asset, before), _described(asset, now)) if now else None


def _extracted(file: LocalAsset | None, asset: RemoteAsset) -> JsonObject | None:
    """What the extractor makes of this very content, where the survey needed to know."""
    return file.metadata if file is not None and file.digest == asset.digest else None


def _described(asset: RemoteAsset, metadata: JsonObject) -> JsonObject:
    return state(asset, metadata, asset_id=asset.asset_id, **held(asset))


def _chunks(assets: list[RemoteAsset]) -> Iterator[list[RemoteAsset]]:
    for start in range(0, len(assets), _AT_ONCE):
        yield assets[start : start + _AT_ONCE]
