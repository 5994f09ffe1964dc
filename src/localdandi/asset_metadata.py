"""What the archive strips from an asset's metadata, and what it adds when somebody reads it.

The user's part is stored as JSON text and the computed fields are spliced in as text: a
page of 1,000 assets is never decoded.
"""

from __future__ import annotations

import json
import re

from localdandi.document import JsonObject
from localdandi.instance import BUCKET, ORIGIN, blob_path
from localdandi.metadata import access_of, context
from localdandi.store.assets import Asset
from localdandi.store.dandisets import dump

COMPUTED = frozenset(
    (
        "id",
        "access",
        "path",
        "identifier",
        "contentUrl",
        "contentSize",
        "digest",
        "datePublished",
        "publishedBy",
    )
)
ZARR_FORMAT = "application/x-zarr"

_CHARACTER = r"[A-z0-9(),&\s#+~_=-]"
# Linear, where the obvious nesting of repetitions takes exponential time on a bad path.
_PATH = re.compile(rf"\.?{_CHARACTER}(?:/?\.?{_CHARACTER})*")


def bad_path(path: str) -> str | None:
    """What the archive says of a path that it refuses, None for a good one."""
    if path.startswith("/"):
        return "Path must not begin with /"
    return None if _PATH.fullmatch(path) else "Path improperly formatted"


def glob_matches(glob: str, path: str) -> bool:
    """`*` takes anything, slashes too; nothing else is special and case does not count."""
    pattern = ".*".join(re.escape(piece) for piece in glob.split("*"))
    return re.fullmatch(pattern, path, re.IGNORECASE | re.DOTALL) is not None


def strip(metadata: JsonObject) -> JsonObject:
    return {key: value for key, value in metadata.items() if key not in COMPUTED}


def full_metadata(asset: Asset, origin: str) -> str:
    """The asset's whole metadata as JSON text, for a reader who came by `origin`."""
    computed = _computed_fields(asset, origin)
    # These two may also stand in the stored part, where the computed ones must win.
    if asset.zarr_id or '"@context"' in asset.metadata:
        return dump(json.loads(asset.metadata) | json.loads(f"{{{computed}}}"))
    separator = "" if asset.metadata == "{}" else ","
    return f"{asset.metadata[:-1]}{separator}{computed}}}"


def document(asset: Asset) -> JsonObject:
    """The asset's whole metadata, decoded, in terms of the stored origin."""
    decoded: JsonObject = json.loads(full_metadata(asset, ORIGIN))
    return decoded


def object_url(asset: Asset, origin: str) -> str:
    """Where the content lies, unsigned."""
    if asset.zarr_id:
        return f"{origin}{BUCKET}/zarr/{asset.zarr_id}/"
    return origin + blob_path(asset.blob_id or "")


def _computed_fields(asset: Asset, origin: str) -> str:
    """The computed fields as JSON without the braces."""
    until = asset.embargoed_until if asset.embargoed else None
    access = dump(access_of(embargoed=asset.embargoed, until=until))
    download = f"{origin}/api/assets/{asset.asset_id}/download/"
    text = (
        f'"id":"dandiasset:{asset.asset_id}","access":[{access}],"path":{dump(asset.path)},'
        f'"identifier":"{asset.asset_id}","contentUrl":["{download}","{object_url(asset, origin)}"],'
        f'"contentSize":{asset.size},"digest":{_digest(asset)},"@context":{dump(context(asset.schema_version))}'
    )
    if asset.zarr_id:
        text += f',"encodingFormat":"{ZARR_FORMAT}"'
    return text + (f",{asset.published[1:-1]}" if asset.published else "")


def _digest(asset: Asset) -> str:
    if asset.zarr_id:
        return dump({"dandi:dandi-zarr-checksum": asset.checksum})
    sha256 = f',"dandi:sha2-256":"{asset.sha256}"' if asset.sha256 else ""
    return f'{{"dandi:dandi-etag":"{asset.etag}"{sha256}}}'


def item(asset: Asset, origin: str, *, metadata: bool) -> str:
    """One asset of a listing, or its `info`, as JSON text."""
    text = (
        f'{{"asset_id":"{asset.asset_id}","blob":{dump(asset.blob_id)},"zarr":{dump(asset.zarr_id)},'
        f'"path":{dump(asset.path)},"size":{asset.size},"created":"{asset.created}","modified":"{asset.modified}"'
    )
    return f'{text},"metadata":{full_metadata(asset, origin)}}}' if metadata else text + "}"
