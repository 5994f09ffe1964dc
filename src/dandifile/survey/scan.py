"""What is in the folders: every file that may become an asset, at one stat a file.

A Zarr is one asset, whatever files it holds; of a BIDS dataset every file is one. Nothing is
opened here. Whatever cannot be an asset for a reason that the name, the kind or the size shows is
refused with what to do; nothing that lies in a folder is an error.
"""

# Strings, not Path objects: this looks at 100,000 files, and resolves no link.
# ruff: noqa: PTH100, PTH110, PTH116, PTH118, PTH119, PTH122

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dandifile.globs import is_match
from dandifile.model import PathEntry, Refusal, Spec
from dandifile.survey.unfit import Unfit, of_file

NWB = "nwb"
ZARR = "zarr"
OTHER = "other"

ZARR_SUFFIXES = frozenset({".zarr", ".ngff"})
ZARR_MARKERS = (".zgroup", "zarr.json")  # in the folder of a Zarr, version 2 and 3
BIDS_MARKER = "dataset_description.json"
BIDS_IGNORE = ".bidsignore"
LEFTOVER = ".dandidownload"
MAX_SIZE = 5 * 2**40  # bytes: the most that S3 takes as one object

# What the dandi client uploads without being told to take any path; case counts, as there.
MEDIA_SUFFIXES = frozenset({".mp4", ".avi", ".wmv", ".mov", ".flv", ".mkv", ".png", ".jpg", ".jpeg", ".gif"})

# Why something is refused, and what to do.
_NO_RIGHT = ("it cannot be read: permission denied", "give yourself the right to read it")
_NO_TEXT = ("its name is not valid UTF-8", "rename it")
_OWN = ("it is dandifile's own, and never data", "take it out of `paths`")


@dataclass(frozen=True)
class ScannedFile:
    """A file that an entry of `paths` takes up, and the stat that tells whether it changed.

    Of a Zarr it is the folder's, and `size` is 0: its files are looked at when they are hashed.
    """

    entry: PathEntry
    source: str  # relative to the spec's folder, or absolute if outside it
    below: str  # relative to the entry's source; the name where the entry is a single file
    path: str  # absolute, for opening
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    form: str  # NWB, ZARR or OTHER
    dataset: str = ""  # absolute: the folder of the outermost BIDS dataset that it is in


HIDDEN, STANDARD = "hidden", "standard"
_NO_DATA = (".git", ".datalad", ".dandi", ".DS_Store", "._", ".ipynb_checkpoints", ".nfs", ".partial-", ".~")
"""How names begin that programs give to what is theirs."""


@dataclass(frozen=True)
class Left:
    """A file or folder that is not taken up, and why: its name is HIDDEN, or the STANDARD takes none such."""

    source: str
    path: str
    standard: str
    why: str


@dataclass(frozen=True)
class Scan:
    """`absent` are entries, and files within them, whose content is not on this machine."""

    files: tuple[ScannedFile, ...] = ()
    refused: tuple[Refusal, ...] = ()
    absent: tuple[str, ...] = ()
    skipped: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()  # on patterns of `paths` that fit nothing


@dataclass
class _Found:
    """What the walk has gathered so far."""

    root: str
    own: frozenset[str]  # absolute paths that are never data
    own_identities: frozenset[tuple[int, int]]  # the same, under whatever path a link leads to them
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
    own = _own_files(root, spec)
    found = _Found(root, own, _own_identities(root, own))
    for entry in spec.paths:
        _scan_entry(found, entry)
    for (first, later), names in found.twice.items():
        found.refused.append(
            Refusal(
                later,
                f"paths: {first} takes {len(names)} of its files already, {names[0]} for one",
                f"exclude them from one of the two entries; as it is, {first} keeps them",
            )
        )
    return Scan(
        tuple(found.files.values()),
        tuple(found.refused),
        tuple(found.absent),
        tuple(found.skipped),
        tuple(found.notes),
    )


def source_name(root: str, path: str) -> str:
    """How a file is called in the record and in messages: below `root` relative, else absolute."""
    name = path.removeprefix(root.rstrip(os.sep) + os.sep)
    # A name that is not UTF-8 must not break the cache, the plan or a terminal.
    return name.replace(os.sep, "/").encode("utf-8", "backslashreplace").decode()


def entry_path(root: str, entry: PathEntry) -> str:
    """Where an entry's data is: absolute, without following links."""
    return os.path.normpath(os.path.join(root, entry.source))


def is_included(entry: PathEntry, below: str) -> bool:
    """Whether the entry's `include` takes what is at `below`, relative to its source; none takes all."""
    return not entry.include or any(is_match(pattern, below) for pattern in entry.include)


def is_excluded(entry: PathEntry, below: str) -> bool:
    return any(is_match(pattern, below) for pattern in entry.exclude)


def _own_files(root: str, spec: Spec) -> frozenset[str]:
    """The spec and what dandifile keeps beside it."""
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
        if not _taken_whole(found, entry, path, ""):
            before = len(found.files), len(found.skipped)
            unfit = Unfit(entry)
            _walk(found, entry, _Folder(path, "", _dataset(entry, path), frozenset({_identity(path)}), unfit))
            found.notes += unfit.notes()
            if entry.standard == "bids" and len(found.files) == before[0] and len(found.skipped) > before[1]:
                found.refuse(
                    path,
                    f"it is to be BIDS, and there is no {BIDS_MARKER} in it",
                    f"add {BIDS_MARKER} to the dataset's folder, or take `standard: bids` away",
                )
    elif entry.standard in ("nwb", "zarr", "bids") and not _of_standard(entry.standard, path):
        found.skip(path, entry)
    else:
        _take(found, entry, path, os.path.basename(path))
        found.notes += of_file(entry)


@dataclass(frozen=True)
class _Folder:
    """A folder on the walk; `above` are those on the way to it and itself, so that links cannot loop."""

    path: str
    below: str  # relative to the entry's source
    dataset: str  # as in ScannedFile
    above: frozenset[tuple[int, int]]
    unfit: Unfit


def _walk(found: _Found, entry: PathEntry, here: _Folder) -> None:
    for item in _listed(found, here.path):
        name = f"{here.below}/{item.name}" if here.below else item.name
        here.unfit.see(name)
        hidden = item.name.startswith(".") and not (item.name == BIDS_IGNORE and here.dataset)
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
            _consider(found, entry, item, name, here.dataset)
        elif is_excluded(entry, name):
            here.unfit.see_inside(item.path, name)
        elif not _taken_whole(found, entry, item.path, name, here.dataset):
            _walk_into(found, entry, here, item.path, name)


def _walk_into(found: _Found, entry: PathEntry, here: _Folder, path: str, name: str) -> None:
    identity = _identity(path)
    if identity not in here.above and identity not in found.own_identities:
        dataset = here.dataset or _dataset(entry, path)
        _walk(found, entry, _Folder(path, name, dataset, here.above | {identity}, here.unfit))


def _is_missed(entry: PathEntry, name: str, below: str) -> bool:
    """Whether something that hides would be taken if it did not."""
    return (
        _of_standard(entry.standard, name)
        and not name.startswith(_NO_DATA)
        and is_included(entry, below)
        and not is_excluded(entry, below)
    )


def _dataset(entry: PathEntry, path: str) -> str:
    """The folder itself where it is a BIDS dataset that is to be taken as one; else ""."""
    asked_for = entry.standard in ("auto", "bids")
    return path if asked_for and os.path.lexists(os.path.join(path, BIDS_MARKER)) else ""


def _identity(path: str) -> tuple[int, int]:
    """What a folder or file is, under whatever name. A folder that hides is refused when it is listed."""
    try:
        return _identity_of(os.stat(path))
    except OSError:
        return (-1, -1)


def _identity_of(status: os.stat_result) -> tuple[int, int]:
    return (status.st_dev, status.st_ino)


def _listed(found: _Found, folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as items:
            yield from sorted(items, key=lambda item: item.name)
    except PermissionError:
        found.refuse(folder, *_NO_RIGHT)
    except FileNotFoundError:  # removed while we look
        found.absent.append(source_name(found.root, folder))


def _taken_whole(found: _Found, entry: PathEntry, path: str, below: str, dataset: str = "") -> bool:
    """Whether a folder is not to be walked: a Zarr is taken up as one."""
    if os.path.splitext(path)[1] in ZARR_SUFFIXES:
        if not below or is_included(entry, below):
            _take_zarr(found, entry, path, below or os.path.basename(path), dataset)
        return True
    if path.endswith(".nwb") and any(os.path.exists(os.path.join(path, name)) for name in ZARR_MARKERS):
        found.refuse(
            path,
            "it is a Zarr, and the archive knows one by its name alone",
            f"rename it to {os.path.basename(path)}.zarr",
        )
        return True
    return False


def _take_zarr(found: _Found, entry: PathEntry, path: str, below: str, dataset: str) -> None:
    if entry.standard == "nwb" or (entry.standard == "bids" and not dataset):
        found.skip(path, entry)
    elif path in found.files:
        found.take_twice(path, entry)
    elif not _is_text(path):
        found.refuse(path, *_NO_TEXT)
    elif _identity_of(status := os.stat(path)) not in found.own_identities:
        scanned = _scanned(found.root, entry, path, below, status)
        found.files[path] = replace(scanned, size=0, form=ZARR, dataset=dataset)


def _consider(found: _Found, entry: PathEntry, item: os.DirEntry[str], below: str, dataset: str) -> None:
    if not is_included(entry, below) or is_excluded(entry, below):
        return
    if dataset or _of_standard(entry.standard, item.name):
        _take(found, entry, item.path, below, dataset)
    else:
        found.skip(item.path, entry)


def _of_standard(standard: str, name: str) -> bool:
    """Whether a file outside of BIDS datasets is one that an entry of this standard takes."""
    suffix = os.path.splitext(name)[1]
    if standard == "any":
        return True
    if standard == "auto" and suffix in MEDIA_SUFFIXES:
        return True
    return standard in ("auto", "nwb") and suffix == ".nwb"


def _take(found: _Found, entry: PathEntry, path: str, below: str, dataset: str = "") -> None:
    """Adds a file, unless its stat says that it cannot be an asset."""
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
        found.refuse(path, "it is empty, and the archive takes no empty files", "delete it, or exclude it")
    elif status.st_size > MAX_SIZE:
        found.refuse(path, "it is larger than 5 TiB, the most that the archive takes", "split it")
    elif not _is_text(path):
        found.refuse(path, *_NO_TEXT)
    else:
        found.files[path] = replace(_scanned(found.root, entry, path, below, status), dataset=dataset)


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _scanned(root: str, entry: PathEntry, path: str, below: str, status: os.stat_result) -> ScannedFile:
    return ScannedFile(
        entry=entry,
        source=source_name(root, path),
        below=below,
        path=path,
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        ctime_ns=status.st_ctime_ns,
        inode=status.st_ino,
        form=NWB if path.endswith(".nwb") else OTHER,
    )
