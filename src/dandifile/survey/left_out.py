"""What the entries of `paths` leave out, and which of that was probably meant as data: files, and patterns.

A misspelt `exclude` leaves nothing out, so a pattern that matches nothing is reported.
"""

# Strings, not Path objects, as in the scan.
# ruff: noqa: PTH119, PTH122

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dandifile.globs import is_match
from dandifile.model import PathEntry, Skipped
from dandifile.survey.formats import FORMATS
from dandifile.survey.media import is_url, media_path
from dandifile.survey.scanned_file import Content, Extracts

HIDDEN, STANDARD = "hidden", "standard"
_ANY = "use `standard: any` to take every file"
_MOST = 20_000
"""Names that are looked at in folders that are left out whole: enough for a scratch folder."""

_MEANS = {
    "exclude": "if it is misspelt, files that it should leave out are uploaded",
    "include": "if it is misspelt, files that it should take are left out",
}


@dataclass(frozen=True)
class Left:
    """A file or folder that is not taken, and why: its name is HIDDEN, or the STANDARD does not take it."""

    source: str
    path: str
    standard: str
    why: str


def group_left_out(
    files: Iterable[Left], contents: Iterable[Content], extracts: Extracts
) -> tuple[Skipped, ...]:
    """The files by reason; those that were surely meant as data come first."""
    referred = {
        media_path(content.file.path, name)
        for content in contents
        for name in extracts.media(content)
        if not is_url(name)
    }
    groups: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    for file in files:
        groups[_why(file, file.path in referred)].append(file.source)
    return tuple(
        Skipped(reason, fix, tuple(sorted(sources)), minor=rank > 0)
        for (rank, reason, fix), sources in sorted(groups.items())
    )


def _why(file: Left, referred: bool) -> tuple[int, str, str]:
    """(0 for what was surely meant as data, else 1; the reason; what to do)."""
    name = os.path.basename(file.path)
    if referred:
        reason = f"an NWB file refers to it, and `standard: {file.standard}` leaves it out"
        return 0, reason, "use `standard: any` for its folder: otherwise the reference finds nothing"
    if file.why == HIDDEN:
        return 0, "its name begins with a dot, and the dandi client does not upload such files", "rename it"
    if meant := next(filter(None, (each.near_miss(name) for each in FORMATS.values())), None):
        return 0, *meant
    ending = os.path.splitext(name)[1]
    return 1, f"`standard: {file.standard}` takes no {ending or 'files without an ending'}", _ANY


# --- Patterns -------------------------------------------------------------------------------------


class UnmatchedPatterns:
    """The patterns of one entry that have matched nothing so far."""

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
                self._left[key] = [each for each in patterns if not _is_matched(each, below)]

    def see_inside(self, folder: str, below: str) -> None:
        """`folder` is left out whole. In one with very many names, every pattern may match something."""
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
                yield f"{self._source}: `{key}: {pattern}` matches nothing here; {_MEANS[key]}"


def notes_on_file(entry: PathEntry) -> Iterator[str]:
    """An entry that is a single file has nothing to choose from."""
    for key in ("exclude", "include"):
        if getattr(entry, key):
            yield f"{entry.source} is a file: `{key}` has no effect"


def _is_matched(pattern: str, below: str) -> bool:
    return is_match(pattern, below) or (pattern.endswith("/**") and is_match(pattern[:-3], below))
