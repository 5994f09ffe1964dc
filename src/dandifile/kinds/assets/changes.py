"""Builds the changes: each holds two sides of one asset, as it is now and as it will be.

The metadata for the same content are what the archive has, with the declared keys on top, so that a newer
extractor alone changes nothing. For new content they are what is known of it (its extraction, or what an
asset with the same content has), the keys of the replaced asset that no extractor makes, and the declared
keys.

A schema version is in neither side: whatever is sent is in the archive's own version.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from dandifile.kinds.assets.sides import NAME, PERMIT, DesiredAssets, ObservedAssets
from dandifile.kinds.outgoing import VERSION_KEY, SchemaVersions, drop_version
from dandifile.model import Change, Json, JsonObject, Key, LocalAsset, RemoteAsset
from dandifile.planning.merge import is_same, merge
from dandifile.survey.asset_metadata import EXTRACTED

_AT_ONCE = 1000  # as many documents as one page of the archive's listing holds


# --- New paths and new content --------------------------------------------------------------------


def move_to(
    asset: LocalAsset, source: RemoteAsset, desired: DesiredAssets, observed: ObservedAssets
) -> Change:
    """The same content at the path of the file `asset`."""
    current = observed.metadata([source.asset_id])[source.asset_id]
    after = merge_declared(current, desired.rules.declared(asset.path, current), asset.metadata)
    old, new = differing_keys(current, after)
    before = side(source, old, asset_id=source.asset_id)
    return Change(Key(NAME, asset.path), before, side(asset, new, **place_of_content(source)))


def writes(
    made: list[LocalAsset], desired: DesiredAssets, observed: ObservedAssets, leaving: Collection[str]
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
    desired: DesiredAssets,
) -> Change:
    there = drop_version(metadata[replaced.asset_id]) if replaced else {}
    if holder is not None:
        known, where = metadata[holder.asset_id], {"blob": holder.blob}
    else:
        known, where = asset.metadata or {}, {"source": asset.source}
    content = renew_metadata(known, there)
    after = drop_version(merge_declared(content, desired.rules.declared(asset.path, content), asset.metadata))
    key = Key(NAME, asset.path)
    if replaced is None:
        return Change(key, None, side(asset, after, **where))
    before = side(replaced, there, asset_id=replaced.asset_id, **place_of_content(replaced))
    return Change(key, before, side(asset, after, **where))


def deletion(asset: RemoteAsset) -> Change:
    return Change(Key(NAME, asset.path), side(asset, {}, asset_id=asset.asset_id), None, permit=PERMIT)


# --- The same content with other metadata ---------------------------------------------------------


def updates(
    desired: DesiredAssets, observed: ObservedAssets, *, skip: Collection[str], refresh: bool
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
            desired.rules.can_concern(path)
            or (refresh and path in local)
            or observed.versions.refuses(asset.schema_version)
        )
    ]
    return [
        change
        for some in _chunks(concerned)
        for asset, current in _documents(some, observed)
        if (
            change := _update(
                asset,
                current,
                _metadata_after(asset, current, local.get(asset.path), desired, refresh=refresh),
                observed.versions,
            )
        )
    ]


def _documents(
    some: Sequence[RemoteAsset], observed: ObservedAssets
) -> Iterator[tuple[RemoteAsset, JsonObject]]:
    metadata = observed.metadata([asset.asset_id for asset in some])
    return ((asset, metadata[asset.asset_id]) for asset in some)


def _metadata_after(
    asset: RemoteAsset, current: JsonObject, file: LocalAsset | None, desired: DesiredAssets, *, refresh: bool
) -> JsonObject:
    extracted = _extracted_metadata(file, asset)
    base = renew_metadata(extracted, current) if refresh and extracted else current
    return merge_declared(base, desired.rules.declared(asset.path, base), extracted)


def _update(
    asset: RemoteAsset, current: JsonObject, after: JsonObject, versions: SchemaVersions
) -> Change | None:
    before, now = differing_keys(current, after)
    if versions.refuses(asset.schema_version):
        before, now = {**before, VERSION_KEY: asset.schema_version}, {**now, VERSION_KEY: versions.own}
    return Change(Key(NAME, asset.path), _side_there(asset, before), _side_there(asset, now)) if now else None


def _extracted_metadata(file: LocalAsset | None, asset: RemoteAsset) -> JsonObject | None:
    """What the extractor makes of this very content, where the survey needed to know."""
    return file.metadata if file is not None and file.digest == asset.digest else None


def _side_there(asset: RemoteAsset, metadata: JsonObject) -> JsonObject:
    return side(asset, metadata, asset_id=asset.asset_id, **place_of_content(asset))


def _chunks(assets: list[RemoteAsset]) -> Iterator[list[RemoteAsset]]:
    for start in range(0, len(assets), _AT_ONCE):
        yield assets[start : start + _AT_ONCE]


# --- Metadata, and the sides of a change ----------------------------------------------------------


def merge_declared(
    metadata: JsonObject, declared: JsonObject, extracted: JsonObject | None = None
) -> JsonObject:
    """`metadata` with the declared keys on top; a declared null falls back to the extraction, or goes.

    Where the file is not here, its extraction is unknown, and the key stays.
    """
    desired = dict(metadata)
    for key, value in declared.items():
        if value is None and extracted is None and key in EXTRACTED:
            continue
        wanted = value if value is not None else (extracted or {}).get(key)
        desired[key] = merge(wanted, metadata.get(key))
    return {key: value for key, value in desired.items() if value is not None}


def renew_metadata(known: JsonObject, replaced: JsonObject) -> JsonObject:
    """Metadata for new content at a path: what is known of it, and what the extractor never makes."""
    return {**{key: value for key, value in replaced.items() if key not in EXTRACTED}, **known}


def differing_keys(before: JsonObject, after: JsonObject) -> tuple[JsonObject, JsonObject]:
    """Only the keys that differ, on both sides; None where a side has none. A schema version never does."""
    before, after = drop_version(before), drop_version(after)
    keys = sorted(key for key in before.keys() | after.keys() if not is_same(after.get(key), before.get(key)))
    return {key: before.get(key) for key in keys}, {key: after.get(key) for key in keys}


def place_of_content(asset: RemoteAsset) -> JsonObject:
    """Where an asset's content is on the archive."""
    return {"zarr": asset.zarr} if asset.zarr else {"blob": asset.blob}


def side(asset: RemoteAsset | LocalAsset, metadata: JsonObject, **more: Json) -> JsonObject:
    """One side of a change; `more` says where the content is: `source` (here), `blob` or `zarr` (there)."""
    return {"path": asset.path, "digest": asset.digest, "size": asset.size, "metadata": metadata, **more}
