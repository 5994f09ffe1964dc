"""Fetches one asset: into a hidden folder first, and in its place once it is whole and right.

The hidden folder, `.partial-dandifile`, is in the entry's own folder, so that a file only changes its name
when it is put in place. What a killed run left there is used by the next one. The folder is also a sign:
while it is there, some of what the dandiset has is not in the folder around it, and `prune` deletes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from dandifile.archive.download import ExpectedContent, download
from dandifile.archive.object_urls import ObjectUrls, blob_key
from dandifile.archive.reader import Reader
from dandifile.errors import ArchiveError, DataError
from dandifile.model import JsonObject, ZarrFile
from dandifile.organize.place import copy_next_to, move
from dandifile.pulling.comparison import Fetch
from dandifile.survey.digest import remember_digest
from dandifile.survey.placing import is_safe
from dandifile.survey.scanned_file import PARTIAL
from dandifile.survey.zarr.checksum import Root, remember_files, sum_up

_AT_ONCE = 8  # files of one Zarr
_PAGE = 1000
_MARK = """This folder is dandifile's: `dandifile pull` keeps here what has not arrived as a whole.

While it is here, the folder around it holds only a part of what the dandiset has for it, and so `prune: true`
deletes nothing on the archive. A pull that leaves nothing out removes it.
"""


@dataclass(frozen=True)
class Fetcher:
    """Fetches assets of one dandiset."""

    reader: Reader
    urls: ObjectUrls

    def fetch(self, wanted: Fetch, got: Callable[[int], None]) -> None:
        """Fetches one asset and puts it in its place. ArchiveError, DataError or OSError where that fails."""
        partial = partial_of(wanted)
        if wanted.asset.zarr:
            self._fetch_zarr(wanted, partial, got)
        else:
            self._fetch_file(wanted, partial, got)

    def _fetch_file(self, wanted: Fetch, partial: Path, got: Callable[[int], None]) -> None:
        asset, cache = wanted.asset, self.reader.cache
        known = cache.get_many("sha256-of", [asset.blob or ""])
        content = ExpectedContent(asset.path, asset.size, asset.digest, known.get(asset.blob or "", ""))
        url = self.urls.url_of(blob_key(str(asset.blob)), lambda: self.reader.content_url(asset.asset_id))
        download(content, url, partial, got)
        set_time(partial, self._date(wanted))
        put_in_place(partial, Path(wanted.file), over=wanted.over)
        remember_digest(cache, wanted.source, wanted.file, asset.digest)

    def _date(self, wanted: Fetch) -> str:
        """When the file was last changed where it came from, as far as the archive's metadata say."""
        asset_id = wanted.asset.asset_id
        metadata: JsonObject = self.reader.cache.get_many("asset", [asset_id]).get(asset_id) or {}
        date = metadata.get("blobDateModified") or metadata.get("dateModified")
        return date if isinstance(date, str) else ""

    # --- Zarrs ------------------------------------------------------------------------------------

    def _fetch_zarr(self, wanted: Fetch, partial: Path, got: Callable[[int], None]) -> None:
        """All files of a Zarr, each checked, then the whole; what is in memory is one page of its list."""
        tree, listed = partial / "tree", partial / "listed"
        for folder in (tree, partial / "part"):
            folder.mkdir(parents=True, exist_ok=True)
        with listed.open("w", encoding="utf-8") as lines, ThreadPoolExecutor(_AT_ONCE) as pool:
            files = self.reader.zarr_files(str(wanted.asset.zarr))
            while page := list(islice(files, _PAGE)):
                work = [pool.submit(self._fetch_part, wanted, partial, *one, got) for one in page]
                try:
                    sizes = [one.result() for one in work]
                finally:
                    for one in work:
                        one.cancel()
                for (path, md5), size in zip(page, sizes, strict=True):
                    lines.write(json.dumps([path, size, md5]) + "\n")
        if sum_up(_listed(listed)).digest != wanted.asset.digest:
            raise ArchiveError(
                f"{wanted.asset.path} changed on the archive while it was fetched",
                where=wanted.asset.path,
                fix="run pull again when nothing is writing to it",
            )
        _remove_strangers(tree, listed)
        _flush()
        _put_folder_in_place(tree, Path(wanted.file), partial, over=wanted.over)
        remember_files(self.reader.cache, Root(wanted.source, wanted.file), _listed(listed))
        shutil.rmtree(partial)

    def _fetch_part(
        self, wanted: Fetch, partial: Path, path: str, md5: str, got: Callable[[int], None]
    ) -> int:
        """One file of a Zarr, unless it is here already; its bytes."""
        if not is_safe(path):
            raise DataError(
                f"{wanted.asset.path} has a file whose path leads out of it: {path!r}",
                where=wanted.asset.path,
                fix="tell the dandiset's owners",
            )
        file = partial / "tree" / path
        if file.is_file() and _md5_of(file) == md5:
            size = file.stat().st_size
            got(size)
            return size
        part = partial / "part" / hashlib.sha256(path.encode()).hexdigest()[:32]
        content = ExpectedContent(f"{wanted.asset.path}/{path}", None, md5=md5)
        zarr = str(wanted.asset.zarr)
        url = self.urls.url_of(f"zarr/{zarr}/{path}", lambda: self.reader.zarr_file_url(zarr, path))
        size = download(content, url, part, got, flush=False)
        set_time(part, self._date(wanted))
        file.parent.mkdir(parents=True, exist_ok=True)
        part.replace(file)
        return size


def _listed(file: Path) -> Iterator[ZarrFile]:
    with file.open(encoding="utf-8") as lines:
        yield from (ZarrFile(*json.loads(line)) for line in lines)


def _md5_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _remove_strangers(tree: Path, listed: Path) -> None:
    """Deletes what an earlier run fetched and the Zarr no longer has."""
    if sum(1 for _ in _files_in(tree)) == sum(1 for _ in _listed(listed)):
        return
    wanted = {file.path for file in _listed(listed)}
    for file in _files_in(tree):
        if file.relative_to(tree).as_posix() not in wanted:
            file.unlink()


def _files_in(folder: Path) -> Iterator[Path]:
    for here, _, names in os.walk(folder):
        yield from (Path(here, name) for name in names)


# --- On the disk ------------------------------------------------------------------------------------


def partial_of(wanted: Fetch) -> Path:
    """Where an asset is while it arrives: another content has another place."""
    name = hashlib.sha256(f"{wanted.asset.path} {wanted.asset.digest}".encode()).hexdigest()[:32]
    return Path(wanted.folder) / PARTIAL / name


def mark_incomplete(folder: str) -> None:
    """Says, in the folder itself, that it does not hold all that it should."""
    place = Path(folder) / PARTIAL
    place.mkdir(parents=True, exist_ok=True)
    for name, text in ((".gitignore", "*\n"), ("README.txt", _MARK)):
        if not (place / name).exists():
            (place / name).write_text(text, "utf-8")


def unmark(folder: str) -> None:
    """The folder holds all that it should: what unfinished runs left there is of no use any more."""
    shutil.rmtree(Path(folder) / PARTIAL, ignore_errors=True)


def bytes_here(wanted: Fetch) -> int:
    """How much of an asset an earlier run left; of a Zarr 0, which is looked at file by file."""
    partial = partial_of(wanted)
    return min(partial.stat().st_size, wanted.asset.size) if partial.is_file() else 0


def set_time(file: Path, date: str) -> None:
    """Gives a file the time of the original, where it is known: so a later change always shows."""
    try:
        moment = datetime.fromisoformat(date).timestamp()
    except ValueError:
        return
    os.utime(file, (moment, moment))


def put_in_place(partial: Path, target: Path, *, over: bool) -> None:
    """Gives a finished file its name. FileExistsError where something is there, and `over` is not set."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not over:
        move(partial, target)
        return
    try:
        partial.replace(target)
    except OSError:  # on another disk
        with copy_next_to(partial, target) as near:
            near.replace(target)
        partial.unlink()


def _put_folder_in_place(tree: Path, target: Path, partial: Path, *, over: bool) -> None:
    """The same of a Zarr. What was there is deleted once the new one is in its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if over and target.exists():
        before = partial / "before"
        shutil.rmtree(before, ignore_errors=True)
        target.rename(before)
    tree.rename(target)


def _flush() -> None:
    """Has the system write all that it holds to the disk, where it can be asked for that."""
    if hasattr(os, "sync"):
        os.sync()
