"""One object of the store, into a file: resumed, checked, and never without an end."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.archive.download import ExpectedContent, _Etag, download
from dandifile.errors import ArchiveError
from dandifile.survey.digest import dandi_etag
from tests.net.scripted import QUICK, Asked, Reply, Scripted

DATA = os.urandom(3_000_000)


def content(tmp_path: Path, data: bytes = DATA) -> ExpectedContent:
    (tmp_path / "original").write_bytes(data)
    etag = dandi_etag(tmp_path / "original", len(data))
    return ExpectedContent("a.nwb", len(data), etag, hashlib.sha256(data).hexdigest())


def serve(asked: Asked, data: bytes = DATA, cut: int | None = None) -> Reply:
    """As an object store does: a range where one is asked for."""
    wanted = asked.headers.get("Range", "")
    if not wanted:
        return Reply(200, data, cut=cut)
    start = int(wanted.removeprefix("bytes=").rstrip("-"))
    head = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
    return Reply(206, data[start:], head, cut=cut)


def cut(count: int) -> Callable[[Asked], Reply]:
    return lambda asked: serve(asked, cut=count)


def fetch(server: Scripted, tmp_path: Path, what: ExpectedContent | None = None) -> tuple[bytes, int]:
    """The file afterwards, and the bytes that were reported."""
    got: list[int] = []
    file = tmp_path / "file"
    download(
        what or content(tmp_path), lambda: f"{server.origin}/blob?sig=1", file, got.append, patience=QUICK
    )
    return file.read_bytes(), sum(got)


def ranges(server: Scripted) -> list[str]:
    return [asked.headers.get("Range", "") for asked in server.asked]


def test_a_whole_file(server: Scripted, tmp_path: Path) -> None:
    server.on("/blob", serve)
    assert fetch(server, tmp_path) == (DATA, len(DATA))
    assert "Authorization" not in server.asked[0].headers
    assert server.asked[0].headers["Accept-Encoding"] == "identity"


def test_a_connection_that_breaks_goes_on_where_it_broke(server: Scripted, tmp_path: Path) -> None:
    server.on("/blob", *[cut(1_000_000)] * 2, serve)
    assert fetch(server, tmp_path) == (DATA, len(DATA))
    assert ranges(server) == ["", "bytes=1000000-", "bytes=2000000-"]


def test_one_that_breaks_many_times_is_no_failure_as_long_as_something_arrives(
    server: Scripted, tmp_path: Path
) -> None:
    server.on("/blob", *[cut(100_000)] * 25, serve)
    assert fetch(server, tmp_path) == (DATA, len(DATA))


def test_one_that_brings_nothing_ends(server: Scripted, tmp_path: Path) -> None:
    server.on("/blob", Reply(dropped=True))
    with pytest.raises(ArchiveError, match="object store: the connection broke"):
        fetch(server, tmp_path)


def test_what_an_earlier_run_left_is_not_fetched_again(server: Scripted, tmp_path: Path) -> None:
    server.on("/blob", serve)
    (tmp_path / "file").write_bytes(DATA[:1_234_567])
    assert fetch(server, tmp_path) == (DATA, len(DATA))
    assert ranges(server) == ["bytes=1234567-"]


def test_what_is_whole_is_only_checked(server: Scripted, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(DATA)
    assert fetch(server, tmp_path) == (DATA, len(DATA))
    assert server.asked == []


@pytest.mark.parametrize("left", [b"x" * 1_000_000, b"x" * len(DATA), b"x" * (len(DATA) + 5)])
def test_what_an_earlier_run_left_damaged_is_fetched_again(
    server: Scripted, tmp_path: Path, left: bytes
) -> None:
    server.on("/blob", serve)
    (tmp_path / "file").write_bytes(left)
    assert fetch(server, tmp_path) == (DATA, len(DATA))


def test_a_store_that_ignores_ranges(server: Scripted, tmp_path: Path) -> None:
    server.on("/blob", Reply(200, DATA))
    (tmp_path / "file").write_bytes(DATA[:1000])
    assert fetch(server, tmp_path) == (DATA, len(DATA))


def test_a_url_that_has_expired_is_asked_for_again(server: Scripted, tmp_path: Path) -> None:
    server.on("/blob", cut(1_000_000), Reply(403, b"<Error><Code>AccessDenied</Code></Error>"), serve)
    asked: list[str] = []

    def url() -> str:
        asked.append("")
        return f"{server.origin}/blob?sig={len(asked)}"

    download(content(tmp_path), url, tmp_path / "file", lambda _: None, patience=QUICK)
    assert (tmp_path / "file").read_bytes() == DATA
    assert server.paths() == ["/blob?sig=1", "/blob?sig=1", "/blob?sig=2"]


def test_a_url_that_is_never_valid_ends(server: Scripted, tmp_path: Path) -> None:
    server.on("/blob", Reply(403))
    with pytest.raises(ArchiveError, match="does not let you read it") as caught:
        fetch(server, tmp_path)
    assert "sig" not in str([caught.value.what, caught.value.where, caught.value.fix])


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_store_is_asked_again(server: Scripted, tmp_path: Path, status: int) -> None:
    server.on("/blob", Reply(status), serve)
    assert fetch(server, tmp_path)[0] == DATA


def test_content_that_arrives_damaged_once_is_fetched_again(server: Scripted, tmp_path: Path) -> None:
    server.on("/blob", Reply(200, b"x" + DATA[1:]), serve)
    assert fetch(server, tmp_path) == (DATA, len(DATA))


def test_content_that_is_never_right_leaves_no_file(server: Scripted, tmp_path: Path) -> None:
    server.on("/blob", Reply(200, b"x" + DATA[1:]))
    with pytest.raises(ArchiveError, match="another digest"):
        fetch(server, tmp_path)
    assert not (tmp_path / "file").exists()


def test_more_than_there_should_be_is_refused(server: Scripted, tmp_path: Path) -> None:
    server.on("/blob", Reply(200, DATA + b"x"))
    with pytest.raises(ArchiveError, match="more than its 3,000,000 bytes"):
        fetch(server, tmp_path)


def test_a_file_of_unknown_size_is_known_by_its_md5(server: Scripted, tmp_path: Path) -> None:
    md5 = hashlib.md5(DATA, usedforsecurity=False).hexdigest()
    server.on("/blob", cut(1_000_000), serve)
    assert fetch(server, tmp_path, ExpectedContent("0/0", None, md5=md5))[0] == DATA


@given(st.lists(st.integers(1, 50), max_size=20))
def test_an_etag_is_the_same_however_the_blocks_come(sizes: list[int]) -> None:
    """With parts of the usual size, and of a content in one part."""
    total = 200
    digest = _Etag(total)
    data, at = bytes(range(200)), 0
    for size in [*sizes, total]:
        digest.update(data[at : at + size])
        at += size
    md5 = hashlib.md5(hashlib.md5(data, usedforsecurity=False).digest(), usedforsecurity=False)
    assert digest.hexdigest() == f"{md5.hexdigest()}-1"


def test_an_etag_of_several_parts(tmp_path: Path) -> None:
    data = os.urandom(1 << 20) * 130
    (tmp_path / "large").write_bytes(data)
    digest = _Etag(len(data))
    for at in range(0, len(data), 3_000_000):
        digest.update(data[at : at + 3_000_000])
    assert digest.hexdigest() == dandi_etag(tmp_path / "large", len(data))
