"""What is known of files by their source, and what that says of those that are not seen here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dandifile.model import PendingAsset, Record, Spec
from dandifile.survey.elsewhere import elsewhere, remembered
from dandifile.survey.gone import unknown, vanished
from dandifile.survey.manifest import Line


@dataclass(frozen=True)
class Past:
    """The last apply's record and, else, the manifest's lines, as one record; and what follows from it."""

    record: Record
    reserved: frozenset[str]  # paths of files that are elsewhere, or may be: no newcomer takes them
    gone: frozenset[str]  # sources that are here no more
    renamed: frozenset[str]  # sources of the manifest whose content has a new name here
    pending: tuple[PendingAsset, ...]


def recall(
    spec: Spec, record: Record, listed: Sequence[Line], here: Mapping[str, str], absent: Collection[str]
) -> Past:
    """`here` are digests by source; `absent` is what was not fetched, as in `Scan`."""
    away = elsewhere(spec, listed, here, absent)
    lost = vanished(spec, record, here, absent)
    pending = tuple(asset for asset in away.pending if asset.source not in lost)
    return Past(
        record=remembered(listed, record),
        reserved=unknown(spec, record, here, absent) | {asset.path for asset in pending},
        gone=lost | away.gone,
        renamed=away.renamed,
        pending=pending,
    )
