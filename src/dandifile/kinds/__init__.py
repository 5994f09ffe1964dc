"""What can be reconciled. A new kind is a new module here and one line in `KINDS`."""

from __future__ import annotations

from dandifile.kinds import assets, dandiset, embargo, metadata, owners, uploads
from dandifile.model import Wording
from dandifile.planning.kind import Kind

KINDS: dict[str, Kind] = {
    # In the order in which they are written: each starts when those before it have ended.
    dandiset.NAME: dandiset,
    assets.NAME: assets,
    metadata.NAME: metadata,
    uploads.NAME: uploads,
    owners.NAME: owners,
    embargo.NAME: embargo,
}


def permits() -> tuple[str, ...]:
    """The words that `--allow` takes."""
    return tuple(word for kind in KINDS.values() for word in kind.TRAITS.permits)


def wordings() -> dict[str, Wording]:
    """How the changes of each kind are shown, in the kinds' order."""
    return {name: kind.TRAITS.wording for name, kind in KINDS.items()}
