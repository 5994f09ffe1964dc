"""Undoes a tree by its log, last file first. What is not as it was made is kept and told."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from dandifile.errors import DataError
from dandifile.organize import place
from dandifile.organize.log import Entry, Log
from dandifile.organize.make import Placed
from dandifile.organize.media import restore
from dandifile.organize.tree import Mode
from dandifile.survey.digest import dandi_etag


def undo(log: Log) -> list[Placed]:
    """Takes the files out of the tree again, moved ones back to where they were.

    The log is deleted when all is undone; run again, it does what is left.
    """
    undone = [_undone(entry, log) for entry in reversed(log.entries)]
    below = {parent for entry in log.entries for parent in Path(entry.path).parents} - {Path()}
    deepest_first = sorted(below, key=lambda path: len(path.parts), reverse=True)
    _remove_empty(log.folder / path for path in deepest_first)
    if all(placed.status != "failed" for placed in undone):
        log.file.unlink()
        _remove_empty([log.folder] if log.made else [])
    return undone


def _undone(entry: Entry, log: Log) -> Placed:
    target = log.folder / entry.path
    try:
        if not os.path.lexists(target):
            return _without_target(entry, log.mode)
        if log.mode is Mode.MOVE:
            _move_back(entry, target)
        else:
            _refuse_last(entry, target, log.mode)
            target.unlink()
    except DataError as error:
        return Placed(entry.path, entry.source, "failed", f"{error.what} ({error.fix})")
    except OSError as error:
        return Placed(entry.path, entry.source, "failed", str(error.strerror or error))
    return Placed(entry.path, entry.source, "done")


def _without_target(entry: Entry, mode: Mode) -> Placed:
    """It was never made, or is undone already; a moved file must be where it was."""
    if mode is Mode.MOVE and not os.path.lexists(entry.source):
        return Placed(entry.path, entry.source, "failed", "it is neither in the tree nor where it was")
    return Placed(entry.path, entry.source, "there")


def _refuse_last(entry: Entry, target: Path, mode: Mode) -> None:
    """Takes nothing away that is not known to be still there under its first name."""
    if mode is Mode.SYMLINK:
        if not target.is_symlink() or str(target.readlink()) != entry.source:
            raise _kept(target, "is not the link that was made")
    elif target.is_symlink() or not _as_made(entry, target):
        raise _kept(target, "was changed since")
    elif not Path(entry.source).exists():
        raise _kept(target, f"is the only copy left: {entry.source} is gone")
    elif not _as_it_was(entry):
        raise _kept(target, f"is the only copy left: {entry.source} holds something else now")


def _as_it_was(entry: Entry) -> bool:
    """Whether the original still has the content that was copied or linked."""
    source = Path(entry.source)
    status = source.stat()
    if not entry.references and (status.st_size, status.st_mtime_ns) == (entry.size, entry.mtime_ns):
        return True
    return bool(entry.digest and status.st_size) and dandi_etag(source, status.st_size) == entry.digest


def _move_back(entry: Entry, target: Path) -> None:
    source = Path(entry.source)
    if target.is_symlink() or not _as_made(entry, target):
        raise _kept(target, "was changed since")
    if os.path.lexists(source):
        if not source.samefile(target):
            raise _kept(target, f"was moved from {source}, and another file is there now")
        target.unlink()
        return
    source.parent.mkdir(parents=True, exist_ok=True)
    if not entry.references:
        place.move(target, source)
        return
    with place.copied(target, source) as temporary:
        restore(temporary, entry.references)
        place.publish(temporary, source)
    target.unlink()


def _as_made(entry: Entry, target: Path) -> bool:
    status = target.stat()
    return (status.st_size, status.st_mtime_ns) == (entry.size, entry.mtime_ns)


def _kept(target: Path, why: str) -> DataError:
    return DataError(f"{target} {why}", fix="see to it by hand")


def _remove_empty(folders: Iterable[Path]) -> None:
    """Those that nothing is left in."""
    for folder in folders:
        with suppress(OSError):  # not empty, or gone
            folder.rmdir()
