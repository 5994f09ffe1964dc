"""The object store behind an archive: signed URLs that take the parts of a file and join them.

A signed URL is a password, so no message shows it. The API key is never sent here, and no redirect is
followed: data go where the archive says, and another server's ETag says nothing about what the store has.
"""

from __future__ import annotations

import functools
import hashlib
import html
import math
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, urlsplit

from dandifile import waits
from dandifile.archive.api import answer_of
from dandifile.errors import ArchiveError, DataError
from dandifile.net.connections import Connections, Response, Timeouts
from dandifile.net.retry import Patience
from dandifile.net.urls import is_loopback

_CONNECT, _FIRST, _PUT, _JOIN = 10.0, 20.0, 90.0, 300.0
"""Seconds to connect, and for the store to answer once it has everything: the first time in this run, later
on, and when parts are to be joined, which takes long."""

_SLOWEST = 500_000
"""Bytes per second, at least: a proxy may take a whole part before it passes it on to the store."""

PATIENCE = Patience(attempts=8, total=3600.0)
"""A part may take minutes to send, so the number of attempts is the bound that counts."""

_BLOCK = 1 << 20

_STORE = "the archive's object store"

_MD5 = re.compile(r"[0-9a-f]{32}")

TRIES = 4
"""How often one part is sent, or parts are joined, if it arrives damaged."""


class ExpiredError(ArchiveError):
    """A signed URL is no longer valid: ask the archive for new ones."""


@dataclass(frozen=True)
class Piece:
    """A part of a file: `size` bytes from `start` on.

    `md5` (hex) is for a URL that takes one content only. `kind` is the MIME type that readers of the
    object get.
    """

    file: Path
    start: int
    size: int
    md5: str = ""
    kind: str = ""


class Stream:
    """A piece, read once; looks like an open file to `requests`.

    `sent` gets the bytes of every block, and `all_sent` is called after the last one. DataError if the
    file ends early.
    """

    def __init__(
        self,
        piece: Piece,
        opened: IO[bytes],
        sent: Callable[[int], None],
        all_sent: Callable[[], None] = lambda: None,
    ) -> None:
        opened.seek(piece.start)
        self._all_sent = all_sent
        self._piece = piece
        self._opened = opened
        self._sent = sent
        self.done = 0

    def __len__(self) -> int:
        return self._piece.size

    def read(self, most: int = -1) -> bytes:
        left = self._piece.size - self.done
        wanted = left if most < 0 else min(most, left)
        block = self._opened.read(wanted)
        if wanted and not block:
            raise DataError(
                f"{self._piece.file.name} became shorter while it was being sent",
                where=str(self._piece.file),
                fix="run plan again when nothing is writing to it",
            )
        self.done += len(block)
        self._sent(len(block))
        if block and self.done == self._piece.size:
            self._all_sent()
        return block

    def unsend(self) -> None:
        """Take back the bytes that were reported: the piece has to be sent again."""
        self._sent(-self.done)
        self.done = 0


def put_part(url: str, piece: Piece, sent: Callable[[int], None], patience: Patience = PATIENCE) -> str:
    """Send one part and return the MD5 of what the store received: the piece's `md5`, if it has one.

    ExpiredError if the URL is too old, DataError if the file no longer has the piece's `md5`.
    `sent` gets the bytes of every block, negative for those that have to be sent again.
    """
    for _ in range(TRIES):
        response, stream = _put(url, piece, sent, patience)
        stored = response.headers.get("ETag", "").strip('"')
        # What answers with anything but an MD5 is not the store, and only the store knows what has arrived.
        if response.is_success and _MD5.fullmatch(stored) and stored == (piece.md5 or stored):
            return stored
        stream.unsend()
        if response.status == HTTPStatus.FORBIDDEN:
            raise ExpiredError("the URL to send a part to is no longer valid", status=403)
        if piece.md5 and md5_of(piece) != piece.md5:
            raise DataError(
                f"{piece.file.name} was changed since the plan was made",
                where=str(piece.file),
                fix="run plan again and look at it",
            )
        if not (response.is_success or _error_code(response.text) == "RequestTimeout"):
            raise _refusal(response)
    raise damage_error(piece.file)


def md5_of(piece: Piece) -> str:
    """The MD5, in hex, of what a piece holds now."""
    md5 = hashlib.md5(usedforsecurity=False)
    with _open(piece.file) as opened:
        stream = Stream(piece, opened, lambda _: None)
        while stream.done < piece.size:
            md5.update(stream.read(_BLOCK))
    return md5.hexdigest()


def damage_error(file: Path) -> ArchiveError:
    """The error for a file that was sent often enough."""
    return ArchiveError(
        f"{file.name} arrives damaged at the object store",
        where=str(file),
        fix="check the network and the disk, then run again",
    )


def join_parts(url: str, body: str, patience: Patience = PATIENCE) -> str | None:
    """Have the store make one object of the parts and return its ETag.

    None if the store does not know the upload: it was joined before. The store can answer
    200 and say in the body that it failed.
    """
    timeouts = Timeouts(_CONNECT, _JOIN, _JOIN, math.inf)
    connections = _connections(is_loopback(url))
    send = functools.partial(connections.send, "POST", url, timeouts, body=body.encode())
    for _ in range(TRIES):
        with waits.say_if_slow(url, _JOIN) as all_sent:
            all_sent()
            response = answer_of(send, url, patience, server=_STORE)
        etag = re.search(r"<(?:\w+:)?ETag>\s*(.*?)\s*</", response.text)
        if response.is_success and etag:
            return html.unescape(etag[1]).strip('"')
        code = _error_code(response.text)
        if code == "NoSuchUpload":
            return None
        if response.status == HTTPStatus.FORBIDDEN:
            raise ExpiredError("the URL to join the parts at is no longer valid", status=403)
        if code not in ("InternalError", "SlowDown", "ServiceUnavailable"):
            raise _refusal(response)
    raise _refusal(response)


def _headers(url: str, piece: Piece) -> dict[str, str]:
    """The type, and what the signature of a URL for one whole file covers (docs/archive-api.md 4.6)."""
    headers = {"Content-Type": piece.kind} if piece.kind else {}
    if piece.md5:
        headers["Content-MD5"] = b64encode(bytes.fromhex(piece.md5)).decode()
    signed = parse_qs(urlsplit(url).query).get("X-Amz-SignedHeaders", [""])[0]
    if "x-amz-tagging" in signed.split(";"):
        headers["x-amz-tagging"] = "embargoed=true"
    return headers


def _put(url: str, piece: Piece, sent: Callable[[int], None], patience: Patience) -> tuple[Response, Stream]:
    """Send a part until the store answers; its last answer, and the stream that it got."""
    streams: list[Stream] = []
    headers, connections = _headers(url, piece), _connections(is_loopback(url))
    silence = (_PUT if connections.has_answered(url) else _FIRST) + piece.size / _SLOWEST
    timeouts = Timeouts(_CONNECT, silence, silence, math.inf)

    def send() -> Response:
        if streams:
            streams[-1].unsend()
        with _open(piece.file) as opened, waits.say_if_slow(url, silence) as all_sent:
            streams.append(Stream(piece, opened, sent, all_sent))
            # An empty stream would be sent in chunks, which the store does not take.
            body = streams[-1] if piece.size else b""
            return connections.send("PUT", url, timeouts, body=body, headers=headers)

    response = answer_of(send, url, patience, server=_STORE)
    return response, streams[-1]


def _open(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        raise DataError(
            f"{file} cannot be read: {error.strerror}",
            where=str(file),
            fix="make it readable, then run again",
        ) from None


@functools.cache
def _connections(loopback: bool) -> Connections:
    """One pool for all transfers, without a key. Files are read in blocks larger than the usual 16 kB."""
    return Connections("http://localhost" if loopback else "", block=_BLOCK)


def _host(location: str) -> str:
    try:
        return urlsplit(location).netloc or "another place"
    except ValueError:
        return "a place that is not a URL"


def _error_code(xml: str) -> str:
    found = re.search(r"<(?:\w+:)?Code>\s*(.*?)\s*</", xml)
    return found[1] if found else ""


def _refusal(response: Response) -> ArchiveError:
    status = response.status
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        place = _host(response.headers.get("Location", ""))
        return ArchiveError(
            f"the object store redirects the data to {place} ({status}), which dandifile does not follow",
            status=status,
            where=response.place,
            fix="check the network's proxy; if it stays so, tell the archive's help desk",
        )
    message = re.search(r"<(?:\w+:)?Message>\s*(.*?)\s*</", response.text)
    reason = html.unescape(message[1]) if message else _error_code(response.text)
    return ArchiveError(
        f"the object store refuses the data ({status}){f': {reason}' if reason else ''}",
        status=status,
        where=response.place,
        fix="run again",
    )
