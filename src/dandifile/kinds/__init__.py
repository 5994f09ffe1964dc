"""What can be reconciled. A new kind is a new module here and one line in `KINDS`."""

from __future__ import annotations

from dandifile.kinds import assets, dandiset, metadata, uploads
from dandifile.planning.kind import Kind

KINDS: dict[str, Kind] = {
    # In the order in which they are written: each starts when those before it have ended.
    dandiset.NAME: dandiset,
    assets.NAME: assets,
    metadata.NAME: metadata,
    uploads.NAME: uploads,
}
