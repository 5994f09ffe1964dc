"""Which assets of the draft `prune: true` gives up: those that its folder should have and has not.

Absent data is unknown, not gone: a folder that is missing, empty, or holds files that could not
be read prunes nothing, and neither does one whose place in the dandiset it shares with such a folder.
"""

from __future__ import annotations

from collections.abc import Iterator

from dandifile.kinds.assets.gather import Desired
from dandifile.model import PathEntry


def doomed(desired: Desired, paths: Iterator[str], claimed: frozenset[str]) -> tuple[list[str], list[str]]:
    """(paths to delete, why some entries prune nothing) of the draft's `paths` that no file here claims."""
    pruning = [entry for entry in desired.entries if entry.prune]
    held = {entry.source: reason for entry in pruning if (reason := _hold(entry, desired))}
    free = [path for path in paths if path not in claimed]
    gone = {asset.path: asset.source for asset in desired.local.gone}
    going = [
        path
        for path in free
        if any(_prunes(entry, path, gone.get(path), desired) for entry in pruning if entry.source not in held)
    ]
    return going, [f"{source}: nothing is pruned: {reason}" for source, reason in held.items()]


def _prunes(entry: PathEntry, path: str, source: str | None, desired: Desired) -> bool:
    """Whether `path` was this entry's: made from a file of its folder, or in its place and no other's."""
    if source is not None and below(entry.source, source):
        return True
    rivals = [other for other in desired.entries if not other.prune and len(other.into) >= len(entry.into)]
    return below(entry.into, path) and not any(below(other.into, path) for other in rivals)


def _hold(entry: PathEntry, desired: Desired) -> str:
    """Why an entry that may prune does not; "" where it does."""
    local = desired.local
    overlapping = [
        other.source
        for other in desired.entries
        if other.source in local.absent and (below(entry.into, other.into) or below(other.into, entry.into))
    ]
    if overlapping:
        return f"{', '.join(overlapping)} {'are' if overlapping[1:] else 'is'} not on this machine"
    missing = [source for source in local.absent if below(entry.source, source)]
    if missing:  # links whose content was not fetched
        return f"{missing[0]} is not on this machine{f', and {len(missing) - 1} more' if missing[1:] else ''}"
    if not any(below(entry.source, asset.source) for asset in local.assets):
        return "the folder is empty"
    refused = [refusal for refusal in local.refused if below(entry.source, refusal.source)]
    if refused:
        first, *more = refused
        others = f", and {len(more):,} more of its files" if more else ""
        return f"{first.source} can be no asset ({first.reason}){others}"
    return ""


def below(folder: str, path: str) -> bool:
    """Whether `path` is `folder` or inside it; everything is inside "" and "."."""
    folder = folder.removeprefix("./").rstrip("/")
    return folder in ("", ".") or path == folder or path.startswith(f"{folder}/")
