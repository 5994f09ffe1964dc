"""Puts one file at one place: whole or not at all, and never over anything.

What is copied is written under a hidden name in the same folder first. A crash leaves at most
a leftover, which the next attempt replaces.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dandifile.errors import DataError


def folds_case(folder: Path) -> bool:
    """Whether names that differ in case only are one name there, as on most disks of macOS and Windows.

    Asked of the nearest folder that exists and has letters in its name; nothing is written for it.
    """
    for here in (folder, *folder.parents):
        other = here.with_name(here.name.swapcase()) if here.name else here
        if here.exists() and other != here:
            return other.exists() and other.samefile(here)
    return sys.platform in ("darwin", "win32")


@contextmanager
def copy_next_to(source: Path, target: Path) -> Iterator[Path]:
    """A copy of `source` with its times, next to `target` under a hidden name; deleted if not published."""
    temporary = target.with_name(f".partial-{target.name}")
    temporary.unlink(missing_ok=True)
    try:
        shutil.copy2(source, temporary)
        temporary.chmod(temporary.stat().st_mode | 0o200)  # data is often kept read-only
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def publish(temporary: Path, target: Path) -> None:
    """Gives a finished file its name. FileExistsError where the name is taken."""
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    if not _make_link(temporary, target):
        _refuse_taken(target)
        temporary.rename(target)


def symlink(source: Path, target: Path) -> None:
    target.symlink_to(source)


def hardlink(source: Path, target: Path) -> None:
    """A second name for the content; through links, to what they lead to."""
    if not _make_link(source.resolve(), target):
        raise DataError(
            f"{target.parent} cannot hold a hard link to it",
            where=str(source),
            fix="use --mode symlink, or copy where the tree is on another disk",
        )


def move(source: Path, target: Path) -> None:
    """Moves a file, also to another disk. A crash leaves it at one of the two places, or whole at both."""
    if source.is_symlink():
        raise DataError(
            "it is a link, and moving it would leave its content behind",
            where=str(source),
            fix="use --mode symlink or copy",
        )
    if not _make_link(source, target):
        with copy_next_to(source, target) as temporary:
            publish(temporary, target)
    source.unlink()


def _make_link(source: Path, target: Path) -> bool:
    """Makes a hard link; False where file systems, or two of them, have none."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        _refuse_taken(target)
        return False
    return True


def _refuse_taken(target: Path) -> None:
    if os.path.lexists(target):
        raise FileExistsError(f"{target} exists")
