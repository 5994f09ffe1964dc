"""Which assets `prune: true` deletes: those that its folder no longer has; and how many may go at once.

Absent data is unknown, not gone: a folder that is missing, empty, or holds files that could not be read
prunes nothing, and neither does one that shares its place in the dandiset with that folder.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from dandifile.kinds.assets.sides import DesiredAssets
from dandifile.model import Block, PathEntry
from dandifile.words import quantity


def find_deletions(
    desired: DesiredAssets, paths: Iterator[str], claimed: frozenset[str]
) -> tuple[list[str], list[str]]:
    """(paths to delete, why some entries prune nothing) of the draft's `paths` that no file here claims."""
    pruning = [entry for entry in desired.entries if entry.prune]
    held = {entry.source: reason for entry in pruning if (reason := _why_nothing_goes(entry, desired))}
    free = [path for path in paths if path not in claimed]
    gone = {asset.path: asset.source for asset in desired.local.gone}
    going = [
        path
        for path in free
        if any(_prunes(entry, path, gone.get(path), desired) for entry in pruning if entry.source not in held)
    ]
    return going, [f"{source}: nothing is deleted: {reason}" for source, reason in held.items()]


def deletion_guard(deletions: int, total: int, limit: str) -> Block | None:
    """A block of the whole plan when more than `limit` of the `total` assets would go. No flag lifts it.

    `limit` is a count or a share, "10%", rounded up and at least 1.
    """
    share = limit.endswith("%")
    allowed = max(1, math.ceil(float(limit[:-1]) / 100 * total)) if share else int(limit)
    if deletions <= allowed:
        return None
    of = f"{limit} of {total:,} assets, which is {allowed:,}" if share else f"{allowed:,}"
    return Block(
        f"{deletions:,} assets would be deleted; policy.max_deletions allows {of}",
        fix="check that all data is here; if all of these should go, raise policy.max_deletions in the spec",
    )


def _prunes(entry: PathEntry, path: str, source: str | None, desired: DesiredAssets) -> bool:
    """Whether `path` is this entry's: made from a file of its folder, or in its place and no other's."""
    if source is not None and is_below(entry.source, source):
        return True
    rivals = [other for other in desired.entries if not other.prune and len(other.into) >= len(entry.into)]
    return is_below(entry.into, path) and not any(is_below(other.into, path) for other in rivals)


def _why_nothing_goes(entry: PathEntry, desired: DesiredAssets) -> str:
    """Why an entry that may prune does not; "" where it does."""
    local = desired.local
    overlapping = [
        other.source
        for other in desired.entries
        if other.source in local.absent
        and (is_below(entry.into, other.into) or is_below(other.into, entry.into))
    ]
    if overlapping:
        return f"{', '.join(overlapping)} {'are' if overlapping[1:] else 'is'} not on this machine"
    parts = [
        other.source
        for other in desired.entries
        if other.source in local.incomplete
        and (is_below(entry.into, other.into) or is_below(other.into, entry.into))
    ]
    if parts:
        return (
            f"only a part of what is on the archive was pulled into {', '.join(parts)}; "
            "`dandifile pull` brings the rest"
        )
    missing = [source for source in local.absent if is_below(entry.source, source)]
    if missing:  # links whose content was not fetched
        return f"{missing[0]} is not on this machine{f', and {len(missing) - 1} more' if missing[1:] else ''}"
    if not any(is_below(entry.source, asset.source) for asset in local.assets):
        return "the folder is empty"
    refused = [refusal for refusal in local.refused if is_below(entry.source, refusal.source)]
    if refused:
        first, *more = refused
        others = f", and neither can {quantity(len(more), 'more file')} of this folder" if more else ""
        return f"{first.source} cannot be an asset ({first.reason}){others}"
    return ""


def is_below(folder: str, path: str) -> bool:
    """Whether `path` is `folder` or inside it; everything is inside "" and "."."""
    folder = folder.removeprefix("./").rstrip("/")
    return folder in ("", ".") or path == folder or path.startswith(f"{folder}/")
