"""Every check there is, for every form of file: what the tools find, and what a path says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dandifile.model import Finding
from dandifile.survey import findings
from dandifile.survey.bids_stages import bids_validated
from dandifile.survey.layout import Content
from dandifile.survey.scan import NWB, ZARR
from dandifile.survey.stages import Extracts, Runner, validated
from dandifile.survey.zarr_stages import zarrs_validated

_CHECKED_BY = {NWB: ("dandi", "nwbinspector", "pynwb"), ZARR: ("dandi", "zarr")}


def checked(
    contents: Iterable[Content], wanted: Sequence[Content], extracts: Extracts, run: Runner
) -> dict[str, tuple[Finding, ...]]:
    """What is found in the `wanted` files, by source; `contents` are all, as a BIDS dataset is seen whole."""
    found = validated(wanted, extracts, run) | zarrs_validated(wanted, run)
    of_datasets = bids_validated(contents, wanted, run)
    return {c.source: found.get(c.source, ()) + of_datasets.get(c.source, ()) for c in wanted}


def of_path(content: Content, path: str) -> tuple[Finding, ...]:
    """What the archive's layout says of a file's path; inside a BIDS dataset it says nothing."""
    if content.file.form != NWB or content.file.dataset:
        return ()
    return findings.of_path(content.source, path)


def checkers(content: Content) -> tuple[str, ...]:
    """The packages that find something in a file of this form, or in the dataset that it is in."""
    of_dataset = ("bids-validator-deno",) if content.file.dataset else ()
    return (*_CHECKED_BY.get(content.file.form, ()), *of_dataset)
