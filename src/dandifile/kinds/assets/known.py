"""Which of the contents to be sent the archive has already: they need no bytes, and some must not be used.

The archive is asked about new content alone, one small request each, and only about the largest
files where there are many. It does not say whose content it is. Only this user's own embargoed
dandisets can be known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dandifile.errors import ArchiveError
from dandifile.kinds.assets.gather import NAME, Observed
from dandifile.model import Block, Change, Key, is_zarr

MOST_ASKED = 200
"""Contents that the archive is asked about: a few seconds."""

ON_ARCHIVE = "on_archive"
"""The key of a change's new state that says so."""


def looked_up(
    changes: Sequence[Change], observed: Observed
) -> tuple[list[Change], list[Block], tuple[str, ...]]:
    """(the changes, those marked whose content the archive has; why some must not be made; notes)."""
    sizes = {change.after["digest"]: change.after["size"] for change in changes if _is_sent(change)}
    asked = sorted(sizes, key=lambda digest: (-sizes[digest], digest))[:MOST_ASKED]
    try:
        blobs = observed.blobs(asked) if asked else {}
        embargoed = observed.embargoed() if blobs and observed.open else frozenset()
    except ArchiveError as error:
        note = (
            f"the archive could not be asked which content it has already ({error.what}): less may be to send"
        )
        return list(changes), [], (note,)
    marked = [
        replace(change, after={**change.after, ON_ARCHIVE: True})
        if _is_sent(change) and change.after["digest"] in blobs
        else change
        for change in changes
    ]
    blocks = [
        Block(
            "its content is in an embargoed dandiset of yours, and this one is open: adding it here would "
            "release it for everyone",
            "unembargo that dandiset first, or leave the file out of this one",
            Key(NAME, change.key.name),
        )
        for change in marked
        if _is_sent(change) and blobs.get(change.after["digest"]) in embargoed
    ]
    return marked, blocks, tuple(_notes(blobs, len(sizes) - len(asked), observed))


def _is_sent(change: Change) -> bool:
    """A Zarr is compared file by file when it is sent."""
    return bool(change.after) and "source" in change.after and not is_zarr(change.after["digest"])


def _notes(blobs: Mapping[str, str], unasked: int, observed: Observed) -> Iterator[str]:
    if blobs and observed.open:
        contents = "1 new content is" if len(blobs) == 1 else f"{len(blobs):,} new contents are"
        yield (
            f"{contents} on the archive already, and not sent again; if it is in an "
            "embargoed dandiset of somebody else, using the content here releases it"
        )
    if unasked:
        yield (
            f"the archive was asked about the {MOST_ASKED} largest new contents, not about the other "
            f"{unasked:,}: less may be to send"
        )
