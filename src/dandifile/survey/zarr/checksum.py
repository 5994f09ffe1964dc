"""What a Zarr holds, file by file, and the dandi-zarr-checksum that names the whole.

The files are hashed in batches, side by side, and summed up folder by folder: what is held in
memory is one portion of batches and the folders that are open, never the whole Zarr. A batch is
remembered by the stats of its files, and where it ends depends on names alone: a chunk that
comes or goes leaves all other batches as they were.

The walk leaves out what the dandi client leaves out, and rejects what the client or the archive rejects.
"""

# Strings, not Path objects: a Zarr has as many files as a dandiset may have assets.
# ruff: noqa: PTH116

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from typing import NamedTuple

from dandifile.errors import DataError
from dandifile.model import Cache, Result, Step, ZarrFile
from dandifile.survey.scanned_file import LEFTOVER, Runner
from dandifile.survey.task import AGAIN, has_failed, is_old, stats_text, survey_step

_ONE_IN = 128  # names end a batch, so many files are in one on average
_MOST_FILES = 1024
_MOST_BYTES = 2**28
_AT_ONCE = 64  # batches in one portion

LARGEST = 5 * 2**30
"""Bytes: a file of a Zarr is sent in one piece, and S3 takes no larger one."""

DEEPEST = 7
"""Folders and file name together that the dandi client takes."""

_EXCLUDED = frozenset({".dandi", ".datalad", ".git", ".gitattributes", ".gitmodules"})
_EXCLUDE = "take it out of the Zarr, or exclude the Zarr"


class AbsentError(Exception):
    """Some of the Zarr is a link to what was not fetched: of the whole nothing is known."""


class FoundFile(NamedTuple):
    """A file, by its path in the Zarr, and the stat that tells whether it changed."""

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


class Root(NamedTuple):
    """A Zarr: its name in messages, and where it is."""

    source: str
    path: str


@dataclass(frozen=True)
class Batch:
    """Files of one Zarr that are hashed together; or why the Zarr cannot be walked any further."""

    root: Root
    files: tuple[FoundFile, ...] = ()
    fault: Exception | None = None


@dataclass(frozen=True)
class Whole:
    """A Zarr summed up."""

    digest: str  # dandi-zarr-checksum
    count: int
    size: int


def contents_of(roots: Iterable[Root], run: Runner) -> Iterator[tuple[Root, Iterator[ZarrFile]]]:
    """Each Zarr with its files, hashed, in the order of an object store's listing.

    The files of one must be taken before the next is asked for. Taking them raises DataError
    for what cannot be part of a Zarr or be read, AbsentError where content was not fetched.
    """
    hashed = _hash_batches((batch for root in roots for batch in _batches(root)), run)
    for root, portion in groupby(hashed, key=lambda pair: pair[0].root):
        yield root, _files(portion)


def sum_up(files: Iterable[ZarrFile]) -> Whole:
    """The dandi-zarr-checksum (docs/archive-api.md 4.2) of files that come folder by folder."""
    from zarr_checksum.checksum import ZarrChecksum, ZarrChecksumManifest

    names: list[str] = []  # of the folders that are open, outermost first
    opened = [ZarrChecksumManifest()]

    def close() -> None:
        whole = opened.pop().generate_digest()
        opened[-1].directories.append(ZarrChecksum(whole.digest, names.pop(), whole.size))

    for file in files:
        *folders, name = file.path.split("/")
        while names != folders[: len(names)]:
            close()
        for folder in folders[len(names) :]:
            names.append(folder)
            opened.append(ZarrChecksumManifest())
        opened[-1].files.append(ZarrChecksum(file.md5, name, file.size))
    while names:
        close()
    whole = opened[0].generate_digest()
    return Whole(whole.digest, whole.count, whole.size)


def remember_files(cache: Cache, root: Root, files: Iterable[ZarrFile]) -> None:
    """Keeps the MD5s of a Zarr that was digested while it was written here; `files` come in the same order.

    As `digest.remember_digest`: only of files whose time stamps are of long ago.
    """
    known = iter(files)
    for batch in _batches(root):
        found = list(islice(known, len(batch.files)))
        same = [(file.path, file.size) for file in batch.files] == [(one.path, one.size) for one in found]
        if batch.fault or not same:
            return
        if batch.files and all(is_old(file.mtime_ns) for file in batch.files):
            key = stats_text(_step(batch).params)
            cache.put_many("md5", {key: {"md5": [file.md5 for file in found]}})


def _batches(root: Root) -> Iterator[Batch]:
    files: list[FoundFile] = []
    size = 0
    try:
        for file in _walk(root.path):
            files.append(file)
            size += file.size
            ends = zlib.crc32(file.path.encode()) % _ONE_IN == 0
            if ends or size >= _MOST_BYTES or len(files) >= _MOST_FILES:
                yield Batch(root, tuple(files))
                files, size = [], 0
    except (DataError, AbsentError) as fault:
        yield Batch(root, fault=fault)
    else:
        yield Batch(root, tuple(files))  # the last one, which may be empty: every Zarr has a batch


def _hash_batches(batches: Iterator[Batch], run: Runner) -> Iterator[tuple[Batch, Result | None]]:
    """Each batch with the result of its step; None where it needs none."""
    while portion := list(islice(batches, _AT_ONCE)):
        steps = [_step(batch) if batch.files else None for batch in portion]
        results: Mapping[str, Result] = run([step for step in steps if step])
        for batch, step in zip(portion, steps, strict=True):
            yield batch, results[step.id] if step else None


def _step(batch: Batch) -> Step:
    subject = f"{batch.root.source}/{batch.files[0].path}"
    params = {
        "path": batch.root.path,
        "source": batch.root.source,
        "files": [list(file) for file in batch.files],
    }
    return survey_step("md5", subject, params)


def _files(hashed: Iterable[tuple[Batch, Result | None]]) -> Iterator[ZarrFile]:
    for batch, result in hashed:
        if batch.fault:
            raise batch.fault
        if result is None:
            continue
        if has_failed(result):
            raise DataError(result.error, fix=AGAIN)
        if "pointer" in result.output:
            raise AbsentError
        for file, md5 in zip(batch.files, result.output["md5"], strict=True):
            yield ZarrFile(file.path, file.size, md5)


# --- The walk -------------------------------------------------------------------------------------


def _walk(folder: str, below: str = "", depth: int = 1) -> Iterator[FoundFile]:
    """Every file, sorted by the bytes of its path. DataError for what cannot be part of a Zarr.

    Links are followed, as the client does; the limit on depth ends those that go in circles.
    """
    for item in _items(folder):
        path = f"{below}{item.name}"
        if depth > DEEPEST:
            raise DataError(
                f"{path} is deeper than {DEEPEST} levels, the limit of DANDI's tools",
                fix="write the Zarr with fewer nested groups, or exclude it",
            )
        if item.is_dir():
            yield from _walk(item.path, f"{path}/", depth + 1)
        else:
            yield _stat_of(item, path)


def _items(folder: str) -> list[os.DirEntry[str]]:
    """In the order of whole paths: a folder's name counts with its slash."""
    try:
        with os.scandir(folder) as items:
            taken = [item for item in items if item.name not in _EXCLUDED]
            return sorted(taken, key=lambda item: f"{item.name}/" if item.is_dir() else item.name)
    except OSError as error:
        raise DataError(
            f"it cannot be read: {error.strerror}", where=folder, fix="check its permissions"
        ) from None


def _stat_of(item: os.DirEntry[str], path: str) -> FoundFile:
    try:
        status = os.stat(item.path)
    except FileNotFoundError:
        raise AbsentError from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}", fix="check its permissions") from None
    if LEFTOVER in path:
        raise DataError(f"{path} is left over from an interrupted dandi download", fix="download it again")
    if not stat.S_ISREG(status.st_mode):
        raise DataError(f"{path} is not a regular file", fix=_EXCLUDE)
    if status.st_size > LARGEST:
        raise DataError(
            f"{path} is larger than 5 GiB, the archive's limit for one file in a Zarr",
            fix="write the Zarr with smaller chunks",
        )
    if path.encode("utf-8", "replace").decode() != path:
        raise DataError(f"{path!a} is not valid UTF-8", fix="rename it")
    return FoundFile(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
