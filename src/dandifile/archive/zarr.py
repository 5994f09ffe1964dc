"""How a Zarr gets to the archive: only files that the archive lacks, or has with other content, are sent.

A Zarr on the archive is a row with a name and files; its checksum is computed when it is finalized
(docs/archive-api.md 4.6). After a kill at any point, the next run finds the row by its name, compares its
files, and goes on: what was sent is not sent again. Both lists come sorted, so that neither is in memory as a
whole.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from dandifile.archive.objectstore import ExpiredError, Piece, put_part
from dandifile.archive.transfer import Sent, map_in_threads
from dandifile.archive.writer import Writer
from dandifile.errors import ArchiveError
from dandifile.model import JsonObject, ZarrFile
from dandifile.words import quantity

FILES_AT_ONCE = 8
"""Files of one Zarr that are sent at the same time."""

_URLS = 255  # files for which URLs are asked at once; URLs age while they wait for their turn
_DELETIONS = 100  # files that are deleted at once
_ROUNDS = 3  # comparisons of a Zarr, and attempts at a batch whose URLs expire
_PATIENCE = 3600.0  # seconds for the archive to compute the checksum of a Zarr
_WAITS = (0.1, 10.0)  # seconds: the first and the longest between two looks

_JSON = frozenset({".zarray", ".zattrs", ".zgroup", ".zmetadata", "zarr.json"})  # viewers read these

_INGESTING = ("Uploaded", "Ingesting")
_COMPLETE = "Complete"


@dataclass(frozen=True)
class LocalZarr:
    """A Zarr on this machine: `files` reads its list, sorted by the bytes of the paths, at every call."""

    folder: Path
    digest: str  # dandi-zarr-checksum
    files: Callable[[], Iterable[ZarrFile]]


SendBatches: TypeAlias = Callable[[Iterator[Sequence[ZarrFile]]], Iterable[int]]
"""Sends batches of one Zarr's files, each as `send_files` does, and gives the bytes of each."""


def zarr_for(writer: Writer, path: str) -> str:
    """The id of the row for the Zarr of an asset that will be created at `path`; it is created if needed.

    A row keeps its name when its asset is moved, and reusing it would overwrite that asset's
    content. So a row in use is skipped, and the next name is the path with a number.
    """
    in_use: set[str | None] | None = None
    for number in itertools.count(1):
        name = path if number == 1 else f"{path} ({number})"
        row = writer.reader.zarr_named(name)
        if row is None:
            return writer.create_zarr(name)
        if in_use is None:
            in_use = {asset.zarr for asset in writer.reader.assets().values()}
        if row["zarr_id"] not in in_use:
            return str(row["zarr_id"])
    raise AssertionError("numbers do not end")


def fill_zarr(
    writer: Writer,
    zarr: str,
    wanted: LocalZarr,
    progress: Callable[[int], None] | None = None,
    *,
    send: SendBatches | None = None,
) -> int:
    """Make the files on the archive the same as here, and return the bytes that were sent.

    `send` has other processes send them; without it they are sent from here, and `progress` gets their
    bytes. Returns once the archive has the planned checksum. DataError if a file has changed; ArchiveError if
    the archive computes another checksum, or does not finish.
    """

    def from_here(batches: Iterator[Sequence[ZarrFile]]) -> Iterator[int]:
        return (send_files(writer, zarr, wanted.folder, batch, progress) for batch in batches)

    total = 0
    for _ in range(_ROUNDS):
        row = _wait_for_checksum(writer, zarr)
        if row["status"] == _COMPLETE and row["checksum"] == wanted.digest:
            return total
        differing = _Comparison(writer, zarr, wanted)
        total += sum((send or from_here)(differing.batches()))
        if row["status"] == _COMPLETE and not differing.any:
            break
        writer.finalize_zarr(zarr)
    row = _wait_for_checksum(writer, zarr)
    if row["checksum"] == wanted.digest:
        return total
    raise ArchiveError(
        f"the checksum of {wanted.folder.name} is {row['checksum']} on the archive and {wanted.digest} here",
        where=str(wanted.folder),
        fix="run again when nothing else is writing to this Zarr",
    )


def _wait_for_checksum(writer: Writer, zarr: str) -> JsonObject:
    """The row, once the archive is no longer computing its checksum."""
    started = time.monotonic()
    wait, longest = _WAITS
    while (row := writer.reader.zarr(zarr))["status"] in _INGESTING:
        if time.monotonic() - started > _PATIENCE:
            raise ArchiveError(
                f"the archive has been computing the checksum of {row['name']} for more than an hour",
                where=row["name"],
                fix="run again later; all files are sent",
            )
        time.sleep(wait)
        wait = min(longest, wait * 1.5)
    return row


@dataclass
class _Comparison:
    """One comparison of a Zarr's files here with those on the archive."""

    writer: Writer
    zarr: str
    wanted: LocalZarr
    any: bool = False

    def batches(self) -> Iterator[Sequence[ZarrFile]]:
        """Files that have to be sent. What only the archive has is deleted on the way."""
        lacking: list[ZarrFile] = []
        extra: list[str] = []
        for file, path in differences(self.wanted.files(), self.writer.reader.zarr_files(self.zarr)):
            self.any = True
            if file is not None:
                lacking.append(file)
            else:
                extra.append(path)
            if len(lacking) == _URLS:
                yield lacking
                lacking = []
            if len(extra) == _DELETIONS:
                self.writer.delete_zarr_files(self.zarr, extra)
                extra = []
        if lacking:
            yield lacking
        if extra:
            self.writer.delete_zarr_files(self.zarr, extra)


def differences(
    here: Iterable[ZarrFile], there: Iterable[tuple[str, str]]
) -> Iterator[tuple[ZarrFile | None, str]]:
    """(file to send, its path) or (None, path to delete), from two lists sorted by path.

    `there` has (path, MD5 in hex).
    """
    local, remote = iter(here), iter(there)
    file, object_ = next(local, None), next(remote, None)
    while file or object_:
        if object_ is None or (file is not None and file.path < object_[0]):
            assert file is not None
            yield file, file.path
            file = next(local, None)
        elif file is None or object_[0] < file.path:
            yield None, object_[0]
            object_ = next(remote, None)
        else:
            if file.md5 != object_[1]:
                yield file, file.path
            file, object_ = next(local, None), next(remote, None)


def send_files(
    writer: Writer,
    zarr: str,
    folder: Path,
    files: Sequence[ZarrFile],
    progress: Callable[[int], None] | None = None,
) -> int:
    """Send one batch and return its bytes. Files whose URLs expire get new ones."""
    sent = Sent(progress)
    for _ in range(_ROUNDS):
        urls = writer.zarr_urls(zarr, list(files))
        files = _put_all(urls, files, folder, sent)
        if not files:
            return sent.total
    raise ArchiveError(
        f"{quantity(len(files), 'file')} of {folder.name} could not be sent: their URLs expire at once",
        where=str(folder),
        fix="check this machine's clock, and run again",
    )


def _put_all(urls: Sequence[str], files: Sequence[ZarrFile], folder: Path, sent: Sent) -> list[ZarrFile]:
    """Send each file to its URL, and return the files whose URLs were too old."""

    def put(url: str, file: ZarrFile) -> bool:
        try:
            put_part(url, Piece(folder / file.path, 0, file.size, file.md5, _content_type(file)), sent)
        except ExpiredError:
            return False
        return True

    done = map_in_threads(FILES_AT_ONCE, put, urls, files)
    return [file for file, well in zip(files, done, strict=True) if not well]


def _content_type(file: ZarrFile) -> str:
    return "application/json" if file.path.rpartition("/")[2] in _JSON else ""
