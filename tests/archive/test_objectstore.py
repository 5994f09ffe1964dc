from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from dandifile.archive import objectstore
from dandifile.archive.objectstore import ExpiredError, Piece, join_parts, put_part
from dandifile.errors import ArchiveError, DataError
from dandifile.net.failures import Cause
from tests.net.scripted import QUICK, Asked, Reply, Scripted

RESULT = (
    '<?xml version="1.0"?><CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    "<ETag>&quot;0123-2&quot;</ETag></CompleteMultipartUploadResult>"
)


def failure(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>It said {code}.</Message></Error>".encode()


def keep(asked: Asked) -> Reply:
    return Reply(200, headers={"ETag": f'"{hashlib.md5(asked.body).hexdigest()}"'})


@pytest.fixture
def piece(tmp_path: Path) -> Piece:
    file = tmp_path / "a.bin"
    file.write_bytes(os.urandom(3_000_000))
    return Piece(file, 500_000, 2_000_000)


def content(piece: Piece) -> bytes:
    return piece.file.read_bytes()[piece.start : piece.start + piece.size]


def test_exactly_the_piece_is_sent_and_its_md5_given_back(server: Scripted, piece: Piece) -> None:
    server.on("/part", keep)
    sent: list[int] = []
    md5 = put_part(f"{server.origin}/part?sig=1", piece, sent.append, QUICK)
    assert md5 == hashlib.md5(content(piece)).hexdigest()
    assert server.asked[0].body == content(piece)
    assert server.asked[0].headers["Content-Length"] == str(piece.size)
    assert "Transfer-Encoding" not in server.asked[0].headers
    assert sum(sent) == piece.size


def test_the_api_key_and_netrc_stay_at_home(
    server: Scripted, piece: Piece, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password wrong\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server.on("/part", keep)
    put_part(f"{server.origin}/part", piece, lambda _: None, QUICK)
    assert "Authorization" not in server.asked[0].headers


@pytest.mark.parametrize(
    "trouble",
    [
        Reply(500),
        Reply(503, failure("SlowDown")),
        Reply(dropped=True),
        Reply(400, failure("RequestTimeout")),
        Reply(200),
        Reply(200, headers={"ETag": 'W/"a proxy"'}),
    ],
)
def test_a_part_that_did_not_arrive_well_is_sent_again(
    server: Scripted, piece: Piece, trouble: Reply
) -> None:
    server.on("/part", trouble, keep)
    sent: list[int] = []
    put_part(f"{server.origin}/part", piece, sent.append, QUICK)
    assert sum(sent) == piece.size
    assert len(server.asked) == 2


def test_a_url_that_is_too_old_is_told_apart(server: Scripted, piece: Piece) -> None:
    server.on("/part", Reply(403, failure("AccessDenied")))
    sent: list[int] = []
    with pytest.raises(ExpiredError):
        put_part(f"{server.origin}/part?X-Amz-Signature=secret", piece, sent.append, QUICK)
    assert sum(sent) == 0


def test_a_part_of_known_content_is_sent_until_the_store_has_just_that(
    server: Scripted, piece: Piece
) -> None:
    known = replace(piece, md5=hashlib.md5(content(piece)).hexdigest())
    server.on("/part", Reply(200, headers={"ETag": '"00000000000000000000000000000000"'}), keep)
    sent: list[int] = []
    assert put_part(f"{server.origin}/part", known, sent.append, QUICK) == known.md5
    assert sum(sent) == piece.size
    assert len(server.asked) == 2


def test_a_part_that_never_arrives_well_is_an_error(server: Scripted, piece: Piece) -> None:
    known = replace(piece, md5=hashlib.md5(content(piece)).hexdigest())
    server.on("/part", Reply(200, headers={"ETag": '"bad"'}))
    with pytest.raises(ArchiveError, match="arrives damaged"):
        put_part(f"{server.origin}/part", known, lambda _: None, QUICK)
    assert len(server.asked) == 4


def test_what_the_store_says_is_told_without_the_signature(server: Scripted, piece: Piece) -> None:
    server.on("/part", Reply(400, failure("EntityTooLarge")))
    with pytest.raises(ArchiveError, match="It said EntityTooLarge") as error:
        put_part(f"{server.origin}/part?X-Amz-Signature=secret", piece, lambda _: None, QUICK)
    assert "secret" not in f"{error.value!r}{error.value.where}{error.value.fix}"


def test_a_file_that_became_shorter_is_told(server: Scripted, piece: Piece) -> None:
    server.on("/part", keep)
    with pytest.raises(DataError, match="became shorter"):
        put_part(f"{server.origin}/part", Piece(piece.file, 2_500_000, 2_000_000), lambda _: None, QUICK)


def test_a_file_that_cannot_be_read_is_told(server: Scripted, piece: Piece) -> None:
    piece.file.unlink()
    with pytest.raises(DataError, match="cannot be read"):
        put_part(f"{server.origin}/part", piece, lambda _: None, QUICK)


def test_a_part_is_streamed_in_small_blocks(server: Scripted, piece: Piece) -> None:
    server.on("/part", keep)
    sent: list[int] = []
    put_part(f"{server.origin}/part", piece, sent.append, QUICK)
    assert max(sent) <= 1 << 20


def test_joining_gives_the_etag(server: Scripted) -> None:
    server.on("/join", Reply(200, RESULT.encode()))
    assert join_parts(f"{server.origin}/join", "<xml/>", QUICK) == "0123-2"
    assert server.asked[0].body == b"<xml/>"


@pytest.mark.parametrize("status", [200, 500])
def test_a_joining_that_failed_inside_is_done_again(server: Scripted, status: int) -> None:
    server.on("/join", Reply(status, failure("InternalError")), Reply(200, RESULT.encode()))
    assert join_parts(f"{server.origin}/join", "<xml/>", QUICK) == "0123-2"


def test_a_success_that_holds_an_error_is_an_error(server: Scripted) -> None:
    server.on("/join", Reply(200, failure("InternalError")))
    with pytest.raises(ArchiveError, match="It said InternalError"):
        join_parts(f"{server.origin}/join", "<xml/>", QUICK)


def test_an_upload_that_was_joined_before_is_not_an_error(server: Scripted) -> None:
    server.on("/join", Reply(404, failure("NoSuchUpload")))
    assert join_parts(f"{server.origin}/join", "<xml/>", QUICK) is None


@pytest.mark.parametrize(
    ("reply", "error"),
    [(Reply(403, failure("AccessDenied")), ExpiredError), (Reply(400, failure("InvalidPart")), ArchiveError)],
)
def test_a_joining_that_is_refused_is_told(server: Scripted, reply: Reply, error: type[ArchiveError]) -> None:
    server.on("/join", reply)
    with pytest.raises(error):
        join_parts(f"{server.origin}/join", "<xml/>", QUICK)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["/other", "https://[", ""])
def test_no_redirect_is_followed_whatever_it_promises(
    server: Scripted, piece: Piece, status: int, to: str
) -> None:
    answer = Reply(status, headers={"Location": to, "ETag": f'"{hashlib.md5(content(piece)).hexdigest()}"'})
    server.on("/part", answer)
    server.on("/join", Reply(status, RESULT.encode(), {"Location": to}))
    server.on("/other", keep)
    sent: list[int] = []
    said = "cannot be read" if to == "https://[" else "does not follow"
    with pytest.raises(ArchiveError, match=said) as refused:
        put_part(f"{server.origin}/part?sig=secret", piece, sent.append, QUICK)
    assert refused.value.where.removeprefix("PUT ") == f"{server.origin}/part"
    with pytest.raises(ArchiveError, match=said):
        join_parts(f"{server.origin}/join", "<x/>", QUICK)
    assert server.paths() == ["/part?sig=secret", "/join"]
    assert sum(sent) == 0 or said == "cannot be read"


def test_a_store_that_takes_a_part_and_never_answers_is_given_up(
    server: Scripted, piece: Piece, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()

    def silent(asked: Asked) -> Reply:
        ended.wait(60)
        return keep(asked)

    monkeypatch.setattr(objectstore, "_FIRST", 0.2)
    monkeypatch.setattr(objectstore, "_SLOWEST", 10**9)
    server.on("/part", silent)
    sent: list[int] = []
    with pytest.raises(ArchiveError, match="no answer in time"):
        put_part(f"{server.origin}/part?sig=1", piece, sent.append, QUICK)
    ended.set()
    assert len(server.asked) == QUICK.fewer[Cause.SILENT]


def test_a_store_that_has_answered_may_take_longer(
    server: Scripted, piece: Piece, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than the first time: a slow answer is not silence."""
    server.on("/part", keep)
    put_part(f"{server.origin}/part", piece, lambda _: None, QUICK)
    monkeypatch.setattr(objectstore, "_FIRST", 0.0)
    monkeypatch.setattr(objectstore, "_SLOWEST", 10**12)
    put_part(f"{server.origin}/part", piece, lambda _: None, QUICK)
    assert len(server.asked) == 2
