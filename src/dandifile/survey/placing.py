"""Where on this disk an asset's file belongs: the scan and the layout, read backwards.

An asset belongs to an entry of `paths` that would take its file and give it the asset's path again.
Nothing is opened or written, and a path that would lead out of the entry's folder belongs nowhere.
"""

# Strings, not Path objects, as in the scan.
# ruff: noqa: PTH100, PTH112, PTH117, PTH118, PTH119, PTH120

from __future__ import annotations

import functools
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from dandifile.model import PathEntry, Spec
from dandifile.survey.formats import FORMATS, format_of_file
from dandifile.survey.layout import is_organized
from dandifile.survey.scan import entry_path, is_excluded, is_included, own_files, source_name, takes_file
from dandifile.survey.scanned_file import LEFTOVER, Dataset, ScannedFile


class Place(NamedTuple):
    """Where an asset's file belongs: in `folder`, the entry's own, at the absolute path `file`.

    `source` is its name in the record, as `LocalAsset.source`. `by_content`: a file at this place is named by
    what it holds, and has the asset's path only because that content is on the draft already.
    """

    entry: PathEntry
    folder: str
    file: str
    source: str
    by_content: bool = False


@dataclass(frozen=True)
class Placing:
    """Finds the places of the assets of one version. `paths` are those of all its assets."""

    spec: Spec
    paths: Collection[str] = field(default=frozenset(), repr=False)
    _looked_at: dict[tuple[str, str], bool] = field(default_factory=dict, repr=False, compare=False)
    _one_asset: dict[str, bool | None] = field(default_factory=dict, repr=False, compare=False)

    def place_of(self, path: str, *, zarr: bool = False) -> Place | None:
        """The place of an asset; None where no entry takes it. Entries with the longest `into` come first."""
        if not is_safe(path):
            return None
        for entry in self._entries:
            below = _inside(entry.into, path)
            if below is None:
                continue
            folder = entry_path(self._root, entry)
            if self._is_one_asset(folder, below):
                file, folder = folder, os.path.dirname(folder)
                if os.path.basename(file) != below:
                    continue
            else:
                file = os.path.join(folder, *below.split("/"))
            given = self._path_of(file, zarr=zarr)
            if given in (path, _BY_CONTENT):
                return Place(entry, folder, file, source_name(self._root, file), given == _BY_CONTENT)
        return None

    def folders_around(self, path: str) -> list[str]:
        """The folders of the entries in whose part of the dandiset a path is, whether they take it or not."""
        inside = (entry for entry in self.spec.paths if _inside(entry.into, path) is not None)
        return [entry_path(self._root, entry) for entry in inside]

    @cached_property
    def _root(self) -> str:
        return os.path.abspath(self.spec.root)

    @cached_property
    def _own(self) -> frozenset[str]:
        return own_files(self._root, self.spec)

    @cached_property
    def _entries(self) -> list[PathEntry]:
        return sorted(self.spec.paths, key=lambda entry: -len(entry.into))

    @cached_property
    def _markers(self) -> Mapping[str, frozenset[str]]:
        """By format: the folders of the version that are a dataset of it."""
        return {
            name: frozenset(
                path.rpartition("/")[0] for path in self.paths if path.rpartition("/")[2] == own.MARKER
            )
            for name, own in FORMATS.items()
            if own.MARKER
        }

    def _path_of(self, file: str, *, zarr: bool) -> str | None:
        """The path that a file at this place would get; None where no entry takes it.

        `_BY_CONTENT` where its content decides, which keeps its path on the draft.
        """
        for entry in self.spec.paths:
            source = entry_path(self._root, entry)
            below = os.path.basename(file) if file == source else _inside(source, file, os.sep)
            if below is None:
                continue
            name = below.replace(os.sep, "/")
            around = self._dataset(entry, source, name)
            if file not in self._own and _takes(entry, name, around, zarr=zarr):
                if not zarr and is_organized(_as_scanned(entry, file, name, around)):
                    return _BY_CONTENT
                return f"{entry.into}/{name}" if entry.into else name
        return None

    def _dataset(self, entry: PathEntry, source: str, below: str) -> Dataset | None:
        """The outermost folder on the way to a file that is a dataset, here or in the version."""
        for name, own in FORMATS.items():
            if own.MARKER and entry.standard in ("auto", name):
                for folder in ("", *_above(below)):
                    inside = "/".join(filter(None, [entry.into, folder]))
                    here = os.path.join(source, *folder.split("/")) if folder else source
                    if inside in self._markers[name] or self._is_dataset(name, here):
                        return Dataset(own, here)
        return None

    def _is_one_asset(self, source: str, below: str) -> bool:
        """Whether an entry's source is one file or Zarr; one that is not here, if its name has a dot."""
        if source not in self._one_asset:
            self._one_asset[source] = _is_known_for_one_asset(source)
        name = os.path.basename(source)
        known = self._one_asset[source]
        return (name == below and "." in name.strip(".")) if known is None else known

    def _is_dataset(self, name: str, folder: str) -> bool:
        known = self._looked_at
        if (name, folder) not in known:
            known[name, folder] = FORMATS[name].is_dataset(folder)
        return known[name, folder]


_BY_CONTENT = ""
"""No asset has this path."""


def is_safe(path: str) -> bool:
    """Whether a path with forward slashes stays below any folder that it is put in, on every system."""
    parts = path.split("/")
    return not any(part in ("", ".", "..") or "\0" in part for part in parts) and not _leads_away(path)


def _leads_away(path: str) -> bool:
    """Whether this system reads something else into a path than folders and a name."""
    return os.path.isabs(path) or bool(os.path.splitdrive(path)[0]) or (os.sep != "/" and os.sep in path)


def _inside(folder: str, path: str, separator: str = "/") -> str | None:
    """A path relative to a folder that it is in; everything is in ""."""
    if not folder:
        return path
    start = folder.rstrip(separator) + separator
    return path[len(start) :] if path.startswith(start) else None


def _is_known_for_one_asset(source: str) -> bool | None:
    """Whether an entry's source is no folder of files but one file or Zarr, here or to be; None: unclear."""
    name = os.path.basename(source)
    if _is_asset_folder(name):
        return True
    if os.path.lexists(source):
        return not os.path.isdir(source)
    return any(own.is_file(name) for own in FORMATS.values()) or None


def _above(below: str) -> Sequence[str]:
    """The folders on the way to a file, the outermost first."""
    parts = below.split("/")[:-1]
    return ["/".join(parts[: number + 1]) for number in range(len(parts))]


def _takes(entry: PathEntry, below: str, around: Dataset | None, *, zarr: bool) -> bool:
    """Whether the scan takes a file that is at `below` in an entry's folder."""
    *folders, name = below.split("/")
    kept = around.format.HIDDEN if around else frozenset[str]()
    if any((part.startswith(".") and part not in kept) or LEFTOVER in part for part in (*folders, name)):
        return False
    if below == "dandiset.yaml" or any(_is_asset_folder(folder) for folder in folders):
        return False
    if not is_included(entry, below) or is_excluded(entry, below):
        return False
    if not zarr:
        return not _is_asset_folder(name) and (around is not None or takes_file(entry.standard, name))
    own = next((own for own in FORMATS.values() if own.is_folder(name)), None)
    return own is not None and (around is not None or entry.standard in ("auto", "any", own.NAME))


@functools.lru_cache(4096)
def _is_asset_folder(name: str) -> bool:
    """Whether a folder of this name is one asset, so that nothing in it is an asset of its own."""
    return any(own.is_folder(name) for own in FORMATS.values())


def _as_scanned(entry: PathEntry, file: str, below: str, around: Dataset | None) -> ScannedFile:
    return ScannedFile(entry, "", below, file, 0, 0, 0, 0, format_of_file(file), around)
