"""Makes a tree, file by file. A file that cannot be placed is told, and the others are placed."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from dandifile.errors import DataError, UserError
from dandifile.organize import place
from dandifile.organize.log import Entry, Writer, logs, made_before, new_log
from dandifile.organize.media import rewrite
from dandifile.organize.tree import Mode, Placement, Source
from dandifile.survey.digest import dandi_etag
from dandifile.survey.nwb.references import media_file
from dandifile.survey.steady import steady


@dataclass(frozen=True)
class Placed:
    """What came of one file: `done`, `there` (it was in the tree already), or `failed` with the error."""

    path: str
    source: str
    status: str
    error: str = ""


@dataclass(frozen=True)
class Tree:
    """Where the files come, and what earlier runs put there, by path."""

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
        earlier = logs(folder)
        log = new_log(folder, mode, made=made or any(log.made for log in earlier))
        return cls(folder, mode, log, made_before(earlier))


def make(placements: Iterable[Placement], tree: Tree) -> Iterator[Placed]:
    """Places one after another, and says what came of each."""
    for placement in placements:
        yield _placed(placement, tree)


def _placed(placement: Placement, tree: Tree) -> Placed:
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
    """Places a file as it is; False where nothing was left to do."""
    file, target = Path(source.file), tree.folder / source.path
    entry = Entry(source.file, source.path, source.digest, source.size, source.mtime_ns)
    if os.path.lexists(target):
        before = tree.before.get(source.path)
        _refuse_different(source, target, before)
        return tree.mode is Mode.MOVE and _finish_move(file, target, tree.log, before or entry)
    target.parent.mkdir(parents=True, exist_ok=True)
    if tree.mode is Mode.COPY:
        with _copied(source, target) as temporary:
            made = replace(entry, mtime_ns=temporary.stat().st_mtime_ns)
            _publish(temporary, target, made, tree.log)
    else:
        tree.log.add(entry)
        _PLACED[tree.mode](file, target)
    return True


_PLACED = {Mode.SYMLINK: place.symlink, Mode.HARDLINK: place.hardlink, Mode.MOVE: place.move}


def _put_with_media(source: Source, tree: Tree) -> None:
    """An NWB file is in the tree only when its media files are; a move ends with the original."""
    target = tree.folder / source.path
    target.parent.mkdir(parents=True, exist_ok=True)
    with _copied(source, target) as temporary:
        references = rewrite(temporary, source.path)
        for old, new in references.items():
            path = posixpath.join(posixpath.dirname(source.path), new)
            _put_medium(media_file(source.file, old), path, tree)
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
def _copied(source: Source, target: Path) -> Iterator[Path]:
    """A copy that is whole: the original is still as it was scanned when the copy is finished."""
    with place.copied(Path(source.file), target) as temporary:
        with steady({"path": source.file, "size": source.size, "mtime_ns": source.mtime_ns}):
            pass
        yield temporary


def _refuse_different(source: Source, target: Path, before: Entry | None) -> None:
    """An existing file must be the very file, what an earlier run made of it, or its content."""
    if not target.is_file():
        raise _taken(target, "is there already, and is no file")
    if target.samefile(source.file):
        return
    status = target.stat()
    made = (source.digest, status.st_size, status.st_mtime_ns)
    if before and (before.digest, before.size, before.mtime_ns) == made and before.source == source.file:
        return
    digest = source.digest or dandi_etag(Path(source.file), source.size)
    if status.st_size != source.size or dandi_etag(target, source.size) != digest:
        raise _taken(target, "is there already, with other content")


def _finish_move(file: Path, target: Path, log: Writer, entry: Entry) -> bool:
    """Removes the original of a file that the tree has; False where the two are one."""
    if target.is_symlink():
        raise _taken(target, "is a link")
    one, other = (path.parent.resolve() / path.name for path in (file, target))
    if str(one).casefold() == str(other).casefold():
        return False
    status = target.stat()
    log.add(replace(entry, size=status.st_size, mtime_ns=status.st_mtime_ns))
    file.unlink()
    return True


def _taken(target: Path, how: str) -> DataError:
    return DataError(f"{target} {how}", fix="remove it, or choose another folder")
