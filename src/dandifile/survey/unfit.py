"""Patterns of `paths` that fit nothing here: a misspelt `exclude` leaves nothing out."""

from __future__ import annotations

import os
from collections.abc import Iterator

from dandifile.globs import is_match
from dandifile.model import PathEntry

_MOST = 20_000
"""Names that are looked at in folders that are left out whole: enough for a scratch folder."""

_MEANS = {
    "exclude": "if it is misspelt, files that it should leave out are uploaded",
    "include": "if it is misspelt, files that it should take are left out",
}


class Unfit:
    """The patterns of one entry that have fitted nothing so far."""

    def __init__(self, entry: PathEntry) -> None:
        self._source = entry.source
        self._left = {
            key: list(dict.fromkeys(patterns))
            for key, patterns in (("exclude", entry.exclude), ("include", entry.include))
        }
        self._names = 0

    def see(self, below: str) -> None:
        """There is a file or folder at `below`, relative to the entry's source."""
        for key, patterns in self._left.items():
            if patterns:
                self._left[key] = [each for each in patterns if not _fits(each, below)]

    def see_inside(self, folder: str, below: str) -> None:
        """`folder` is left out whole. In one with very many names, every pattern may fit something."""
        if not any(self._left.values()):
            return
        for path, folders, files in os.walk(folder):
            inside = path.removeprefix(folder).replace(os.sep, "/")
            for name in (*folders, *files):
                self.see(f"{below}{inside}/{name}")
            self._names += len(folders) + len(files)
            if self._names > _MOST:
                self._left = {}
            if not any(self._left.values()):
                return

    def notes(self) -> Iterator[str]:
        for key, patterns in self._left.items():
            for pattern in patterns:
                yield f"{self._source}: `{key}: {pattern}` fits nothing here; {_MEANS[key]}"


def _fits(pattern: str, below: str) -> bool:
    return is_match(pattern, below) or (pattern.endswith("/**") and is_match(pattern[:-3], below))


def of_file(entry: PathEntry) -> Iterator[str]:
    """An entry that is a single file has nothing to choose from."""
    for key in ("exclude", "include"):
        if getattr(entry, key):
            yield f"{entry.source} is a file: `{key}` has no effect"
