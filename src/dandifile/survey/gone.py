"""Which files of the last apply are not here any more. Only these can make a move or a deletion."""

# Names stay as they were scanned: strings, never resolved.
# ruff: noqa: PTH100, PTH118, PTH120

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet

from dandifile.model import GoneAsset, Record, Spec, is_zarr
from dandifile.survey.scan import entry_path


def vanished(spec: Spec, record: Record, present: Collection[str], absent: Collection[str]) -> frozenset[str]:
    """Recorded sources that are not here though their entry's folder is, and is not empty.

    A file that is merely excluded now, that cannot be looked at, whose entry is absent or no
    longer in the spec, or that is behind a link to nothing (`absent`, as in `Scan`) is not one
    of them: of those nothing is known.
    """
    root = os.path.abspath(spec.root)
    folders = {folder for entry in spec.paths if has_something(folder := entry_path(root, entry))}
    missing = {path_of(root, source) for source in absent}
    candidates = [
        (source, path_of(root, source), made.digest)
        for source, made in record.assets.items()
        if source not in present
    ]
    return frozenset(
        source
        for source, path, digest in candidates
        if _is_below(path, folders) and not _is_below(path, missing) and not may_exist(path, digest)
    )


def unknown(spec: Spec, record: Record, present: Collection[str], absent: Collection[str]) -> frozenset[str]:
    """Paths of recorded files that are not seen here but may well exist: no newcomer may take them."""
    root = os.path.abspath(spec.root)
    missing = {path_of(root, source) for source in absent}
    return frozenset(
        recorded.path
        for source, recorded in record.assets.items()
        if source not in present
        and (_is_below(path := path_of(root, source), missing) or may_exist(path, recorded.digest))
    )


def gone_assets(record: Record, sources: Iterable[str], taken: Collection[str]) -> tuple[GoneAsset, ...]:
    """The recorded assets of vanished files whose paths no present file has taken, by path."""
    gone = {made.path: (made.digest, source) for source in sources if (made := record.assets[source])}
    return tuple(GoneAsset(path, *gone[path]) for path in sorted(gone) if path not in taken)


def path_of(root: str, source: str) -> str:
    return os.path.normpath(os.path.join(root, source))


def _is_below(path: str, folders: AbstractSet[str]) -> bool:
    """Whether a path is one of these, or inside: asked level by level, as there can be very many."""
    while path not in folders:
        above = os.path.dirname(path)
        if above == path:
            return False
        path = above
    return True


def has_something(folder: str) -> bool:
    try:
        with os.scandir(folder) as items:
            return any(True for _ in items)
    except OSError:
        return False


def may_exist(path: str, digest: str) -> bool:
    """Whether it is there, or nothing can be said: only a clear answer makes a file gone.

    A folder where the file was is such an answer, but for a Zarr, which is a folder itself.
    """
    try:
        is_folder = stat.S_ISDIR(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return not is_folder or is_zarr(digest)
