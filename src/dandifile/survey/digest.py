"""The digests of files: the dandi-etag, which is the archive's name for a content, and MD5s.

The etag is the MD5 of the parts' MD5s, as S3 makes it, over the parts that `dandischema` cuts a
size into. Parts of a large file are hashed side by side; a worker holds one small buffer.
A file that changes while it is read is noticed (`steady`) before anything is remembered under its digest.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from dandifile.digests import etag_of
from dandifile.errors import DataError
from dandifile.model import Cache, JsonObject, Refusal
from dandifile.reading.jsontext import Shape, one_of
from dandifile.survey.scanned_file import Content, Digested, Runner, ScannedFile, stat_params
from dandifile.survey.task import (
    AGAIN,
    Task,
    has_failed,
    is_old,
    run_steps,
    stat_key,
    stat_text,
    survey_step,
)

_BUFFER = 2**20
_POINTER_SIZE = 2**15  # git-annex holds nothing larger for a pointer
_POINTERS = (b"/annex/objects/", b"version https://git-lfs.github.com/spec/")

POINTER: Shape = {"pointer": bool}
_ETAG = re.compile(r"[0-9a-f]{32}-[0-9]{1,5}")


def digest_files(files: Iterable[ScannedFile], run: Runner) -> Digested:
    """Every file's dandi-etag, from the cache where the stat has not changed."""
    files = tuple(files)
    steps = {file.source: survey_step("digest", file.source, stat_params(file)) for file in files}
    results = run_steps(steps.values(), run)
    contents, refused, pointers = [], [], []
    for file in files:
        result = results[steps[file.source].id]
        if has_failed(result):
            refused.append(Refusal(file.source, result.error, AGAIN))
        elif "digest" in result.output:
            contents.append(Content(file, result.output["digest"]))
        else:
            pointers.append(file.source)
    return Digested(tuple(contents), tuple(refused), tuple(pointers))


def digest(params: JsonObject) -> JsonObject:
    """`{path, size, mtime_ns}` → `{"digest": dandi-etag}`, or `{"pointer": true}`.

    It is a pointer where git-annex or git-lfs has not fetched the content. Raises
    DataError for a file that cannot be read, or that is not (or does not stay) what
    the stat in the params says.
    """
    path, size = Path(params["path"]), params["size"]
    with check_unchanged(params):
        with path.open("rb") as file:
            if _is_pointer(file, size):
                return {"pointer": True}
        return {"digest": dandi_etag(path, size)}


DIGEST = Task(digest, stat_key, "threads", one_of({"digest": _ETAG}, POINTER))
"""A format-independent step: formats whose assets are single files share it."""


def md5s(params: JsonObject) -> JsonObject:
    """`{path, files: [[name, size, mtime_ns, …], …]}` → `{"md5": […]}`, or `{"pointer": true}`.

    Of files in a folder, in hex and in their order; otherwise as `digest`.
    """
    sums = []
    for name, size, mtime_ns, *_ in params["files"]:
        path = str(Path(params["path"]) / name)
        try:
            sums.append(_md5_of({"path": path, "size": size, "mtime_ns": mtime_ns}))
        except DataError as error:
            raise DataError(f"{name}: {error.what}", where=path, fix=error.fix) from error
    return {"pointer": True} if None in sums else {"md5": sums}


def _md5_of(params: JsonObject) -> str | None:
    """A file's MD5 in hex; None of a pointer."""
    with check_unchanged(params), Path(params["path"]).open("rb") as file:
        if _is_pointer(file, params["size"]):
            return None
        return hashlib.file_digest(file, _md5).hexdigest()


def dandi_etag(path: Path, size: int) -> str:
    """The etag that the archive gives to the first `size` bytes of a file."""
    from dandischema.digests.dandietag import PartGenerator

    parts = PartGenerator.for_file_size(size)
    if len(parts) == 1:
        sums = [_part_md5(path, 0, size)]
    else:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            sums = list(pool.map(lambda part: _part_md5(path, part.offset, part.size), parts))
    return etag_of(sums)


def remember_digest(cache: Cache, source: str, path: str, etag: str) -> None:
    """Keeps the digest of a file that was digested while it was written here.

    Unlike other young files it can be known at once: its time stamp is of long ago, and a later write has
    another one. A file without such a time stamp is not kept.
    """
    status = Path(path).stat()
    if is_old(status.st_mtime_ns):
        params = {
            "source": source,
            "size": status.st_size,
            "mtime_ns": status.st_mtime_ns,
            "ctime_ns": status.st_ctime_ns,
            "inode": status.st_ino,
        }
        cache.put_many("digest", {stat_text(params): {"digest": etag}})


@contextlib.contextmanager
def check_unchanged(params: JsonObject) -> Iterator[None]:
    """Raises DataError unless, after it was read, the file is still as the scan saw it.

    `params` hold `path`, `size` and `mtime_ns` of that scan. A change before or during the
    reading shows afterwards too, so one look is enough. What the system does not let us
    read is a DataError as well.
    """
    path = params["path"]
    try:
        yield
        status = Path(path).stat()
    except OSError as error:
        raise DataError(
            f"it cannot be read: {error.strerror or error}",
            where=path,
            fix="check the file and its permissions",
        ) from error
    if (status.st_size, status.st_mtime_ns) != (params["size"], params["mtime_ns"]):
        raise changed_error(path)


@contextlib.contextmanager
def check_same_content(params: JsonObject) -> Iterator[None]:
    """As `steady`, of a file whose `digest` is known: what was read is of that content.

    Another file may have taken its place with the same size and times. Its inode or change time
    then differ; but there are disks where these change by themselves, so the content decides.
    """
    path = Path(params["path"])
    with check_unchanged(params):
        yield
        status = path.stat()
        same_file = (status.st_ctime_ns, status.st_ino) == (params["ctime_ns"], params["inode"])
        if not same_file and dandi_etag(path, params["size"]) != params["digest"]:
            raise changed_error(str(path))


def changed_error(path: str) -> DataError:
    return DataError(
        "it changed while it was read",
        where=path,
        fix="wait until it is written completely, then run again",
    )


def _part_md5(path: Path, offset: int, size: int) -> str:
    md5 = _md5()
    buffer = memoryview(bytearray(min(_BUFFER, size)))
    with path.open("rb", buffering=0) as file:
        file.seek(offset)
        while size:
            count = file.readinto(buffer[:size])
            if not count:
                raise changed_error(str(path))
            md5.update(buffer[:count])
            size -= count
    return md5.hexdigest()


def _md5() -> hashlib._Hash:
    return hashlib.md5(usedforsecurity=False)


def _is_pointer(file: IO[bytes], size: int) -> bool:
    """Whether an open file of this size is a pointer to content that was not fetched; it is then rewound."""
    if size >= _POINTER_SIZE:
        return False
    start = file.read(64)
    file.seek(0)
    return start.startswith(_POINTERS)
