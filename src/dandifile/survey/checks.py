"""Every check there is, for every form of file: what the tools find, and what a path says."""

# Strings, not Path objects, as in the scan.
# ruff: noqa: PTH110, PTH117

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence

from dandifile.model import Finding, Severity
from dandifile.survey import findings
from dandifile.survey.bids_stages import bids_validated
from dandifile.survey.layout import Content
from dandifile.survey.nwb.references import LOST_MEDIA, lost_media, media_path
from dandifile.survey.scan import MEDIA_SUFFIXES, NWB, ZARR
from dandifile.survey.stages import Extracts, Runner, validated
from dandifile.survey.summary import of_summary
from dandifile.survey.zarr_stages import zarrs_validated

_LOST = (
    "an NWB file refers to a video or image that will not be where it looks for it in the dandiset: "
    "`dandifile organize --to DIR --mode copy` puts it there and mends the reference"
)
_NOT_TAKEN = (
    "an NWB file refers to a {suffix} file, which is not among the media that `paths` takes by itself "
    f"({', '.join(sorted(MEDIA_SUFFIXES))}): convert it, or add an entry with `standard: any` for it"
)
_CHECKED_BY = {NWB: ("dandi", "nwbinspector", "pynwb"), ZARR: ("dandi", "zarr")}


def checked(  # noqa: PLR0913, PLR0917  # what is looked at, and what is known of it
    contents: Iterable[Content],
    wanted: Sequence[Content],
    extracts: Extracts,
    run: Runner,
    paths: Mapping[str, str],
    elsewhere: Collection[str] = (),
) -> dict[str, tuple[Finding, ...]]:
    """What is found in the `wanted` files, by source; `contents` are all, as a BIDS dataset is seen whole.

    `paths` are the assets' paths by source; `elsewhere` are files on other machines, absolute.
    """
    found = validated(wanted, extracts, run) | zarrs_validated(wanted, run)
    of_datasets = bids_validated(contents, wanted, run, elsewhere)
    places = {os.path.normpath(c.file.path): paths[c.source] for c in contents if c.source in paths}
    return {
        c.source: found.get(c.source, ()) + of_datasets.get(c.source, ()) + _of_media(c, places, extracts)
        for c in wanted
    }


def _of_media(content: Content, places: Mapping[str, str], extracts: Extracts) -> tuple[Finding, ...]:
    """Whether the media that an NWB file refers to are where it looks for them in the dandiset, too.

    Of media that are not here validation tells; but of absolute paths nwbinspector asks nothing.
    """
    media = extracts.outputs.get(content.digest, {}).get("media", ())
    file = content.file.path
    gone = lost_media(file, places.get(file, ""), media, places) if media else []
    there = [name for name in gone if os.path.isabs(name) or os.path.exists(media_path(file, name))]
    messages = {_lost_message(name, places.get(media_path(file, name))) for name in there}
    return tuple(
        Finding(content.source, LOST_MEDIA, message, Severity.WARNING) for message in sorted(messages)
    )


def _lost_message(name: str, path: str | None) -> str:
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122  # strings, as in the scan
    if path is None and suffix not in MEDIA_SUFFIXES:
        return _NOT_TAKEN.format(suffix=suffix or "suffixless")
    return _LOST


def of_path(content: Content, path: str) -> tuple[Finding, ...]:
    """What there is to say of a file's path. The archive's layout is for NWB outside of BIDS datasets."""
    odd = findings.of_characters(content.source, path)
    odd += of_summary(content.source, path, content.entity("sub"))
    if content.file.form != NWB or content.file.dataset:
        return odd
    return odd + findings.of_path(content.source, path)


def checkers(content: Content) -> tuple[str, ...]:
    """The packages that find something in a file of this form, or in the dataset that it is in."""
    of_dataset = ("bids-validator-deno",) if content.file.dataset else ()
    return (*_CHECKED_BY.get(content.file.form, ()), *of_dataset)
