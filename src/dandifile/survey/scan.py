"""What is in the folders: every file that may become an asset, at one stat a file.

A Zarr is one asset, whatever files it holds; of a BIDS dataset every file is one. Nothing is
opened here. A file that cannot be an asset, as its name, kind or size shows, is refused with a fix;
nothing in a folder is an error.
"""

# Strings, not Path objects: this looks at 100,000 files, and resolves no link.
# ruff: noqa: PTH100, PTH110, PTH112, PTH116, PTH118, PTH119, PTH120

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from dandifile.globs import is_match
from dandifile.model import PathEntry, Refusal, Spec
from dandifile.survey.format import Format
from dandifile.survey.formats import FORMATS, format_of_file, format_of_folder
from dandifile.survey.left_out import HIDDEN, STANDARD, Left, UnmatchedPatterns, notes_on_file
from dandifile.survey.scanned_file import LEFTOVER, PARTIAL, Dataset, ScannedFile
from dandifile.words import quantity

MAX_SIZE = 5 * 2**40  # bytes: the most that S3 takes as one object

# Why something is refused, and what to do.
_NO_RIGHT = ("it cannot be read: permission denied", "give yourself the right to read it")
_NO_TEXT = ("its name is not valid UTF-8", "rename it")
_OWN = ("it is a file of dandifile itself, not data", "take it out of `paths`")

_NO_DATA = (".git", ".datalad", ".dandi", ".DS_Store", "._", ".ipynb_checkpoints", ".nfs", ".partial-", ".~")
"""How the names of files that programs keep for themselves begin."""


@dataclass(frozen=True)
class Scan:
    """`absent` are entries, and files within them, whose content is not on this machine."""

    files: tuple[ScannedFile, ...] = ()
    refused: tuple[Refusal, ...] = ()
    absent: tuple[str, ...] = ()
    skipped: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()  # on patterns of `paths` that match nothing
    incomplete: tuple[str, ...] = ()  # entries of which only a part was pulled


@dataclass
class _Found:
    """What the walk has gathered so far."""

    root: str
    own: frozenset[str]  # absolute paths that are never data
    own_identities: frozenset[tuple[int, int]]  # the same, for links that lead to them
    files: dict[str, ScannedFile] = field(default_factory=dict)  # by absolute path
    refused: list[Refusal] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    twice: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # by (first entry, later entry)
    skipped: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def skip(self, path: str, entry: PathEntry, why: str = STANDARD) -> None:
        self.skipped.append(Left(source_name(self.root, path), path, entry.standard, why))

    def refuse(self, path: str, reason: str, fix: str) -> None:
        self.refused.append(Refusal(source_name(self.root, path), reason, fix))

    def take_twice(self, path: str, entry: PathEntry) -> None:
        earlier = self.files[path]
        self.twice.setdefault((earlier.entry.source, entry.source), []).append(earlier.source)


def scan(spec: Spec) -> Scan:
    """Everything below the entries of `paths`, in the order of the entries, then of the names."""
    root = os.path.abspath(spec.root)
    own = own_files(root, spec)
    found = _Found(root, own, _own_identities(root, own))
    for entry in spec.paths:
        _scan_entry(found, entry)
    for (first, later), names in found.twice.items():
        found.refused.append(
            Refusal(
                later,
                f"paths: {first} already takes {quantity(len(names), 'file')} of this entry, "
                f"such as {names[0]}",
                f"exclude them from one of the two entries; until then {first} keeps them",
            )
        )
    return Scan(
        tuple(found.files.values()),
        tuple(found.refused),
        tuple(found.absent),
        tuple(found.skipped),
        tuple(found.notes),
        tuple(entry.source for entry in spec.paths if _is_incomplete(root, entry)),
    )


def source_name(root: str, path: str) -> str:
    """The name of a file in the record and in messages: relative to `root` if below it, else absolute."""
    name = path.removeprefix(root.rstrip(os.sep) + os.sep)
    # A name that is not UTF-8 must not break the cache, the plan or a terminal.
    return name.replace(os.sep, "/").encode("utf-8", "backslashreplace").decode()


def entry_path(root: str, entry: PathEntry) -> str:
    """Where an entry's data is: absolute, without following links."""
    return os.path.normpath(os.path.join(root, entry.source))


def _is_incomplete(root: str, entry: PathEntry) -> bool:
    path = entry_path(root, entry)
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    return os.path.lexists(os.path.join(folder, PARTIAL))


def is_included(entry: PathEntry, below: str) -> bool:
    """Whether the entry's `include` takes what is at `below`, relative to its source; none takes all."""
    return not entry.include or any(is_match(pattern, below) for pattern in entry.include)


def is_excluded(entry: PathEntry, below: str) -> bool:
    return any(is_match(pattern, below) for pattern in entry.exclude)


def own_files(root: str, spec: Spec) -> frozenset[str]:
    """The spec and what dandifile keeps next to it."""
    stems = {spec.file.stem, "dandiset"}
    names = {spec.file.name, *(f"{stem}.{kind}" for stem in stems for kind in ("lock.yaml", "assets.tsv"))}
    return frozenset(os.path.join(root, name) for name in names)


def _own_identities(root: str, own: frozenset[str]) -> frozenset[tuple[int, int]]:
    """What these files, and the state folder with all that is in it, are on the disk."""
    state = os.path.join(root, ".dandifile")
    inside = (
        os.path.join(folder, name) for folder, folders, files in os.walk(state) for name in (*folders, *files)
    )
    found = map(_identity, (*own, state, *inside))
    return frozenset(identity for identity in found if identity[1] > 0)  # some disks number no file


def _scan_entry(found: _Found, entry: PathEntry) -> None:
    path = entry_path(found.root, entry)
    try:
        status = os.stat(path)
    except OSError as error:
        if isinstance(error, PermissionError):
            found.refuse(path, *_NO_RIGHT)
        else:
            found.absent.append(entry.source)
        return
    if _identity_of(status) in found.own_identities:
        found.refuse(path, *_OWN)
    elif stat.S_ISDIR(status.st_mode):
        if not _take_whole(found, entry, _Place(path, "")):
            _scan_folder(found, entry, path)
    elif entry.standard in FORMATS and not takes_file(entry.standard, path):
        found.skip(path, entry)
    else:
        _take(found, entry, _Place(path, os.path.basename(path)))
        found.notes += notes_on_file(entry)


def _scan_folder(found: _Found, entry: PathEntry, path: str) -> None:
    before = len(found.files), len(found.skipped)
    unmatched = UnmatchedPatterns(entry)
    _walk(found, entry, _Folder(path, "", _dataset(entry, path), frozenset({_identity(path)}), unmatched))
    found.notes += unmatched.notes()
    if entry.standard in FORMATS and len(found.files) == before[0] and len(found.skipped) > before[1]:
        reason = FORMATS[entry.standard].nothing_found()
        if reason:
            found.refuse(path, *reason)


class _Place(NamedTuple):
    """A file or folder that the walk comes to."""

    path: str
    below: str  # relative to the entry's source
    dataset: Dataset | None = None


@dataclass(frozen=True)
class _Folder:
    """A folder on the walk; `above` are those on the way to it and itself, so that links cannot loop."""

    path: str
    below: str  # relative to the entry's source
    dataset: Dataset | None  # as in ScannedFile
    above: frozenset[tuple[int, int]]
    unmatched: UnmatchedPatterns


def _walk(found: _Found, entry: PathEntry, here: _Folder) -> None:
    for item in _items(found, here.path):
        name = f"{here.below}/{item.name}" if here.below else item.name
        here.unmatched.see(name)
        hidden = item.name.startswith(".") and not (here.dataset and item.name in here.dataset.format.HIDDEN)
        if hidden or item.path in found.own or name == "dandiset.yaml":
            if hidden and not here.dataset and _is_missed(entry, item.name, name):
                found.skip(item.path, entry, HIDDEN)
            continue
        if LEFTOVER in item.name:
            found.refuse(
                item.path,
                "it is left over from an interrupted dandi download",
                "download again, or delete it",
            )
        elif item.is_symlink() and not os.path.exists(item.path):
            # git-annex and DataLad leave such links where data was not fetched.
            if not is_excluded(entry, name):
                found.absent.append(source_name(found.root, item.path))
        elif not item.is_dir():
            _consider(found, entry, _Place(item.path, name, here.dataset))
        elif is_excluded(entry, name):
            here.unmatched.see_inside(item.path, name)
        elif not _take_whole(found, entry, _Place(item.path, name, here.dataset)):
            _walk_into(found, entry, here, item.path, name)


def _walk_into(found: _Found, entry: PathEntry, here: _Folder, path: str, name: str) -> None:
    identity = _identity(path)
    if identity not in here.above and identity not in found.own_identities:
        dataset = here.dataset or _dataset(entry, path)
        _walk(found, entry, _Folder(path, name, dataset, here.above | {identity}, here.unmatched))


def _is_missed(entry: PathEntry, name: str, below: str) -> bool:
    """Whether a hidden file would be taken under a name without the dot."""
    return (
        takes_file(entry.standard, name)
        and not name.startswith(_NO_DATA)
        and is_included(entry, below)
        and not is_excluded(entry, below)
    )


def _dataset(entry: PathEntry, path: str) -> Dataset | None:
    """The folder itself where it is a dataset that the entry wants as one."""
    wanted = (each for each in FORMATS.values() if entry.standard in ("auto", each.NAME))
    return next((Dataset(each, path) for each in wanted if each.is_dataset(path)), None)


def _identity(path: str) -> tuple[int, int]:
    """What a folder or file is, under any name. A folder that cannot be read is refused when it is listed."""
    try:
        return _identity_of(os.stat(path))
    except OSError:
        return (-1, -1)


def _identity_of(status: os.stat_result) -> tuple[int, int]:
    return (status.st_dev, status.st_ino)


def _items(found: _Found, folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as items:
            yield from sorted(items, key=lambda item: item.name)
    except PermissionError:
        found.refuse(folder, *_NO_RIGHT)
    except FileNotFoundError:  # removed while we look
        found.absent.append(source_name(found.root, folder))


def _take_whole(found: _Found, entry: PathEntry, place: _Place) -> bool:
    """Takes a folder that is one asset; False for a folder to walk."""
    if own := format_of_folder(place.path):
        if not place.below or is_included(entry, place.below):
            below = place.below or os.path.basename(place.path)
            _take_folder(found, entry, place._replace(below=below), own)
        return True
    misnamed = next(filter(None, (each.misnamed_folder(place.path) for each in FORMATS.values())), None)
    if misnamed:
        found.refuse(place.path, *misnamed)
    return misnamed is not None


def _take_folder(found: _Found, entry: PathEntry, place: _Place, own: Format) -> None:
    path, around = place.path, place.dataset
    wanted = {"auto", "any", own.NAME, *([around.format.NAME] if around else [])}
    if entry.standard not in wanted:
        found.skip(path, entry)
    elif path in found.files:
        found.take_twice(path, entry)
    elif not _is_text(path):
        found.refuse(path, *_NO_TEXT)
    elif _identity_of(status := os.stat(path)) not in found.own_identities:
        found.files[path] = replace(_scanned_file(found, entry, place, status, own), size=0)


def _consider(found: _Found, entry: PathEntry, place: _Place) -> None:
    if not is_included(entry, place.below) or is_excluded(entry, place.below):
        return
    if place.dataset or takes_file(entry.standard, os.path.basename(place.path)):
        _take(found, entry, place)
    else:
        found.skip(place.path, entry)


def takes_file(standard: str, name: str) -> bool:
    """Whether an entry of this standard takes a file outside of datasets."""
    return standard == "any" or any(
        standard in ("auto", each.NAME) and each.is_file(name) for each in FORMATS.values()
    )


def _take(found: _Found, entry: PathEntry, place: _Place) -> None:
    """Adds a file, unless its stat says that it cannot be an asset."""
    path = place.path
    try:
        status = os.stat(path)
    except PermissionError:
        found.refuse(path, *_NO_RIGHT)
        return
    except OSError:  # removed while we look
        found.absent.append(source_name(found.root, path))
        return
    if _identity_of(status) in found.own_identities:
        return
    if path in found.files:
        found.take_twice(path, entry)
    elif not stat.S_ISREG(status.st_mode):
        found.refuse(path, "it is not a regular file", "exclude it")
    elif status.st_size == 0:
        found.refuse(
            path, "it is empty, and the archive does not accept empty files", "delete it, or exclude it"
        )
    elif status.st_size > MAX_SIZE:
        found.refuse(path, "it is larger than 5 TiB, the archive's limit", "split it")
    elif not _is_text(path):
        found.refuse(path, *_NO_TEXT)
    else:
        found.files[path] = _scanned_file(found, entry, place, status, format_of_file(path))


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _scanned_file(
    found: _Found, entry: PathEntry, place: _Place, status: os.stat_result, own: Format
) -> ScannedFile:
    return ScannedFile(
        entry=entry,
        source=source_name(found.root, place.path),
        below=place.below,
        path=place.path,
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        ctime_ns=status.st_ctime_ns,
        inode=status.st_ino,
        format=own,
        dataset=place.dataset,
    )
