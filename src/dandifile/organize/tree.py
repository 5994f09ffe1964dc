"""What a tree is made of: which file goes where, and which media files go with their NWB file. Pure.

An NWB file refers to media files by paths from its own folder. Where those would not hold in
the tree, the media files go next to the NWB file, in a folder with its name, as `dandi organize`
puts them, and the references are rewritten. A link to a file cannot be rewritten.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dandifile.model import Refusal
from dandifile.survey.media import is_url, lost_media, media_path

_FOLDER = ("it is a folder, and a tree can only have a link to it", "use --mode symlink")


class Mode(StrEnum):
    SYMLINK = "symlink"
    HARDLINK = "hardlink"
    COPY = "copy"
    MOVE = "move"

    @property
    def rewrites(self) -> bool:
        """Whether the tree gets a file of its own, in which references can be rewritten."""
        return self in (Mode.COPY, Mode.MOVE)


@dataclass(frozen=True)
class Source:
    """A file here and its path in the tree; `media` are the references of an NWB file."""

    source: str  # as in messages
    file: str  # absolute
    path: str
    size: int
    mtime_ns: int
    digest: str
    media: tuple[str, ...] = ()
    folder: bool = False  # a Zarr


@dataclass(frozen=True)
class Placement:
    """One file of the tree; `rewrite` where its references to media files must be rewritten."""

    source: Source
    rewrite: bool = False


def tree(
    sources: Sequence[Source],
    mode: Mode,
    exists: Callable[[str], bool] = os.path.exists,
    *,
    folds: bool = False,
) -> tuple[list[Placement], list[Refusal]]:
    """What to place, by path, and the files that cannot be in it. `exists` looks for media files.

    `folds`: where the tree is made, names that differ in case only are one name.
    """
    paths = {os.path.normpath(source.file): source.path for source in sources}
    rewritten = [source for source in sources if lost_media(source.file, source.path, source.media, paths)]
    uses = Counter(name for source in rewritten for name in {*media_files(source)})
    refused = {
        source.source: Refusal(source.source, *why)
        for source in rewritten
        if (why := _hindrance(source, mode, uses, exists))
    }
    if mode is not Mode.SYMLINK:
        refused |= {source.source: Refusal(source.source, *_FOLDER) for source in sources if source.folder}
    if folds:
        refused |= {source.source: Refusal(source.source, *why) for source, why in _one_name(sources)}
    going = {source.source for source in rewritten} - refused.keys()
    next_to = {name for source in rewritten if source.source in going for name in media_files(source)}
    placements = [
        Placement(source, rewrite=source.source in going)
        for source in sorted(sources, key=lambda source: source.path)
        if source.source not in refused and os.path.normpath(source.file) not in next_to
    ]
    return placements, [refused[name] for name in sorted(refused)]


def _one_name(sources: Iterable[Source]) -> Iterator[tuple[Source, tuple[str, str]]]:
    """Files that would overwrite another on a disk that ignores case, with what to do."""
    groups: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        groups[source.path.casefold()].append(source)
    for group in groups.values():
        if len(group) > 1:
            paths = " and ".join(sorted(source.path for source in group))
            why = (
                f"{paths} differ in case only, and would be one file on this disk",
                "make the tree on a disk that tells them apart, or give one another session_id",
            )
            yield from ((source, why) for source in group)


def media_files(source: Source) -> list[str]:
    """The media files that an NWB file refers to on this machine, absolute."""
    return [media_path(source.file, name) for name in source.media if not is_url(name)]


def _hindrance(
    source: Source, mode: Mode, uses: Mapping[str, int], exists: Callable[[str], bool]
) -> tuple[str, str] | None:
    """Why an NWB file whose references do not hold cannot be in the tree, and what to do."""
    files = media_files(source)
    if not mode.rewrites:
        return (
            (
                f"its reference to {_first_and_count(source.media)} would be wrong in the tree, "
                "and a link cannot be rewritten"
            ),
            "use --mode copy or move, which rewrite the references",
        )
    missing = [file for file in files if not exists(file)]
    if missing:
        return (
            f"it refers to {_first_and_count(missing)}, which is not here",
            "put it where the reference says",
        )
    shared = [file for file in files if uses[file] > 1]
    if mode is Mode.MOVE and shared:
        return (
            f"{_first_and_count(shared)} belongs to several NWB files, and moves only once",
            "use --mode copy",
        )
    return None


def _first_and_count(names: Iterable[str]) -> str:
    first, *rest = names
    return f"{first} and {len(rest)} more" if rest else first
