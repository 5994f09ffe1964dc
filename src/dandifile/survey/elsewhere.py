"""What the data manifest says of files that are not here: which have a new name, which are elsewhere.

The manifest tells that a file was in its folder somewhere, not that it was on this machine. So a
file is gone only where the folder here is complete: every file that the manifest has in it is
here, or its content is, under a name that the manifest does not have. Anything else is elsewhere.
"""

# Names stay as they were scanned: strings, never resolved.
# ruff: noqa: PTH100

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dandifile.model import PathEntry, PendingAsset, Record, Recorded, Spec
from dandifile.survey.gone import has_something, may_exist, path_of
from dandifile.survey.manifest import Line
from dandifile.survey.scan import entry_path, excluded, included


@dataclass(frozen=True)
class Elsewhere:
    """Sources whose content has a new name here, those of them whose folder is complete, and the rest."""

    renamed: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    pending: tuple[PendingAsset, ...] = ()


def elsewhere(
    spec: Spec, lines: Sequence[Line], present: Mapping[str, str], absent: Collection[str]
) -> Elsewhere:
    """Sorts the manifest's lines of files that are not `present` (digests by source).

    `absent` are links and pointers whose content was not fetched. Lines that no entry of
    `paths` takes (any more) say nothing.
    """
    listed, unfetched = {line.source for line in lines}, set(absent)
    spare = Counter(digest for source, digest in present.items() if source not in listed)
    root = os.path.abspath(spec.root)
    folders = [(entry, entry_path(root, entry)) for entry in spec.paths]
    missing: dict[str, list[Line]] = defaultdict(list)
    pending: list[Line] = []
    for line in lines:
        path = path_of(root, line.source)
        folder = None if line.source in present else _folder_of(path, folders)
        if folder is None:
            continue
        if line.source in unfetched:
            pending.append(line)
        elif not may_exist(path, line.digest):
            missing[folder].append(line)
    renamed: set[str] = set()
    gone: set[str] = set()
    for folder, those in missing.items():
        found = [line for line in those if _taken(spare, line.digest)]
        renamed |= {line.source for line in found}
        if len(found) == len(those) and has_something(folder):
            gone |= {line.source for line in found}
        pending += [line for line in those if line.source not in renamed]
    return Elsewhere(frozenset(renamed), frozenset(gone), tuple(map(_pending, sorted(pending))))


def remembered(lines: Iterable[Line], record: Record) -> Record:
    """What is known of files by their source: by the last apply here, else by the manifest."""
    listed = {line.source: Recorded(line.path, line.digest) for line in lines}
    return Record({**listed, **record.assets}, record.fields)


def _folder_of(path: str, folders: Iterable[tuple[PathEntry, str]]) -> str | None:
    """The folder (or file) of the entry of `paths` that takes a path, whether it is there or not."""
    for entry, folder in folders:
        below = path.removeprefix(folder.rstrip(os.sep) + os.sep)
        name = below.replace(os.sep, "/")
        if path == folder or (below != path and included(entry, name) and not excluded(entry, name)):
            return folder
    return None


def _taken(spare: Counter[str], digest: str) -> bool:
    """Takes one of the contents that are here under new names."""
    if spare[digest] < 1:
        return False
    spare[digest] -= 1
    return True


def _pending(line: Line) -> PendingAsset:
    return PendingAsset(line.path, line.source, line.digest)
