"""How a file gets to the archive: only content that it lacks is sent, in parts, several at a time.

The archive prescribes the order of the requests (docs/archive-api.md 4.4): initialize, the parts, complete,
join, validate. After a kill at any point, the next run ends with one blob: an upload that was
joined is only validated, another one is begun again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from dandifile.archive.objectstore import (
    TRIES,
    ExpiredError,
    Piece,
    damage_error,
    join_parts,
    md5_of,
    put_part,
)
from dandifile.archive.reader import Reader
from dandifile.archive.writer import BegunUpload, Part, Writer
from dandifile.digests import etag_of
from dandifile.errors import ArchiveError, BlockedError, DataError
from dandifile.model import OPEN, JsonObject

T = TypeVar("T")

PARTS_AT_ONCE = 4
"""Parts of one file that are sent at the same time."""

_ROUNDS = 3
"""Times an upload is begun: its URLs can expire, or somebody else can finish the same content first."""

_BAD_REQUEST = 400

ON_ARCHIVE = "content already on the archive"
LEFT_BEHIND = "sent by an earlier run, which was interrupted"


@dataclass(frozen=True)
class Upload:
    """The blob that has the content now. `reason` says why nothing had to be sent."""

    blob: str
    sent_bytes: int
    reused: bool
    reason: str = ""


class Sent:
    """Counts bytes from all threads of one file and passes them on."""

    def __init__(self, progress: Callable[[int], None] | None) -> None:
        self.total = 0
        self._progress = progress
        self._lock = Lock()

    def __call__(self, count: int) -> None:
        with self._lock:
            self.total += count
        if self._progress is not None:
            self._progress(count)


def upload(
    writer: Writer,
    path: Path,
    size: int,
    digest: str,
    progress: Callable[[int], None] | None = None,
) -> Upload:
    """Bring the content of a file to the archive; nothing is attached to the draft.

    `digest` is the dandi-etag that was planned: DataError if the file no longer has it.
    BlockedError if reusing a blob would release embargoed data. `progress` gets the
    bytes of each block sent, negative if they have to be sent again.
    """
    _check_size(path, size)
    left = _find_sent_blob(writer, size, digest)
    if left is not None:
        return Upload(left, 0, reused=True, reason=LEFT_BEHIND)
    sent = Sent(progress)
    for _ in range(_ROUNDS):
        begun = writer.initialize(size, digest)
        if isinstance(begun, str):
            refuse_release(writer.reader, begun, path)
            return Upload(begun, sent.total, reused=True, reason=ON_ARCHIVE)
        try:
            _send(writer, begun, path, digest, sent)
        except ExpiredError:
            sent(-sent.total)  # the store binds parts to their upload: the new one needs them all
            continue
        blob = writer.validate(begun.upload_id)
        if blob is not None:
            return Upload(blob, sent.total, reused=False)
    raise ArchiveError(
        f"the archive did not take {path.name}: its upload was begun {_ROUNDS} times and lost each time",
        where=str(path),
        fix="run again later",
    )


def refuse_release(reader: Reader, blob: str, path: Path) -> None:
    """Stop before a blob of an embargoed dandiset is made public by its use in an open one.

    The archive would release the blob for everyone, without a warning. Only this user's own
    embargoed dandisets can be known.
    """
    if reader.dandiset()["embargo_status"] != OPEN or blob not in reader.embargoed_blobs():
        return
    if blob not in {asset.blob for asset in reader.assets().values()}:
        raise BlockedError(
            f"{path.name} is in an embargoed dandiset of yours: adding it to {reader.identifier}, which is "
            "open, would release it for everyone",
            where=str(path),
            fix=f"unembargo that dandiset first, or leave the file out of {reader.identifier}",
        )


def _find_sent_blob(writer: Writer, size: int, digest: str) -> str | None:
    """The blob of an upload of which an interrupted run left only the last request to do, if there is one."""
    for begun in writer.reader.open_uploads():
        if (begun["etag"], begun["size"]) == (digest, size):
            try:
                return writer.validate(begun["upload_id"])
            except ArchiveError as error:
                if error.status != _BAD_REQUEST:  # 400: not all of it is there
                    raise
    return None


def _send(writer: Writer, begun: BegunUpload, path: Path, digest: str, sent: Sent) -> None:
    """Send all parts and have them joined, if they make up the planned content."""
    md5s = _send_parts(begun.parts, path, digest, sent)
    parts: list[JsonObject] = [
        {"part_number": part.number, "size": part.size, "etag": md5}
        for part, md5 in zip(begun.parts, md5s, strict=True)
    ]
    joined = join_parts(*writer.complete(begun.upload_id, parts))
    if joined not in (None, digest):
        raise ArchiveError(
            f"the object store has other content for {path.name}: {joined} instead of {digest}",
            where=str(path),
            fix="run again",
        )


def _send_parts(parts: tuple[Part, ...], path: Path, digest: str, sent: Sent) -> list[str]:
    """The MD5s of the parts on the store, in order: they make up the digest.

    The store computes the MD5s of what it receives. Only if they are not as planned are they computed
    here: either the file has changed, or parts were damaged on the way and are sent again.
    """
    ends = accumulate(part.size for part in parts)
    pieces = [Piece(path, end - part.size, part.size) for part, end in zip(parts, ends, strict=True)]

    def put(part: Part, piece: Piece) -> str:
        return put_part(part.url, piece, sent)

    there = map_in_threads(PARTS_AT_ONCE, put, parts, pieces)
    for _ in range(TRIES - 1):
        if etag_of(there) == digest:
            break
        here = map_in_threads(PARTS_AT_ONCE, md5_of, pieces)
        if etag_of(here) != digest:
            raise _changed_error(path)
        for number, (part, piece) in enumerate(zip(parts, pieces, strict=True)):
            if there[number] != here[number]:
                sent(-piece.size)
                there[number] = put(part, piece)
    if etag_of(there) != digest:
        raise damage_error(path)
    return there


def map_in_threads(width: int, do: Callable[..., T], *arguments: Sequence[Any]) -> list[T]:
    """What `do` gives for each, in order. The first failure stops those that have not started."""
    with ThreadPoolExecutor(width) as pool:
        futures = [pool.submit(do, *each) for each in zip(*arguments, strict=True)]
        try:
            return [future.result() for future in futures]
        finally:
            pool.shutdown(cancel_futures=True)


def _check_size(path: Path, size: int) -> None:
    try:
        now = path.stat().st_size
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror}",
            where=str(path),
            fix="put the file back, or run plan again",
        ) from None
    if now != size:
        raise _changed_error(path)


def _changed_error(path: Path) -> DataError:
    return DataError(
        f"{path.name} was changed since the plan was made; nothing was attached",
        where=str(path),
        fix="run plan again and look at it",
    )
