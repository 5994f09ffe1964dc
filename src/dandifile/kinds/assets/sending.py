"""What to know before content is sent: what the archive has, what must not be used, what is very large.

Content that the archive has needs no bytes. The archive is asked about new content alone, with a small
request for each, and only about the largest files where there are many. It does not say whose content it is:
of all embargoed dandisets only this user's own can be known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dandifile.errors import ArchiveError
from dandifile.kinds.assets.sides import NAME, ObservedAssets
from dandifile.model import Action, Block, Change, Key, is_zarr
from dandifile.words import quantity

MOST_ASKED = 200
"""How many contents the archive is asked about: it takes a few seconds."""

ON_ARCHIVE = "on_archive"
"""The key in `Change.after` that says so."""

TERABYTE = 10**12
LARGE_FILE = 5 * TERABYTE
LARGE_DANDISET = 10 * TERABYTE

_ASK = "ask the archive's team first (help@dandiarchive.org)"


def look_up_contents(
    changes: Sequence[Change], observed: ObservedAssets
) -> tuple[list[Change], list[Block], tuple[str, ...]]:
    """(the changes, those marked whose content the archive has; why some must not be made; notes)."""
    sizes = {change.after["digest"]: change.after["size"] for change in changes if _is_sent(change)}
    asked = sorted(sizes, key=lambda digest: (-sizes[digest], digest))[:MOST_ASKED]
    try:
        blobs = observed.blobs(asked) if asked else {}
        embargoed = observed.embargoed() if blobs and observed.open else frozenset()
    except ArchiveError as error:
        note = (
            f"the archive could not be asked which content it has already ({error.what}): "
            "there may be less to send"
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


def cautions(changes: Sequence[Change], observed: ObservedAssets) -> Iterator[str]:
    """Notes on new content that cannot be taken back, or about which the archive's team wants to be asked."""
    new = [change for change in changes if change.action in (Action.CREATE, Action.REPLACE)]
    if any(change.action is Action.CREATE and is_zarr(change.after["digest"]) for change in new):
        yield "a dandiset that ever had a Zarr cannot be published: DANDI does not publish Zarrs yet"
    for change in new:
        if change.after["size"] > LARGE_FILE:
            size = change.after["size"] / TERABYTE
            yield f"{change.key.name} has {size:.1f} TB; for files over 5 TB, {_ASK}"
    sizes = {path: asset.size for path, asset in observed.assets.items()}
    sizes |= {change.key.name: change.after["size"] for change in new}
    total = sum(sizes.values())
    if new and total > LARGE_DANDISET:
        yield f"the dandiset would have {total / TERABYTE:.1f} TB; over 10 TB, {_ASK}"


def _is_sent(change: Change) -> bool:
    """Whether its content is a file here. A Zarr is compared file by file when it is sent."""
    return bool(change.after) and "source" in change.after and not is_zarr(change.after["digest"])


def _notes(blobs: Mapping[str, str], unasked: int, observed: ObservedAssets) -> Iterator[str]:
    if blobs and observed.open:
        contents = quantity(len(blobs), "new content is", "new contents are")
        yield (
            f"{contents} on the archive already, and not sent again; if it is in an "
            "embargoed dandiset of another owner, using the content here releases it"
        )
    if unasked:
        yield (
            f"the archive was asked about the {MOST_ASKED} largest new contents, not about the other "
            f"{unasked:,}: there may be less to send"
        )
