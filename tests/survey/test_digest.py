from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dandifile.errors import DataError
from dandifile.model import JsonObject
from dandifile.survey.digest import dandi_etag, digest
from tests.survey.lab import write

MIB = 2**20


def params(path: Path) -> JsonObject:
    status = path.stat()
    return {"path": str(path), "size": status.st_size, "mtime_ns": status.st_mtime_ns}


def sparse(path: Path, size: int) -> Path:
    """A file of `size` bytes, zeros but for marks in each 64 MiB, that takes no room."""
    with path.open("wb") as file:
        for mark in range(0, size, 64 * MIB):
            file.seek(mark)
            file.write(b"%d" % mark)
        file.truncate(size)
    return path


def test_a_single_byte_has_the_etag_of_one_part(tmp_path: Path) -> None:
    path = write(tmp_path / "a", "a")
    assert digest(params(path)) == {"digest": "b6ff9a06b7e20bcb2858c5b8ff744aea-1"}


@pytest.mark.parametrize(("size", "parts"), [(64 * MIB, 1), (64 * MIB + 1, 2), (130 * MIB, 3)])
def test_parts_hashed_side_by_side_make_the_librarys_etag(tmp_path: Path, size: int, parts: int) -> None:
    from dandischema.digests.dandietag import DandiETag

    path = sparse(tmp_path / "big", size)
    etag = dandi_etag(path, size)
    assert etag == DandiETag.from_file(path).as_str()
    assert etag.endswith(f"-{parts}")


@given(st.binary(min_size=1, max_size=300))
@settings(max_examples=20)
def test_any_content_has_the_librarys_etag(content: bytes) -> None:
    import tempfile

    from dandischema.digests.dandietag import DandiETag

    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "x", content)
        assert dandi_etag(path, len(content)) == DandiETag.from_file(path).as_str()


@pytest.mark.parametrize(
    ("size", "parts", "part_size"),
    [
        (671021531136, 9999, 64 * MIB),
        (671021531137, 10000, 67102154),
    ],
)
def test_huge_sizes_are_cut_as_the_server_cuts_them(size: int, parts: int, part_size: int) -> None:
    from dandischema.digests.dandietag import PartGenerator

    cut = PartGenerator.for_file_size(size)
    assert (len(cut), cut[1].size) == (parts, part_size)


@pytest.mark.parametrize(
    "change", [lambda p: p.write_bytes(b"longer than it was"), lambda p: p.write_bytes(b"")]
)
def test_a_file_that_changed_since_the_scan_is_noticed(tmp_path: Path, change: object) -> None:
    path = write(tmp_path / "x", "as it was")
    before = params(path)
    assert callable(change)
    change(path)
    with pytest.raises(DataError, match="changed while it was read"):
        digest(before)


def test_a_file_that_changes_in_place_is_noticed_by_its_time(tmp_path: Path) -> None:
    path = write(tmp_path / "x", "as it was")
    before = params(path)
    os.utime(path, ns=(0, before["mtime_ns"] + 1_000_000_000))
    with pytest.raises(DataError, match="changed while it was read"):
        digest(before)


@pytest.mark.parametrize(
    "content",
    [
        b"/annex/objects/SHA256E-s1048576--0123.nwb\n",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 1048576\n",
    ],
)
def test_a_pointer_is_told_from_its_content(tmp_path: Path, content: bytes) -> None:
    assert digest(params(write(tmp_path / "x.nwb", content))) == {"pointer": True}


def test_a_missing_file_is_an_error_with_its_place(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    with pytest.raises(DataError) as error:
        digest({"path": str(gone), "size": 1, "mtime_ns": 0})
    assert error.value.where == str(gone)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs an unprivileged POSIX user")
def test_an_unreadable_file_is_an_error_that_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "x", "secret")
    path.chmod(0)
    with pytest.raises(DataError, match="cannot be read"):
        digest(params(path))
