"""Which assets are to be fetched, and which must not be: the draft, or a version, next to what is here. Pure.

Content decides. An asset whose content is here under any name is not fetched, unless another asset has the
same content and the file is that one's. A file here that has other content than its asset is only written
over where that was asked for; this is found for all of them before anything is fetched.
"""

# Strings, not Path objects, as in the scan.
# ruff: noqa: PTH120

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dandifile.globs import is_match
from dandifile.model import Refusal, RemoteAsset
from dandifile.survey.placing import Place, Placing


class Disk(Protocol):
    """What is asked of the disk; paths are absolute."""

    def what(self, path: str) -> str:
        """`file`, `folder`, `link` (to nothing), or "" where nothing has this name."""
        ...

    def name_fault(self, path: str) -> str:
        """Why no file can have this path here; "" where one can."""
        ...

    def folded(self, path: str) -> str:
        """The path as the disk compares it: without case where that is ignored."""
        ...


@dataclass(frozen=True)
class Here:
    """The files here by their paths in the dandiset, each with its source, its file and its digest.

    `unfetched` are sources that are only links or pointers to content elsewhere, as of git-annex.
    """

    files: Mapping[str, LocalFile]
    unfetched: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LocalFile:
    """A file here: its name in the record, where it is, its entry's folder, and its digest."""

    source: str
    file: str
    folder: str
    digest: str


@dataclass(frozen=True)
class Selection:
    """Which assets are wanted, by globs, and whether they may replace what differs here."""

    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    overwrite: bool = False

    def takes(self, path: str) -> bool:
        wanted = not self.paths or any(is_match(glob, path) for glob in self.paths)
        return wanted and not any(is_match(glob, path) for glob in self.exclude)


@dataclass(frozen=True)
class Fetch:
    """An asset to fetch, and where to put it, as in `Place`; `over`: what is there is replaced."""

    asset: RemoteAsset
    source: str
    file: str
    folder: str
    over: bool = False


@dataclass(frozen=True)
class PullComparison:
    """Every asset of the version, sorted by what is to happen. Paths in the dandiset, in byte order.

    `differ` are files here with other content, as (path, source). `renamed` have their content here in a
    file that is none of the version's, in the same form. `left` are those that no entry of `paths` takes,
    `refused` those that cannot be put where they belong, and `unselected` is how many nobody asked for.
    """

    fetch: tuple[Fetch, ...] = ()
    here: int = 0
    differ: tuple[tuple[str, str], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    left: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    unselected: int = 0
    lacking: tuple[str, ...] = ()  # folders of entries that will lack something all the same

    @property
    def size(self) -> int:
        return sum(one.asset.size for one in self.fetch)


_UNFETCHED = (
    "its file here is a link or a pointer to content that was not fetched",
    "fetch it with git-annex, DataLad or git-lfs; `--overwrite` replaces the link by the file",
)
_NO_CHECKSUM = (
    "the archive has no checksum of it yet: it is being written, or its upload was interrupted",
    "run pull again later",
)


def compare(
    assets: Mapping[str, RemoteAsset], here: Here, placing: Placing, disk: Disk, selection: Selection
) -> PullComparison:
    """What to do about every asset; nothing is written."""
    sorting = _Sorting(assets, here, placing, disk, selection)
    for path in assets:
        sorting.sort(path)
    return sorting.result()


class _Sorting:
    def __init__(
        self,
        assets: Mapping[str, RemoteAsset],
        here: Here,
        placing: Placing,
        disk: Disk,
        selection: Selection,
    ) -> None:
        self._assets, self._here, self._placing = assets, here, placing
        self._disk, self._selection = disk, selection
        self._owners = {one.file: path for path, one in here.files.items()}
        self._spare: dict[str, list[LocalFile]] = defaultdict(list)  # by digest: files of no asset
        for path, one in here.files.items():
            if path not in assets:
                self._spare[one.digest].append(one)
        self._fetch: list[Fetch] = []
        self._count = self._unselected = 0
        self._differ: list[tuple[str, str]] = []
        self._renamed: list[tuple[str, str]] = []
        self._left: list[str] = []
        self._refused: list[Refusal] = []
        self._lacking: set[str] = set()
        self._files_above: dict[str, str] = {}  # by folder: as `_file_above`

    def sort(self, path: str) -> None:
        asset, local = self._assets[path], self._here.files.get(path)
        if local is not None and local.digest == asset.digest:
            self._count += 1
            return
        place = self._placing.place_of(path, zarr=asset.zarr is not None)
        if not self._selection.takes(path):
            self._unselected += 1
            self._note_lack(path, place)
        elif not asset.digest:
            self._refuse(path, place, *_NO_CHECKSUM)
        elif local is not None:
            self._replace(asset, local)
        elif self._spare[asset.digest]:
            self._renamed.append((path, self._spare[asset.digest].pop(0).source))
        elif place is None:
            self._left.append(path)
            self._note_lack(path, place)
        else:
            self._put(path, asset, place)

    def result(self) -> PullComparison:
        fetch, refused = self._without_clashes()
        return PullComparison(
            tuple(fetch),
            self._count,
            tuple(self._differ),
            tuple(self._renamed),
            tuple(self._left),
            tuple(sorted((*self._refused, *refused), key=lambda one: one.source)),
            self._unselected,
            tuple(sorted(self._lacking)),
        )

    def _put(self, path: str, asset: RemoteAsset, place: Place) -> None:
        """A new file, or one in the place of what differs."""
        if fault := self._disk.name_fault(place.file):
            self._refuse(path, place, f"no file on this machine can have its name: {fault}", _ELSEWHERE)
        elif blocker := self._file_above(place):
            reason = f"{blocker} is a file here, and it would have to be a folder"
            self._refuse(path, place, reason, "move that file away")
        elif owner := self._owners.get(place.file):
            reason = f"in its place, {place.source}, is the file of another asset: {owner}"
            self._refuse(path, place, reason, "move that file to another name")
        else:
            self._put_at(path, asset, place, self._disk.what(place.file))

    def _put_at(self, path: str, asset: RemoteAsset, place: Place, what: str) -> None:
        over = self._selection.overwrite
        if (what == "link" or place.source in self._here.unfetched) and not over:
            self._refuse(path, place, *_UNFETCHED)
        elif what in ("file", "folder") and (what == "folder") != (asset.zarr is not None):
            reason = f"{place.source} is a {what} here, and it would have to be a {_OTHER[what]}"
            self._refuse(path, place, reason, f"move that {what} away")
        elif what and not over:
            self._differ.append((path, place.source))
        else:
            self._fetch.append(Fetch(asset, place.source, place.file, place.folder, over=bool(what)))

    def _replace(self, asset: RemoteAsset, local: LocalFile) -> None:
        """The file here that is this asset, with other content: it is replaced where it is."""
        self._differ.append((asset.path, local.source))
        if self._selection.overwrite:
            self._fetch.append(Fetch(asset, local.source, local.file, local.folder, over=True))

    def _file_above(self, place: Place) -> str:
        """The file that is where the asset needs a folder; "" where there is none."""
        above, source = os.path.dirname(place.file), place.source.rpartition("/")[0]
        looked_at: list[str] = []
        found = ""
        while len(above) >= len(place.folder) and above not in self._files_above:
            looked_at.append(above)
            if self._disk.what(above) in ("file", "link"):
                found = source
                break
            above, source = os.path.dirname(above), source.rpartition("/")[0]
        found = found or self._files_above.get(above, "")
        self._files_above |= dict.fromkeys(looked_at, found)
        return found

    def _refuse(self, path: str, place: Place | None, reason: str, fix: str) -> None:
        self._refused.append(Refusal(path, reason, fix))
        self._note_lack(path, place)

    def _note_lack(self, path: str, place: Place | None) -> None:
        """Entries in whose folder of the dandiset the asset is will lack it."""
        if place is not None:
            self._lacking.add(place.folder)
        else:
            self._lacking |= set(self._placing.folders_around(path))

    def _without_clashes(self) -> tuple[list[Fetch], list[Refusal]]:
        """Files that would be one file on this disk are not fetched, nor those that one here has taken."""
        groups: dict[str, list[str]] = defaultdict(list)
        for one in self._fetch:
            groups[self._disk.folded(one.file)].append(one.asset.path)
        for path, local in self._here.files.items():
            folded = self._disk.folded(local.file)
            if folded in groups and path not in groups[folded]:
                groups[folded].append(path)
        clashing = {
            path: [other for other in those if other != path]
            for those in groups.values()
            if len(those) > 1
            for path in those
        }
        refused = [
            Refusal(one.asset.path, _clash(clashing[one.asset.path]), _ELSEWHERE)
            for one in self._fetch
            if one.asset.path in clashing
        ]
        self._lacking |= {one.folder for one in self._fetch if one.asset.path in clashing}
        return [one for one in self._fetch if one.asset.path not in clashing], refused


_ELSEWHERE = "pull on another disk or system, or rename the asset on the archive"
_OTHER = {"file": "folder", "folder": "file"}


def _clash(others: Sequence[str]) -> str:
    return f"it would be the same file on this disk as {', '.join(others)}, which differs in case only"
