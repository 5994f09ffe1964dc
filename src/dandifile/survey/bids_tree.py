"""The files of a BIDS dataset as the validator sees them, also those whose content is on another machine."""

# Strings, not Path objects, as in the scan.
# ruff: noqa: PTH118, PTH122

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from dandifile.survey.scan import ZARR_SUFFIXES

_PASSED_OVER = frozenset({".git", ".datalad", ".dandifile"})
_PLACEHOLDER = "{}\n"


def tree(root: str, below: str = "") -> Iterator[tuple[str, list[int]]]:
    """All that the validator may look at, also what is not taken up, with sizes and times. A Zarr is one."""
    for item in _listed(os.path.join(root, below)):
        path = f"{below}/{item.name}" if below else item.name
        whole = os.path.splitext(item.name)[1] in ZARR_SUFFIXES
        if item.is_dir(follow_symlinks=False) and not whole:
            yield from tree(root, path)
        else:
            status = item.stat(follow_symlinks=False)
            yield path, [status.st_size, status.st_mtime_ns]


@contextmanager
def completed(root: Path, elsewhere: Collection[str]) -> Iterator[Path]:
    """A folder in which the dataset has a file for each of those that are `elsewhere`, by path in it.

    The validator takes a sidecar whose data file is on another machine for one without a data file. It
    is shown links to what is here, and placeholders; what it finds in those says nothing. Where no links
    can be made, it is shown the dataset itself.
    """
    if not elsewhere:
        yield root
        return
    with TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve() / root.name
        try:
            _fill(folder, root, elsewhere)
        except OSError:  # a Windows account without the right to make links
            folder = root
        yield folder


def _fill(folder: Path, root: Path, elsewhere: Collection[str]) -> None:
    folder.mkdir()
    for path, _ in tree(str(root)):
        if path not in elsewhere:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).symlink_to(root.resolve() / path)
    for path in elsewhere:
        # Never through a link, which would lead into the data itself.
        if _is_plain(folder, folder / path) and not os.path.lexists(folder / path):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(_PLACEHOLDER, "utf-8")


def _is_plain(folder: Path, path: Path) -> bool:
    """Whether a path is below the folder, and none of the folders that lead there is a link or a file."""
    parents = [parent for parent in path.parents if folder in parent.parents]
    return folder in path.parents and all(
        not os.path.lexists(parent) or (parent.is_dir() and not parent.is_symlink()) for parent in parents
    )


def _listed(folder: str) -> list[os.DirEntry[str]]:
    """A folder that cannot be read was refused by the scan; the validator sees as little of it."""
    try:
        with os.scandir(folder) as items:
            return sorted(
                (item for item in items if item.name not in _PASSED_OVER), key=lambda item: item.name
            )
    except OSError:
        return []
