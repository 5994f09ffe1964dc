"""Reads one object of the archive's store into a file: resumed where it broke off, checked when it is whole.

Why not the dandi package's downloader (0.81)? It gives a file its name before the digest is compared, so that
a damaged one is data for a moment and, after a kill, for good; it deletes a file that is where a folder is
needed, and a folder that is where a file is needed; a Zarr is changed in place; and a resumed file is read
twice. Here a file gets its name only when all of it is known to be right, nothing is deleted, and the digest
is computed while the bytes arrive.

A signed URL is a password for some hours: no message shows it, and one that has expired is asked for again.
The API key is never sent here.
"""

from __future__ import annotations

import functools
import hashlib
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO, Protocol

from dandifile.archive.api import UnreachedError, answer_of
from dandifile.digests import etag_of
from dandifile.errors import ArchiveError
from dandifile.net.connections import Connections, Response, Timeouts
from dandifile.net.retry import Patience
from dandifile.net.urls import is_loopback

_TIMEOUTS = Timeouts(connect=10.0, first=60.0, silence=60.0, total=math.inf)
PATIENCE = Patience(attempts=8, total=600.0)
_BLOCK = 1 << 20
_RENEWALS = 3  # of a URL, one after another without a byte in between
_STORE = "the archive's object store"
_STALE = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
"""What S3 answers to a URL that has expired, or that never was the object's."""


class Digest(Protocol):
    """As of `hashlib`."""

    def update(self, block: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


@dataclass(frozen=True)
class ExpectedContent:
    """What is to arrive: so many bytes (None: not known), with the digests that are known."""

    name: str  # in messages
    size: int | None
    etag: str = ""  # dandi-etag
    sha256: str = ""
    md5: str = ""

    def digests(self) -> list[tuple[Digest, str]]:
        """New digests, each with what it must come to."""
        found: list[tuple[Digest, str]] = []
        if self.etag and self.size is not None:
            found.append((_Etag(self.size), self.etag))
        if self.sha256:
            found.append((hashlib.sha256(), self.sha256))
        if self.md5:
            found.append((_md5(), self.md5))
        return found


def download(  # noqa: PLR0913 - what, from where, into what, and how
    content: ExpectedContent,
    url: Callable[[], str],
    file: Path,
    got: Callable[[int], None],
    *,
    flush: bool = True,
    patience: Patience = PATIENCE,
) -> int:
    """Fill `file` with the content, from where an earlier run ended; returns its bytes.

    `url` asks the archive where the content is. `got` gets the bytes that arrived, also those that were here
    already, and negative ones for those that have to arrive again. ArchiveError where the content cannot be
    had or is not what it should be; the file is then gone, if what is in it is wrong. OSError of the disk.
    With `flush` the file is on the disk afterwards, whatever happens to this machine.
    """
    with _open(file) as opened:
        arriving = _Arriving(content, opened, got)
        arriving.take_in_what_is_here()
        if arriving.is_whole and not arriving.is_right:  # damaged by whatever ended the earlier run
            arriving.restart()
        _receive_all(arriving, url, patience)
        if not arriving.is_right:
            arriving.restart()
            _receive_all(arriving, url, patience)
        right = arriving.is_right
        if flush:
            opened.flush()
            os.fsync(opened.fileno())
    if not right:
        file.unlink(missing_ok=True)
        raise ArchiveError(
            f"{content.name} arrived twice with another digest than the archive gives",
            where=content.name,
            fix="run again; if it fails again, write to the archive's help desk",
        )
    return arriving.done


class _Etag:
    """The dandi-etag of a content that comes in blocks.

    dandischema's own class holds a whole part, 64 MiB, and copies it with each block.
    """

    def __init__(self, size: int) -> None:
        from dandischema.digests.dandietag import PartGenerator

        self._sizes = (part.size for part in PartGenerator.for_file_size(size))
        self._left = next(self._sizes)
        self._part = _md5()
        self._sums: list[str] = []

    def update(self, block: bytes) -> None:
        rest = memoryview(block)
        while rest:
            self._part.update(rest[: self._left])
            taken = min(self._left, len(rest))
            self._left -= taken
            rest = rest[taken:]
            if not self._left:
                self._sums.append(self._part.hexdigest())
                self._left, self._part = next(self._sizes, 0), _md5()

    def hexdigest(self) -> str:
        return etag_of(self._sums)


def _md5() -> hashlib._Hash:
    return hashlib.md5(usedforsecurity=False)


class _Arriving:
    """A file that is being filled, and the digests of what is in it so far."""

    def __init__(self, content: ExpectedContent, opened: IO[bytes], got: Callable[[int], None]) -> None:
        self.content = content
        self._opened = opened
        self._got = got
        self._digests = content.digests()
        self.done = 0
        self._ended = False

    @property
    def is_whole(self) -> bool:
        size = self.content.size
        return self._ended if size is None else self.done == size

    @property
    def is_right(self) -> bool:
        return self.is_whole and all(digest.hexdigest() == wanted for digest, wanted in self._digests)

    def take_in_what_is_here(self) -> None:
        """Count and digest what an earlier run left. Without a known size that is not worth it."""
        size = self.content.size
        if size is None:
            self._opened.truncate(0)
            return
        self._opened.seek(0)
        while self.done < size and (block := self._opened.read(min(_BLOCK, size - self.done))):
            self._count(block)
        self._opened.truncate(self.done)

    def restart(self) -> None:
        self._got(-self.done)
        self._opened.seek(0)
        self._opened.truncate(0)
        self._digests = self.content.digests()
        self.done = 0
        self._ended = False

    def begin(self, head: Response) -> Callable[[bytes], None]:
        """Takes a body from where it begins: where this file ends, or, if the store ignores ranges, at 0."""
        start = f"bytes {self.done}-"
        if head.status != HTTPStatus.PARTIAL_CONTENT:
            if self.done:
                self.restart()
        elif not head.headers.get("Content-Range", "").startswith(start):
            raise self.oddity(f"another range than the one from byte {self.done} on")
        return self.take

    def take(self, block: bytes) -> None:
        size = self.content.size
        if size is not None and self.done + len(block) > size:
            raise self.oddity(f"more than its {size:,} bytes")
        self._opened.write(block)
        self._count(block)

    def end(self) -> None:
        """The body came to its end."""
        self._ended = True

    def oddity(self, what: str) -> ArchiveError:
        return ArchiveError(
            f"{_STORE} sends {what}", where=self.content.name, fix="check the network's proxy, then run again"
        )

    def _count(self, block: bytes) -> None:
        for digest, _ in self._digests:
            digest.update(block)
        self.done += len(block)
        self._got(len(block))


def _receive_all(arriving: _Arriving, url: Callable[[], str], patience: Patience) -> None:
    """Ask for the rest until it is here. A connection that breaks after some bytes is no failure."""
    renewals = 0
    place = ""
    while not arriving.is_whole:
        before = arriving.done
        place = place or url()
        try:
            response = _receive_rest(arriving, place, patience)
        except UnreachedError:
            if arriving.done == before:
                raise
            continue
        if response.is_success:
            if not arriving.is_whole and arriving.done == before:
                raise arriving.oddity("less than all of it")
        elif response.status in _STALE and renewals < _RENEWALS:
            place = ""
            renewals += 1
        else:
            raise _refusal(response, arriving.content)
        renewals = 0 if arriving.done > before else renewals


def _receive_rest(arriving: _Arriving, url: str, patience: Patience) -> Response:
    """One answer of the store that another try would not better; what arrived of it is in the file."""
    connections = _connections(is_loopback(url))

    def receive() -> Response:
        headers = {"Range": f"bytes={arriving.done}-"} if arriving.done else {}
        response = connections.receive(url, _TIMEOUTS, arriving.begin, headers)
        if response.is_success:
            arriving.end()
        return response

    return answer_of(receive, url, patience, server=_STORE)


@functools.cache
def _connections(loopback: bool) -> Connections:
    """One pool for all downloads, without a key."""
    return Connections("http://localhost" if loopback else "", block=_BLOCK)


def _open(file: Path) -> IO[bytes]:
    """For reading and writing, made if it is not there, and never emptied by that."""
    return os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666), "r+b")


_REASONS = {403: "does not let you read it", 404: "does not have it", 429: "gets too many requests"}


def _refusal(response: Response, content: ExpectedContent) -> ArchiveError:
    return ArchiveError(
        f"{_STORE} {_REASONS.get(response.status, 'does not send it')} ({response.status})",
        status=response.status,
        where=content.name,
        fix="run again; what has arrived is kept",
    )
