"""What this machine's disk can hold: names, cases, and how much of it is free."""

# Strings, not Path objects, as in the scan.
# ruff: noqa: PTH112, PTH116, PTH120

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from dandifile.errors import BlockedError
from dandifile.organize.place import folds_case
from dandifile.words import size

_WINDOWS = sys.platform == "win32"
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\..*)?", re.IGNORECASE)
_UNUSABLE = re.compile(r'[<>:"|?*\\\x00-\x1f]')
_LONGEST_NAME = 255  # bytes, where the disk does not say
_SPARE = 1 << 24  # bytes that stay free, for the cache and what other programs write


class RealDisk:
    """`comparison.Disk`, with what it was asked before."""

    def __init__(self) -> None:
        self._folds: dict[str, bool] = {}  # by folder that is there
        self._longest: dict[str, int] = {}
        self._existing: dict[str, str] = {}  # by folder: the nearest one that is there

    def what(self, path: str) -> str:
        try:
            mode = os.stat(path).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return "link" if os.path.lexists(path) else ""
        return "folder" if stat.S_ISDIR(mode) else "file"

    def name_fault(self, path: str) -> str:
        folder, name = os.path.split(path)
        try:
            encoded = os.fsencode(name)
        except UnicodeEncodeError:
            return f"{name!r} cannot be written in this system's encoding"
        there = self._nearest(folder)
        if there not in self._longest:
            self._longest[there] = _longest_name(there)
        longest = self._longest[there]
        if len(encoded) > longest:
            return f"{name} is longer than {longest} bytes"
        return windows_fault(path) if _WINDOWS else ""

    def folded(self, path: str) -> str:
        there = self._nearest(os.path.dirname(path))
        if there not in self._folds:
            self._folds[there] = folds_case(Path(there))
        return unicodedata.normalize("NFC", path).casefold() if self._folds[there] else path

    def _nearest(self, folder: str) -> str:
        if folder not in self._existing:
            above = os.path.dirname(folder)
            self._existing[folder] = (
                folder if os.path.isdir(folder) or above == folder else self._nearest(above)
            )
        return self._existing[folder]


def windows_fault(path: str) -> str:
    """Why Windows can have no file of this path; "" where it can."""
    _, below = os.path.splitdrive(path)
    for name in re.split(r"[/\\]", below):
        if _RESERVED.fullmatch(name):
            return f"{name} is the name of a device on Windows"
        if found := _UNUSABLE.search(name):
            return f"{name} has the character {found[0]!r}, which Windows does not take"
        if name.endswith((".", " ")):
            return f"{name!r} ends in a dot or a blank, which Windows drops"
    return ""


def existing_folder(path: str) -> str:
    """The folder, or the nearest above it that is there."""
    while not os.path.isdir(path) and os.path.dirname(path) != path:
        path = os.path.dirname(path)
    return path


def refuse_without_space(wanted: Iterable[tuple[str, int]]) -> None:
    """BlockedError where a disk has no room for what is to be written: pairs of (file, bytes)."""
    needed: Counter[int] = Counter()
    folders: dict[int, str] = {}
    for folder, count in _by_folder(wanted):
        there = existing_folder(folder)
        device = os.stat(there).st_dev
        needed[device] += count
        folders.setdefault(device, there)
    for device, count in needed.items():
        free = shutil.disk_usage(folders[device]).free
        if count + _SPARE > free:
            raise BlockedError(
                f"the files have {size(count)}, and the disk has {size(free)} free",
                where=folders[device],
                fix="make room, or pull a part with --path",
            )


def _by_folder(wanted: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Bytes by the folder that they are written to."""
    counts: Counter[str] = Counter()
    for file, count in wanted:
        counts[os.path.dirname(file)] += count
    yield from counts.items()


def _longest_name(folder: str) -> int:
    try:
        return os.pathconf(folder, "PC_NAME_MAX")
    except (AttributeError, OSError, ValueError):  # not on Windows, nor on every disk
        return _LONGEST_NAME
