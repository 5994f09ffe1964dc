"""The files of a Zarr and their stats, in the order of an object store's listing; nothing is opened.

What the dandi client leaves out is left out, and what neither it nor the archive takes is told.
"""

# Strings, not Path objects: a Zarr has as many files as a dandiset may have assets.
# ruff: noqa: PTH116

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import NamedTuple

from dandifile.errors import DataError
from dandifile.survey.scan import LEFTOVER

LARGEST = 5 * 2**30
"""Bytes: a file of a Zarr is sent in one piece, and S3 takes no larger one."""

DEEPEST = 7
"""Folders and file name together that the dandi client takes."""

_EXCLUDED = frozenset({".dandi", ".datalad", ".git", ".gitattributes", ".gitmodules"})
_EXCLUDE = "take it out of the Zarr, or exclude the Zarr"


class AbsentError(Exception):
    """Some of the Zarr is a link to what was not fetched: of the whole nothing is known."""


class Found(NamedTuple):
    """A file, by its path in the Zarr, and the stat that tells whether it changed."""

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


def walk(folder: str, below: str = "", depth: int = 1) -> Iterator[Found]:
    """Every file, sorted by the bytes of its path. DataError for what cannot be part of a Zarr.

    Links are followed, as the client does; the limit on depth ends those that go in circles.
    """
    for item in _listed(folder):
        path = f"{below}{item.name}"
        if depth > DEEPEST:
            raise DataError(
                f"{path} lies deeper than {DEEPEST} levels, the most that DANDI's tools take",
                fix="write the Zarr with fewer nested groups, or exclude it",
            )
        if item.is_dir():
            yield from walk(item.path, f"{path}/", depth + 1)
        else:
            yield _found(item, path)


def _listed(folder: str) -> list[os.DirEntry[str]]:
    """In the order of whole paths: a folder's name counts with its slash."""
    try:
        with os.scandir(folder) as items:
            taken = [item for item in items if item.name not in _EXCLUDED]
            return sorted(taken, key=lambda item: f"{item.name}/" if item.is_dir() else item.name)
    except OSError as error:
        raise DataError(
            f"it cannot be read: {error.strerror}", where=folder, fix="check its permissions"
        ) from None


def _found(item: os.DirEntry[str], path: str) -> Found:
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
            f"{path} is larger than 5 GiB, the most that the archive takes of one file in a Zarr",
            fix="write the Zarr with smaller chunks",
        )
    if path.encode("utf-8", "replace").decode() != path:
        raise DataError(f"{path!a} is not valid UTF-8", fix="rename it")
    return Found(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
