"""Where everything that looks at data begins: what is here, by content, and what is known of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dandifile.model import Record, Refusal, Spec
from dandifile.survey.layout import Content
from dandifile.survey.manifest import Line
from dandifile.survey.past import Past, recall
from dandifile.survey.scan import Left, scan
from dandifile.survey.stages import Runner, digested
from dandifile.survey.zarr_stages import zarrs_digested


@dataclass(frozen=True)
class Seen:
    """Files with their digests, those that can be no asset, and what is not here (`absent`, as in `Scan`)."""

    contents: tuple[Content, ...]
    refused: tuple[Refusal, ...]
    absent: tuple[str, ...]
    skipped: tuple[Left, ...]
    past: Past
    notes: tuple[str, ...] = ()  # as in `Scan`


def see(spec: Spec, run: Runner, record: Record, listed: Sequence[Line]) -> Seen:
    """Scans and digests what `spec.paths` names. `record` and the data manifest `listed` know the rest."""
    scanned = scan(spec)
    read = digested(scanned.files, run) | zarrs_digested(scanned.files, run)
    absent = (*scanned.absent, *read.pointers)
    here = {content.source: content.digest for content in read.contents}
    past = recall(spec, record, listed, here, absent)
    return Seen(
        read.contents, (*scanned.refused, *read.refused), absent, scanned.skipped, past, scanned.notes
    )
