"""Files in the folders that `paths` does not take up: which, why, and what to do if they are data. Pure."""

# Strings, not Path objects, as in the scan.
# ruff: noqa: PTH122

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping

from dandifile.model import JsonObject, Skipped
from dandifile.survey.layout import Content
from dandifile.survey.nwb.references import is_url, media_path
from dandifile.survey.scan import HIDDEN, MEDIA_SUFFIXES, Left

_ANY = "`standard: any` takes every file"


def left_out(
    files: Iterable[Left], contents: Iterable[Content], extracts: Mapping[str, JsonObject]
) -> tuple[Skipped, ...]:
    """The files by reason; those that somebody surely meant come first. `extracts` are by digest."""
    referred = {
        media_path(content.file.path, name)
        for content in contents
        for name in extracts.get(content.digest, {}).get("media", ())
        if not is_url(name)
    }
    groups: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    for file in files:
        groups[_why(file, file.path in referred)].append(file.source)
    return tuple(
        Skipped(reason, fix, tuple(sorted(sources)), minor=rank > 0)
        for (rank, reason, fix), sources in sorted(groups.items())
    )


def _why(file: Left, referred: bool) -> tuple[int, str, str]:
    """(0 for what somebody surely meant, else 1; the reason; what to do)."""
    name = os.path.basename(file.path)  # noqa: PTH119
    ending = os.path.splitext(name)[1]
    if referred:
        reason = f"an NWB file refers to it, and `standard: {file.standard}` leaves it out"
        return 0, reason, "use `standard: any` for its folder: without it, the reference finds nothing"
    if file.why == HIDDEN:
        return 0, "its name begins with a dot, and the dandi client uploads no such file", "rename it"
    if ending != ending.lower() and (ending.lower() == ".nwb" or ending.lower() in MEDIA_SUFFIXES):
        reason = f"its ending is {ending}, and the archive's tools know {ending.lower()} alone"
        return 0, reason, f"rename it to end in {ending.lower()}"
    if ".nwb." in name.lower() and ending.lower() in (".h5", ".hdf5", ".hdf"):
        reason = f"its ending is {ending}, so that it is not read as NWB"
        return 0, reason, "rename it to end in .nwb"
    return 1, f"`standard: {file.standard}` takes no {ending or 'files without an ending'}", _ANY
