"""Somebody writes to a file while it is on its way: what arrives is the planned content, or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dandifile.archive.transfer import upload
from dandifile.archive.writer import Writer
from dandifile.errors import DataError
from localdandi.testing import TestArchive
from tests.archive.files import Sample, of

PART = 1 << 26
JOIN = ("POST", "/objects/blobs/{id}")


@pytest.fixture
def two_parts(tmp_path: Path) -> Sample:
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.write(os.urandom(64))
        file.truncate(PART + 1000)
    return of(path)


def _write_at(place: int) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(place)
            file.write(b"changed")

    return write


def _swap_for_a_copy(path: Path) -> None:
    """Another file of the same size and time under the name."""
    status = path.stat()
    other = path.with_name("other")
    with other.open("wb") as file:
        file.write(b"other")
        file.truncate(status.st_size)
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)


def _cut(path: Path) -> None:
    os.truncate(path, 100)


def _take_away(path: Path) -> None:
    path.unlink()


def _make_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


CHANGES = [_write_at(PART - 100), _write_at(PART + 100), _swap_for_a_copy, _cut, _take_away, _make_a_folder]
NAMES = ["the first part", "the last part", "a copy", "cut", "gone", "a folder"]


@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
def test_a_file_that_is_changed_while_it_is_sent(
    local: TestArchive, writer: Writer, two_parts: Sample, change: Callable[[Path], None]
) -> None:
    told: list[int] = []

    def progress(count: int) -> None:
        before = sum(told)
        told.append(count)
        if before < PART // 2 <= before + count:
            change(two_parts.path)

    try:
        blob = upload(writer, two_parts.path, two_parts.size, two_parts.digest, progress).blob
    except DataError:
        assert JOIN not in local.counts()
        assert writer.reader.blob(two_parts.digest) is None
    else:
        found = writer.reader.blob(two_parts.digest)
        assert found is not None
        assert (found["blob_id"], found["size"]) == (blob, two_parts.size)
