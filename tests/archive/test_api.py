from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dandifile.archive.api import Call, ReadApi, UnreachedError, WriteApi, get_json
from dandifile.archive.credentials import Secret
from dandifile.errors import ArchiveError, CredentialsError, UserError
from dandifile.net.connections import Timeouts
from dandifile.net.failures import Cause
from dandifile.net.retry import Repeat
from tests.net.scripted import QUICK, Asked, Reply, Scripted

KEY = Secret("0123456789abcdef0123456789abcdef01234567")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Only draft versions can be modified.", "Only draft versions can be modified."),
        (["User foo not found"], "User foo not found"),
        ({"detail": "Not found."}, "Not found."),
        ({"name": ["This field may not be blank."]}, "name: This field may not be blank."),
        ({"non_field_errors": ["Invalid embargo end date"]}, "Invalid embargo end date"),
        ([{"username": ["This field is required."]}], "username: This field is required."),
        ({"a": ["x", "y"], "b": {"c": ["z"]}}, "a: x; y; b: c: z"),
        (b"plain words", "plain words"),
        ({}, ""),
        (None, ""),
        (b"<!doctype html><h1>Server Error (500)</h1>", ""),
    ],
)
def test_every_shape_of_an_error_body_is_read(server: Scripted, body: Any, reason: str) -> None:
    server.on("/api/thing/", Reply(400, body))
    with pytest.raises(ArchiveError) as error:
        server.api().get("thing/")
    said = f": {reason}" if reason else ""
    assert error.value.what == f"the archive refuses this (400){said}"
    assert error.value.status == 400
    assert error.value.where == f"GET {server.origin}/api/thing/"
    assert error.value.fix


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(404, {"detail": "Not found."}), "does not have this"),
        (Reply(409, "An asset with that path already exists"), "cannot do this now: An asset with that path"),
        (Reply(423, "Dandiset is currently being published"), "currently being published"),
        (Reply(405, "Only draft versions can be modified."), "405"),
        (Reply(429, headers={"Retry-After": "900"}), "too many requests"),
        (Reply(500, b"<html>"), "an internal error"),
        (
            Reply(308, headers={"Location": "https://api.sandbox.dandiarchive.org/x?y"}),
            "has moved to https://api.s",
        ),
    ],
)
def test_every_status_is_put_into_words(server: Scripted, reply: Reply, words: str) -> None:
    server.on("/api/thing/", reply)
    with pytest.raises(ArchiveError, match=words) as error:
        server.api().get("thing/", {"page": 1})
    assert error.value.status == reply.status
    assert error.value.fix
    assert "?" not in error.value.where + error.value.what


def test_how_long_a_busy_archive_wants_to_be_left_alone_is_told(server: Scripted) -> None:
    server.on("/api/thing/", Reply(429, headers={"Retry-After": "900"}))
    with pytest.raises(ArchiveError) as error:
        server.api().get("thing/")
    assert "900 seconds" in error.value.fix


@pytest.mark.parametrize(
    ("status", "body", "key", "words"),
    [
        (401, {"detail": "Invalid token."}, KEY, "rejects the API key"),
        (401, {"detail": "Authentication credentials were not provided."}, None, "no API key"),
        (403, None, KEY, "does not let your account"),
        (403, "Action not allowed", KEY, "do this: Action not allowed"),
    ],
)
def test_trouble_with_the_key_is_trouble_with_the_key(
    server: Scripted, status: int, body: Any, key: Secret | None, words: str
) -> None:
    server.on("/api/thing/", Reply(status, body))
    with pytest.raises(CredentialsError, match=words) as error:
        server.api(key).get("thing/")
    assert error.value.fix


def test_a_web_page_where_json_should_be_is_told(server: Scripted) -> None:
    server.on("/api/thing/", Reply(200, b"<html>please log in</html>"))
    with pytest.raises(ArchiveError, match="not JSON"):
        server.api().get("thing/")


@pytest.mark.parametrize("status", [200, 202, 204])
def test_an_empty_success_is_a_success(server: Scripted, status: int) -> None:
    server.on("/api/thing/", Reply(status))
    answer = WriteApi(server.instance, KEY, QUICK).write(Call("POST", "thing/"))
    assert (answer.status, answer.body) == (status, None)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_write_is_never_redirected(server: Scripted, status: int) -> None:
    server.on("/api/thing/", Reply(status, headers={"Location": f"{server.origin}/api/other/"}))
    server.on("/api/other/", Reply(200))
    with pytest.raises(ArchiveError, match="has moved"):
        WriteApi(server.instance, KEY, QUICK).write(Call("PUT", "thing/", {}))
    assert server.paths() == ["/api/thing/"]


def test_a_status_that_the_caller_accepts_comes_with_its_headers_and_reason(server: Scripted) -> None:
    server.on("/api/thing/", Reply(409, "Blob already exists.", {"Location": "b1"}))
    answer = WriteApi(server.instance, KEY, QUICK).write(Call("POST", "thing/", {}), accept=(409,))
    assert (answer.status, answer.body, answer.headers["location"]) == (409, "Blob already exists.", "b1")


def test_a_deadlock_of_the_server_is_outlived(server: Scripted) -> None:
    server.on("/api/thing/", Reply(500), Reply(200, {"ok": 1}))
    assert WriteApi(server.instance, KEY, QUICK).write(Call("PUT", "thing/", {})).body == {"ok": 1}


def test_a_write_that_could_double_is_sent_once(server: Scripted) -> None:
    server.on("/api/dandisets/", Reply(500), Reply(200))
    with pytest.raises(ArchiveError):
        WriteApi(server.instance, KEY, QUICK).write(Call("POST", "dandisets/", {}, None, Repeat.DOUBLES))
    assert len(server.asked) == 1


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_lacks_is_told_and_not_sent(server: Scripted, number: float) -> None:
    with pytest.raises(UserError, match="NaN or Infinity"):
        WriteApi(server.instance, KEY, QUICK).write(Call("PUT", "thing/", {"metadata": {"x": [number]}}))
    assert server.asked == []


def test_a_netrc_entry_does_not_replace_the_key(
    server: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password wrong\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.on("/api/thing/", Reply(200, {}))
    server.api(KEY).get("thing/")
    server.api(None).get("thing/")
    assert server.asked[0].headers["Authorization"].startswith("token ")
    assert "Authorization" not in server.asked[1].headers


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(
    server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    server.on("/api/thing/", Reply(200, {"ok": 1}))
    assert server.api().get("thing/") == {"ok": 1}
    assert get_json(f"{server.origin}/api/thing/", QUICK) == {"ok": 1}


def test_cookies_of_the_server_are_not_kept(server: Scripted) -> None:
    server.on("/api/thing/", Reply(200, {}, {"Set-Cookie": "sessionid=1"}))
    api = server.api()
    api.get("thing/")
    api.get("thing/")
    assert "Cookie" not in server.asked[1].headers


def test_a_paged_list_is_followed_to_its_end(server: Scripted) -> None:
    def page(asked: Asked) -> Reply:
        number = int(asked.path.split("page=")[1].split("&")[0])
        more = f"{server.origin}/elsewhere" if number < 3 else None
        return Reply(200, {"count": 5, "next": more, "results": [number]})

    server.on("/api/things/", page)
    assert list(server.api().get_all("things/", {"user": "me"})) == [1, 2, 3]
    assert all("user=me" in path for path in server.paths())


def test_a_blob_is_looked_up_by_its_digest(server: Scripted) -> None:
    blob = {"blob_id": "b", "etag": "e-1", "sha256": None, "size": 1}
    server.on("/api/blobs/digest/", Reply(200, blob), Reply(404, {"detail": "Not found."}))
    api = server.api()
    assert api.find_blob("e-1") == blob
    assert api.find_blob("f-1") is None
    assert json.loads(server.asked[0].body) == {"algorithm": "dandi:dandi-etag", "value": "e-1"}


def test_the_archives_clock_is_read_and_not_this_machines(server: Scripted) -> None:
    server.on("/api/info/", Reply(200, {}, {"Date": "Sun, 06 Nov 1994 08:49:37 GMT"}))
    assert server.api().server_time() == datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


def test_for_reading_there_is_no_way_to_write() -> None:
    assert not hasattr(ReadApi, "write")


def test_what_never_answers_is_soon_known_for_it(server: Scripted) -> None:
    quiet = threading.Event()

    def never(asked: Asked) -> Reply:
        quiet.wait(60)
        return Reply()

    server.on("/api/info/", never)
    api = server.api(None, replace(QUICK, timeouts=Timeouts(first=0.2, silence=60)))
    with pytest.raises(ArchiveError, match="no answer in time"):
        api.get("info/")
    assert len(server.asked) == QUICK.fewer[Cause.SILENT]
    quiet.set()


def test_what_has_answered_once_is_given_more_time(server: Scripted) -> None:
    def slow(asked: Asked) -> Reply:
        time.sleep(0.6)
        return Reply(200, {"a": 1})

    server.on("/api/info/", Reply(200, {}))
    server.on("/api/slow/", slow)
    api = server.api(None, replace(QUICK, timeouts=Timeouts(first=0.3, silence=60)))
    api.get("info/")
    assert api.get("slow/") == {"a": 1}
    bounded = server.api(None, replace(QUICK, timeouts=Timeouts(first=60, silence=60, total=0.3)))
    bounded.get("info/")
    with pytest.raises(ArchiveError, match="no answer in time"):
        bounded.get("slow/")


def test_no_answer_is_reported_with_its_cause_and_whether_it_had_an_effect(server: Scripted) -> None:
    server.on("/api/thing/", Reply(dropped=True))
    with pytest.raises(UnreachedError, match="cannot reach the archive: the connection broke") as lost:
        server.api().get("thing/")
    assert (lost.value.effect, lost.value.status) == (True, None)
    assert lost.value.where == f"{server.origin}/api/thing/"
    server.origin = "http://127.0.0.1:1"
    with pytest.raises(UnreachedError, match="cannot reach the archive: no connection") as refused:
        server.api().get("thing/")
    assert (refused.value.effect, refused.value.__suppress_context__) == (False, True)


@pytest.mark.parametrize("body", [b"[" * 500, b"NaN", b'{"a": "\\ud800"}', b"9" * 5000, b"\xff"])
def test_json_that_nothing_here_can_use_is_told(server: Scripted, body: bytes) -> None:
    server.on("/api/info/", Reply(200, body))
    with pytest.raises(ArchiveError, match="not JSON"):
        server.api().get("info/")


# --- Redirects to content -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://store.example.org/a?sig=1", "https://store.example.org/a?sig=1"),
        ("/bucket/a?sig=1", "{origin}/bucket/a?sig=1"),
    ],
)
def test_where_content_is_and_the_key_stays_at_home(server: Scripted, given: str, meant: str) -> None:
    """The redirect is not followed: the store gets no request with the key."""
    server.on("/api/assets/1/download/", Reply(302, headers={"Location": given}))
    server.on("/bucket/a", Reply(200, b"content"))
    found = server.api(KEY).location("assets/1/download/")
    assert found == meant.format(origin=server.origin)
    assert server.paths() == ["/api/assets/1/download/"]


def test_an_archive_that_does_not_say_where_content_is(server: Scripted) -> None:
    server.on("/api/assets/1/download/", Reply(200, {}), Reply(302))
    for _ in range(2):
        with pytest.raises(ArchiveError, match="does not say where the content is"):
            server.api().location("assets/1/download/")


def test_content_that_only_others_may_see_needs_their_key(server: Scripted) -> None:
    server.on(
        "/api/assets/1/download/", Reply(401, {"detail": "Authentication credentials were not provided."})
    )
    with pytest.raises(CredentialsError):
        server.api().location("assets/1/download/")
