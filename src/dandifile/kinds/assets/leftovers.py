"""What interrupted work has left on the draft and this plan does not finish: nobody else would tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dandifile.kinds.assets.gather import Observed
from dandifile.kinds.assets.moves import PARKING


def leftovers(observed: Observed, touched: Collection[str]) -> Iterator[str]:
    """Notes on assets that are not where or what they should be and stay so; `touched` are dealt with."""
    for path, asset in observed.assets.items():
        if path in touched:
            continue
        if path.startswith(PARKING):
            yield (
                f"{path} was on its way to another name when an apply was interrupted, and its file "
                "is not here: rename or delete it on the archive"
            )
        elif asset.zarr and not asset.digest:
            yield (
                f"{path} has no checksum on the archive: it is being sent, or that was interrupted "
                "and its Zarr is not here to go on"
            )
