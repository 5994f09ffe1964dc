"""Content on disk: a file under its own name is complete.

It was written elsewhere, flushed to the disk, and renamed.

    uploads/<upload id>                       the parts of an upload, each at its own place
    blobs/<3 digits>/<3 digits>/<blob id>
    zarr/<2 digits>/<object id>               one file of a zarr; the database knows its path
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from collections import defaultdict
from collections.abc import AsyncIterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from anyio import to_thread

_MIB = 1024 * 1024
PART_SIZE = 64 * _MIB
_MAX_PARTS = 10_000
_BLOCK = _MIB  # what is hashed and written at once


def part_sizes(size: int) -> list[int]:
    """How an upload of `size` bytes is cut, as the archive and the dandi-etag do it."""
    length = PART_SIZE
    if -(-size // length) >= _MAX_PARTS:
        length = -(-size // _MAX_PARTS)
    whole, rest = divmod(size, length)
    return [length] * whole + ([rest] if rest else [])


def multipart_etag(md5s: list[str]) -> str:
    joined = b"".join(map(bytes.fromhex, md5s))
    return f"{hashlib.md5(joined, usedforsecurity=False).hexdigest()}-{len(md5s)}"


class RevokedError(Exception):
    """Another writer has taken over here, or writing has ended."""


class Claim:
    """The right to write one part. It ends when that part is sent again, or the parts are put together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revoked = False

    def revoke(self) -> None:
        """Returns once nothing is written under this claim any more."""
        with self._lock:
            self._revoked = True

    @contextmanager
    def held(self) -> Iterator[None]:
        """The claim is valid until the block ends; RevokedError where it is not."""
        with self._lock:
            if self._revoked:
                raise RevokedError
            yield


class ObjectStore:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._claims: dict[str, dict[int, Claim]] = defaultdict(dict)  # by upload and part
        self._claiming = threading.Lock()
        (root / "uploads").mkdir(parents=True, exist_ok=True)

    def upload(self, upload_id: str) -> Path:
        return self.root / "uploads" / upload_id

    def blob(self, blob_id: str) -> Path:
        return self.root / "blobs" / blob_id[:3] / blob_id[3:6] / blob_id

    def zarr_file(self, object_id: str) -> Path:
        return self.root / "zarr" / object_id[:2] / object_id

    def claim(self, upload_id: str, number: int) -> Claim:
        """Of several who send the same part, the last one writes it."""
        with self._claiming:
            before, claim = self._claims[upload_id].get(number), Claim()
            self._claims[upload_id][number] = claim
        if before:
            before.revoke()
        return claim

    def give_up(self, upload_id: str, number: int, claim: Claim) -> None:
        with self._claiming:
            claims = self._claims.get(upload_id, {})
            if claims.get(number) is claim:
                del claims[number]
            if not claims:
                self._claims.pop(upload_id, None)

    async def write_part(
        self, upload_id: str, offset: int, body: AsyncIterable[bytes], claim: Claim
    ) -> tuple[str, int]:
        """Writes one part at its place and flushes it; returns its MD5 (hex) and size.

        RevokedError once the claim to the part has ended.
        """
        return await _write(self.upload(upload_id), offset, body, claim)

    async def write_zarr_file(self, body: AsyncIterable[bytes]) -> tuple[str, str, int]:
        """Returns the new object's id, its MD5 (hex) and size."""
        object_id = uuid4().hex
        file = self.zarr_file(object_id)
        await to_thread.run_sync(lambda: file.parent.mkdir(parents=True, exist_ok=True))
        temporary = file.with_suffix(".part")
        try:
            md5, size = await _write(temporary, 0, body, Claim())
            temporary.rename(file)
        finally:
            temporary.unlink(missing_ok=True)
        return object_id, md5, size

    def complete(self, upload_id: str, size: int) -> None:
        """The first `size` bytes of an upload's parts become the blob of the same id, which never changes."""
        with self._claiming:
            claims = list(self._claims.pop(upload_id, {}).values())
        for claim in claims:
            claim.revoke()
        target = self.blob(upload_id)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            if self.upload(upload_id).stat().st_size != size:
                os.truncate(self.upload(upload_id), size)
            self.upload(upload_id).rename(target)
            _flush_folder(target.parent)

    def remove(self, *files: Path) -> None:
        for file in files:
            file.unlink(missing_ok=True)

    def sha256(self, blob_id: str) -> str:
        with self.blob(blob_id).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


async def _write(file: Path, offset: int, body: AsyncIterable[bytes], claim: Claim) -> tuple[str, int]:
    """While one block is hashed and written, the next one arrives."""
    writer = await to_thread.run_sync(_Writer, file, offset, claim)
    writing: asyncio.Future[None] = asyncio.ensure_future(asyncio.sleep(0))
    pending = bytearray()
    try:
        async for chunk in body:
            pending += chunk
            if len(pending) >= _BLOCK:
                await writing
                writing, pending = (
                    asyncio.ensure_future(asyncio.to_thread(writer.write, pending)),
                    bytearray(),
                )
        await writing
        await to_thread.run_sync(writer.finish, pending)
    finally:
        await asyncio.wait([writing])
        writer.close()
    return writer.md5.hexdigest(), writer.size


class _Writer:
    """Hashes and writes blocks, one after the other from `offset` on."""

    def __init__(self, file: Path, offset: int, claim: Claim) -> None:
        self.size = 0
        self.md5 = hashlib.md5(usedforsecurity=False)
        self._claim = claim
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        os.lseek(self._file, offset, os.SEEK_SET)

    def write(self, block: bytearray) -> None:
        self.md5.update(block)
        self.size += len(block)
        rest = memoryview(block)
        with self._claim.held():
            while rest:
                rest = rest[os.write(self._file, rest) :]

    def finish(self, block: bytearray) -> None:
        self.write(block)
        os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)


def _flush_folder(folder: Path) -> None:
    """Makes a rename last through a loss of power, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
