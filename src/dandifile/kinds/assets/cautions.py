"""What should be known before something is sent: it cannot be taken back, or somebody should be asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dandifile.kinds.assets.gather import Observed
from dandifile.model import Action, Change, is_zarr

TERABYTE = 10**12
LARGE_FILE = 5 * TERABYTE
LARGE_DANDISET = 10 * TERABYTE

_ASK = "ask the archive's team first (help@dandiarchive.org)"


def cautions(changes: Sequence[Change], observed: Observed) -> Iterator[str]:
    """Notes on the new contents among the changes; none where nothing is sent."""
    new = [change for change in changes if change.action in (Action.CREATE, Action.REPLACE)]
    if any(change.action is Action.CREATE and is_zarr(change.after["digest"]) for change in new):
        yield "a dandiset that ever had a Zarr cannot be published: DANDI publishes none with Zarrs yet"
    for change in new:
        if change.after["size"] > LARGE_FILE:
            size = change.after["size"] / TERABYTE
            yield f"{change.key.name} has {size:.1f} TB; for files over 5 TB, {_ASK}"
    sizes = {path: asset.size for path, asset in observed.assets.items()}
    sizes |= {change.key.name: change.after["size"] for change in new}
    total = sum(sizes.values())
    if new and total > LARGE_DANDISET:
        yield f"the dandiset would have {total / TERABYTE:.1f} TB; over 10 TB, {_ASK}"
