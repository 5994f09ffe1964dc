"""The dandi-etag of a file: the archive's name for its content.

It is the MD5 of the parts' MD5s, as S3 makes it, over the parts that `dandischema` cuts a
size into. Parts of a large file are hashed side by side; a worker holds one small buffer.
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dandifile.model import JsonObject
from dandifile.survey.steady import changed, steady

_BUFFER = 2**20
_POINTER_SIZE = 2**15  # git-annex holds nothing larger for a pointer
_POINTERS = (b"/annex/objects/", b"version https://git-lfs.github.com/spec/")


def digest(params: JsonObject) -> JsonObject:
    """`{path, size, mtime_ns}` → `{"digest": dandi-etag}`, or `{"pointer": true}`.

    A pointer stands where git-annex or git-lfs has not fetched the content. Raises
    DataError for a file that cannot be read, or that is not (or does not stay) what
    the stat in the params says.
    """
    path, size = Path(params["path"]), params["size"]
    with steady(params):
        if size < _POINTER_SIZE and _is_pointer(path):
            return {"pointer": True}
        return {"digest": dandi_etag(path, size)}


def dandi_etag(path: Path, size: int) -> str:
    """The etag that the archive gives to the first `size` bytes of a file."""
    from dandischema.digests.dandietag import PartGenerator

    parts = PartGenerator.for_file_size(size)
    if len(parts) == 1:
        sums = [_part_md5(path, 0, size)]
    else:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            sums = list(pool.map(lambda part: _part_md5(path, part.offset, part.size), parts))
    return f"{hashlib.md5(b''.join(sums), usedforsecurity=False).hexdigest()}-{len(sums)}"


def _part_md5(path: Path, offset: int, size: int) -> bytes:
    md5 = hashlib.md5(usedforsecurity=False)
    buffer = memoryview(bytearray(min(_BUFFER, size)))
    with path.open("rb", buffering=0) as file:
        file.seek(offset)
        while size:
            count = file.readinto(buffer[:size])
            if not count:
                raise changed(str(path))
            md5.update(buffer[:count])
            size -= count
    return md5.digest()


def _is_pointer(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(64).startswith(_POINTERS)
