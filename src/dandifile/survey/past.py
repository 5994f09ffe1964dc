"""Files that are not here: gone, or on another machine. Only one that is gone can be moved or deleted.

Two things know of them. The last apply's record says that a file was on this machine. The data
manifest says only that a file was in its folder on some machine. So by the manifest a file is gone
only where the folder here is complete: every file that the manifest has in it is here, or its
content is, under a name that the manifest does not have. Any other file is on another machine.
"""

# Names stay as they were scanned: strings, never resolved.
# ruff: noqa: PTH100, PTH118, PTH120

from __future__ import annotations

import os
import stat
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from dandifile.model import GoneAsset, PathEntry, PendingAsset, Record, Recorded, Spec, is_zarr
from dandifile.survey.manifest import Line
from dandifile.survey.scan import entry_path, is_excluded, is_included


@dataclass(frozen=True)
class Past:
    """The last apply's record and, else, the manifest's lines, as one record; and what follows from it."""

    record: Record
    reserved: frozenset[str]  # paths of files that are, or may be, on another machine: no new file takes them
    gone: frozenset[str]  # sources that are here no more
    renamed: frozenset[str]  # sources of the manifest whose content has a new name here
    pending: tuple[PendingAsset, ...]


def recall(
    spec: Spec, record: Record, listed: Sequence[Line], here: Mapping[str, str], absent: Collection[str]
) -> Past:
    """`here` are digests by source; `absent` is what was not fetched, as in `Scan`."""
    away = files_elsewhere(spec, listed, here, absent)
    lost = vanished_sources(spec, record, here, absent)
    pending = tuple(asset for asset in away.pending if asset.source not in lost)
    return Past(
        record=merge_records(listed, record),
        reserved=unknown_paths(spec, record, here, absent) | {asset.path for asset in pending},
        gone=lost | away.gone,
        renamed=away.renamed,
        pending=pending,
    )


def merge_records(lines: Iterable[Line], record: Record) -> Record:
    """What is known of files by their source: from the last apply here, else from the manifest."""
    listed = {line.source: Recorded(line.path, line.digest) for line in lines}
    return replace(record, assets={**listed, **record.assets})


def gone_assets(record: Record, sources: Iterable[str], taken: Collection[str]) -> tuple[GoneAsset, ...]:
    """The recorded assets of vanished files whose paths no present file has taken, by path."""
    gone = {made.path: (made.digest, source) for source in sources if (made := record.assets[source])}
    return tuple(GoneAsset(path, *gone[path]) for path in sorted(gone) if path not in taken)


# --- By the record --------------------------------------------------------------------------------


def vanished_sources(
    spec: Spec, record: Record, present: Collection[str], absent: Collection[str]
) -> frozenset[str]:
    """Recorded sources that are not here though their entry's folder is, and is not empty.

    Nothing is known of a file that is only excluded now, that cannot be looked at, whose entry is
    absent or no longer in the spec, or that is behind a link to nothing (`absent`, as in `Scan`).
    """
    root = os.path.abspath(spec.root)
    folders = {folder for entry in spec.paths if _has_something(folder := entry_path(root, entry))}
    missing = {_path_of(root, source) for source in absent}
    candidates = [
        (source, _path_of(root, source), made.digest)
        for source, made in record.assets.items()
        if source not in present
    ]
    return frozenset(
        source
        for source, path, digest in candidates
        if _is_below(path, folders) and not _is_below(path, missing) and not _may_exist(path, digest)
    )


def unknown_paths(
    spec: Spec, record: Record, present: Collection[str], absent: Collection[str]
) -> frozenset[str]:
    """Paths of recorded files that are not seen here but may well exist: no new file may take them."""
    root = os.path.abspath(spec.root)
    missing = {_path_of(root, source) for source in absent}
    return frozenset(
        recorded.path
        for source, recorded in record.assets.items()
        if source not in present
        and (_is_below(path := _path_of(root, source), missing) or _may_exist(path, recorded.digest))
    )


# --- By the manifest ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Elsewhere:
    """Sources whose content has a new name here, those of them whose folder is complete, and the rest."""

    renamed: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    pending: tuple[PendingAsset, ...] = ()


def files_elsewhere(
    spec: Spec, lines: Sequence[Line], present: Mapping[str, str], absent: Collection[str]
) -> Elsewhere:
    """Sorts the manifest's lines of files that are not `present` (digests by source).

    `absent` are links and pointers whose content was not fetched. Lines that no entry of
    `paths` takes (any more) are left out.
    """
    listed, unfetched = {line.source for line in lines}, set(absent)
    spare = Counter(digest for source, digest in present.items() if source not in listed)
    root = os.path.abspath(spec.root)
    folders = [(entry, entry_path(root, entry)) for entry in spec.paths]
    missing: dict[str, list[Line]] = defaultdict(list)
    pending: list[Line] = []
    for line in lines:
        path = _path_of(root, line.source)
        folder = None if line.source in present else _folder_of(path, folders)
        if folder is None:
            continue
        if line.source in unfetched:
            pending.append(line)
        elif not _may_exist(path, line.digest):
            missing[folder].append(line)
    renamed: set[str] = set()
    gone: set[str] = set()
    for folder, those in missing.items():
        found = [line for line in those if _take(spare, line.digest)]
        renamed |= {line.source for line in found}
        if len(found) == len(those) and _has_something(folder):
            gone |= {line.source for line in found}
        pending += [line for line in those if line.source not in renamed]
    return Elsewhere(
        frozenset(renamed),
        frozenset(gone),
        tuple(PendingAsset(line.path, line.source, line.digest) for line in sorted(pending)),
    )


def _folder_of(path: str, folders: Iterable[tuple[PathEntry, str]]) -> str | None:
    """The folder (or file) of the entry of `paths` that takes a path, whether it is there or not."""
    for entry, folder in folders:
        below = path.removeprefix(folder.rstrip(os.sep) + os.sep)
        name = below.replace(os.sep, "/")
        if path == folder or (below != path and is_included(entry, name) and not is_excluded(entry, name)):
            return folder
    return None


def _take(spare: Counter[str], digest: str) -> bool:
    """Takes one of the contents that are here under new names."""
    if spare[digest] < 1:
        return False
    spare[digest] -= 1
    return True


# --- On the disk ----------------------------------------------------------------------------------


def _path_of(root: str, source: str) -> str:
    return os.path.normpath(os.path.join(root, source))


def _is_below(path: str, folders: AbstractSet[str]) -> bool:
    """Whether a path is one of these, or inside: asked level by level, as there can be very many."""
    while path not in folders:
        above = os.path.dirname(path)
        if above == path:
            return False
        path = above
    return True


def _has_something(folder: str) -> bool:
    try:
        with os.scandir(folder) as items:
            return any(True for _ in items)
    except OSError:
        return False


def _may_exist(path: str, digest: str) -> bool:
    """Whether it is there, or nothing can be said: only a clear answer makes a file gone.

    A folder where the file was is a clear answer, except for an asset that is a folder itself.
    """
    try:
        is_folder = stat.S_ISDIR(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return not is_folder or is_zarr(digest)
