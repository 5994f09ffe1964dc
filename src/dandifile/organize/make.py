"""Makes a tree, file by file, and undoes it by its log, last file first.

A file that cannot be placed is reported, and the others are placed. Undoing keeps and reports every
file that is not as it was made.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from dandifile.errors import DataError, UserError
from dandifile.organize import place
from dandifile.organize.log import Entry, Log, Writer, earlier_logs, entries_before, new_log
from dandifile.organize.tree import Mode, Placement, Source
from dandifile.survey.digest import check_unchanged, dandi_etag
from dandifile.survey.formats import format_of_file
from dandifile.survey.media import media_path


@dataclass(frozen=True)
class Placed:
    """What came of one file: `done`, `there` (nothing was left to do), or `failed` with the error."""

    path: str
    source: str
    status: str
    error: str = ""


@dataclass(frozen=True)
class Tree:
    """Where the files go, and what earlier runs put there, by path."""

    folder: Path
    mode: Mode
    log: Writer
    before: Mapping[str, Entry]

    @classmethod
    def at(cls, folder: Path, mode: Mode) -> Tree:
        made = not folder.exists()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"{folder} cannot be made: {error.strerror}", fix="choose a folder that you may write to"
            ) from error
        earlier = earlier_logs(folder)
        log = new_log(folder, mode, made=made or any(log.made for log in earlier))
        return cls(folder, mode, log, entries_before(earlier))


def make(placements: Iterable[Placement], tree: Tree) -> Iterator[Placed]:
    """Places one file after another, and gives what came of each."""
    for placement in placements:
        yield _place(placement, tree)


def _place(placement: Placement, tree: Tree) -> Placed:
    source = placement.source
    try:
        if placement.rewrite and not os.path.lexists(tree.folder / source.path):
            _put_with_media(source, tree)
            return Placed(source.path, source.source, "done")
        done = _put(source, tree)
        return Placed(source.path, source.source, "done" if done else "there")
    except DataError as error:
        return Placed(source.path, source.source, "failed", f"{error.what} ({error.fix})")
    except OSError as error:
        return Placed(source.path, source.source, "failed", str(error.strerror or error))


def _put(source: Source, tree: Tree) -> bool:
    """Places a file unchanged; False where nothing was left to do."""
    file, target = Path(source.file), tree.folder / source.path
    entry = Entry(source.file, source.path, source.digest, source.size, source.mtime_ns)
    if os.path.lexists(target):
        before = tree.before.get(source.path)
        _refuse_different(source, target, before)
        return tree.mode is Mode.MOVE and _finish_move(file, target, tree.log, before or entry)
    target.parent.mkdir(parents=True, exist_ok=True)
    if tree.mode is Mode.COPY:
        with _copy_whole(source, target) as temporary:
            made = replace(entry, mtime_ns=temporary.stat().st_mtime_ns)
            _publish(temporary, target, made, tree.log)
    else:
        tree.log.add(entry)
        _PLACED[tree.mode](file, target)
    return True


_PLACED = {Mode.SYMLINK: place.symlink, Mode.HARDLINK: place.hardlink, Mode.MOVE: place.move}


def _put_with_media(source: Source, tree: Tree) -> None:
    """A file is in the tree only when its media files are; a move ends with the original."""
    target = tree.folder / source.path
    target.parent.mkdir(parents=True, exist_ok=True)
    with _copy_whole(source, target) as temporary:
        references = format_of_file(source.path).rewrite_references(temporary, source.path)
        for old, new in references.items():
            path = posixpath.join(posixpath.dirname(source.path), new)
            _put_medium(media_path(source.file, old), path, tree)
        made = temporary.stat()
        entry = Entry(source.file, source.path, source.digest, made.st_size, made.st_mtime_ns, references)
        _publish(temporary, target, entry, tree.log)
    if tree.mode is Mode.MOVE:
        Path(source.file).unlink()


def _put_medium(file: str, path: str, tree: Tree) -> None:
    before = tree.before.get(path)
    if before and before.source == file and not Path(file).exists():
        return  # moved by an earlier run that was interrupted
    status = Path(file).stat()
    _put(Source(file, file, path, status.st_size, status.st_mtime_ns, ""), tree)


def _publish(temporary: Path, target: Path, entry: Entry, log: Writer) -> None:
    log.add(entry)
    place.publish(temporary, target)


@contextmanager
def _copy_whole(source: Source, target: Path) -> Iterator[Path]:
    """A copy that is whole: the original is still as it was scanned when the copy is finished."""
    with place.copy_next_to(Path(source.file), target) as temporary:
        with check_unchanged({"path": source.file, "size": source.size, "mtime_ns": source.mtime_ns}):
            pass
        yield temporary


def _refuse_different(source: Source, target: Path, before: Entry | None) -> None:
    """An existing file must be the same file, what an earlier run made of it, or have its content."""
    if not target.is_file():
        raise _taken_error(target, "is there already, and is not a file")
    if target.samefile(source.file):
        return
    status = target.stat()
    made = (source.digest, status.st_size, status.st_mtime_ns)
    if before and (before.digest, before.size, before.mtime_ns) == made and before.source == source.file:
        return
    digest = source.digest or dandi_etag(Path(source.file), source.size)
    if status.st_size != source.size or dandi_etag(target, source.size) != digest:
        raise _taken_error(target, "is there already, with other content")


def _finish_move(file: Path, target: Path, log: Writer, entry: Entry) -> bool:
    """Removes the original of a file that the tree has; False where the two are one."""
    if target.is_symlink():
        raise _taken_error(target, "is a link")
    one, other = (path.parent.resolve() / path.name for path in (file, target))
    if str(one).casefold() == str(other).casefold():
        return False
    status = target.stat()
    log.add(replace(entry, size=status.st_size, mtime_ns=status.st_mtime_ns))
    file.unlink()
    return True


def _taken_error(target: Path, how: str) -> DataError:
    return DataError(f"{target} {how}", fix="remove it, or choose another folder")


# --- Undoing --------------------------------------------------------------------------------------


def undo(log: Log) -> list[Placed]:
    """Takes the files out of the tree again, moved ones back to where they were.

    The log is deleted when all is undone; run again, it does what is left.
    """
    undone = [_undo_entry(entry, log) for entry in reversed(log.entries)]
    below = {parent for entry in log.entries for parent in Path(entry.path).parents} - {Path()}
    deepest_first = sorted(below, key=lambda path: len(path.parts), reverse=True)
    _remove_empty(log.folder / path for path in deepest_first)
    if all(placed.status != "failed" for placed in undone):
        log.file.unlink()
        _remove_empty([log.folder] if log.made else [])
    return undone


def _undo_entry(entry: Entry, log: Log) -> Placed:
    target = log.folder / entry.path
    try:
        if not os.path.lexists(target):
            return _place_without_target(entry, log.mode)
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


def _place_without_target(entry: Entry, mode: Mode) -> Placed:
    """It was never made, or is undone already; a moved file must be where it was."""
    if mode is Mode.MOVE and not os.path.lexists(entry.source):
        return Placed(entry.path, entry.source, "failed", "it is not in the tree, and not in its old place")
    return Placed(entry.path, entry.source, "there")


def _refuse_last(entry: Entry, target: Path, mode: Mode) -> None:
    """Deletes nothing unless its original is still there, unchanged."""
    if mode is Mode.SYMLINK:
        if not target.is_symlink() or str(target.readlink()) != entry.source:
            raise _kept_error(target, "is not the link that was made")
    elif target.is_symlink() or not _is_as_made(entry, target):
        raise _kept_error(target, "was changed since")
    elif not Path(entry.source).exists():
        raise _kept_error(target, f"is the only copy left: {entry.source} is gone")
    elif not _is_as_it_was(entry):
        raise _kept_error(target, f"is the only copy left: {entry.source} holds something else now")


def _is_as_it_was(entry: Entry) -> bool:
    """Whether the original still has the content that was copied or linked."""
    source = Path(entry.source)
    status = source.stat()
    if not entry.references and (status.st_size, status.st_mtime_ns) == (entry.size, entry.mtime_ns):
        return True
    return bool(entry.digest and status.st_size) and dandi_etag(source, status.st_size) == entry.digest


def _move_back(entry: Entry, target: Path) -> None:
    source = Path(entry.source)
    if target.is_symlink() or not _is_as_made(entry, target):
        raise _kept_error(target, "was changed since")
    if os.path.lexists(source):
        if not source.samefile(target):
            raise _kept_error(target, f"was moved from {source}, and another file is there now")
        target.unlink()
        return
    source.parent.mkdir(parents=True, exist_ok=True)
    if not entry.references:
        place.move(target, source)
        return
    with place.copy_next_to(target, source) as temporary:
        format_of_file(entry.path).restore_references(temporary, entry.references)
        place.publish(temporary, source)
    target.unlink()


def _is_as_made(entry: Entry, target: Path) -> bool:
    status = target.stat()
    return (status.st_size, status.st_mtime_ns) == (entry.size, entry.mtime_ns)


def _kept_error(target: Path, why: str) -> DataError:
    return DataError(f"{target} {why}", fix="compare the two, and move or delete it by hand")


def _remove_empty(folders: Iterable[Path]) -> None:
    """Removes those that are empty."""
    for folder in folders:
        with suppress(OSError):  # not empty, or gone
            folder.rmdir()
