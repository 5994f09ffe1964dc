"""An asset's desired metadata, and the two states that a change shows of it.

Same content: what the archive has, with the declared keys over it, so that a newer extractor
alone changes nothing. New content: what is known of it (what was extracted, or what an asset with
the same content has), the keys of the asset it replaces that no extractor makes, and the declared keys.

The schema version is no part of either state: whatever is sent is in the archive's own.
"""

from __future__ import annotations

from dandifile.kinds.schema import without_version
from dandifile.model import Json, JsonObject, LocalAsset, RemoteAsset
from dandifile.planning.merge import merge, same
from dandifile.survey.asset_metadata import EXTRACTED


def merge_declared(
    metadata: JsonObject, declared: JsonObject, extracted: JsonObject | None = None
) -> JsonObject:
    """`metadata` with the declared keys; one declared null falls back to what was extracted, or goes.

    Where the file is not here, what would be extracted is unknown, and such a key stays.
    """
    desired = dict(metadata)
    for key, value in declared.items():
        if value is None and extracted is None and key in EXTRACTED:
            continue
        wanted = value if value is not None else (extracted or {}).get(key)
        desired[key] = merge(wanted, metadata.get(key))
    return {key: value for key, value in desired.items() if value is not None}


def renewed(known: JsonObject, replaced: JsonObject) -> JsonObject:
    """Metadata for new content at a path: what is known of it, and what the extractor never makes."""
    return {**{key: value for key, value in replaced.items() if key not in EXTRACTED}, **known}


def differing(before: JsonObject, after: JsonObject) -> tuple[JsonObject, JsonObject]:
    """Only the keys that differ, on both sides; None where a side has none. A schema version never does."""
    before, after = without_version(before), without_version(after)
    keys = sorted(key for key in before.keys() | after.keys() if not same(after.get(key), before.get(key)))
    return {key: before.get(key) for key in keys}, {key: after.get(key) for key in keys}


def held(asset: RemoteAsset) -> JsonObject:
    """Where an asset's content is on the archive."""
    return {"zarr": asset.zarr} if asset.zarr else {"blob": asset.blob}


def state(asset: RemoteAsset | LocalAsset, metadata: JsonObject, **more: Json) -> JsonObject:
    """One side of a change; `more` says where the content is: `source` (here), `blob` or `zarr` (there)."""
    return {"path": asset.path, "digest": asset.digest, "size": asset.size, "metadata": metadata, **more}
