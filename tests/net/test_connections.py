from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from typing import Any

import pytest
import requests

from dandifile.net import connections
from dandifile.net.connections import Connections, OriginAuth, Timeouts, user_agent
from dandifile.net.failures import Cause, NoAnswerError
from tests.net.scripted import Reply, Scripted

TIMEOUTS = Timeouts(5, 5, 5, 5)


def get(server: Scripted, path: str, **how: Any) -> connections.Response:
    with Connections(server.origin) as opened:
        return opened.send("GET", f"{server.origin}{path}", TIMEOUTS, **how)


def test_who_asks_and_what_it_takes(server: Scripted) -> None:
    packed = gzip.compress(json.dumps({"ok": 1}).encode())
    server.on("/thing", Reply(200, packed, {"Content-Encoding": "gzip"}))
    assert json.loads(get(server, "/thing").content) == {"ok": 1}
    assert server.asked[0].headers["User-Agent"] == user_agent()
    assert server.asked[0].headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("urls", "contact", "agent"),
    [
        ([], "", "dandifile/1.2"),
        ([], "a@example.org", "dandifile/1.2 (mailto:a@example.org)"),
        (
            ["Issues, https://example.org/i", "Homepage, https://example.org"],
            "",
            "dandifile/1.2 (+https://example.org)",
        ),
        (
            ["Repository, https://example.org/r"],
            "a@example.org",
            "dandifile/1.2 (+https://example.org/r; mailto:a@example.org)",
        ),
    ],
)
def test_the_name_is_the_packages_own(
    monkeypatch: pytest.MonkeyPatch, urls: list[str], contact: str, agent: str
) -> None:
    project = Message()
    project["Name"], project["Version"] = "dandifile", "1.2"
    for url in urls:
        project["Project-URL"] = url
    monkeypatch.setattr(connections, "metadata", lambda _: project)
    assert user_agent.__wrapped__(contact) == agent


def test_the_key_goes_to_its_own_origin_alone(server: Scripted) -> None:
    auth = OriginAuth(lambda: "token 0123", server.origin)
    for url in (
        "http://127.0.0.1:1/x",
        "http://localhost/x",
        "https://s3.amazonaws.com/x",
        "http://user:pass@127.0.0.1/",
    ):
        request = requests.Request("GET", url, auth=auth).prepare()
        assert "Authorization" not in request.headers
    own = requests.Request("GET", f"{server.origin}/x", auth=auth).prepare()
    assert own.headers["Authorization"] == "token 0123"


def test_a_redirect_is_followed_only_on_request_and_only_at_home(server: Scripted) -> None:
    server.on("/moved", Reply(301, headers={"Location": "/new"}))
    server.on("/away", Reply(301, headers={"Location": "https://elsewhere.example.org/"}))
    server.on("/new", Reply(200, {"ok": 1}))
    assert get(server, "/moved").location == "/new"
    assert get(server, "/moved", follow=True).status == 200
    assert get(server, "/away", follow=True).location == "https://elsewhere.example.org/"


def test_a_redirect_to_what_is_not_a_url_is_not_an_answer(server: Scripted) -> None:
    server.on("/odd", Reply(301, headers={"Location": "http://[what"}))
    with pytest.raises(NoAnswerError) as error:
        get(server, "/odd", follow=True)
    assert error.value.cause is Cause.UNREADABLE


def test_a_redirect_in_a_circle_ends(server: Scripted) -> None:
    server.on("/moved", Reply(301, headers={"Location": "/moved"}))
    assert get(server, "/moved", follow=True).status == 301
    assert len(server.asked) == 4


def test_threads_share_one_pool_that_is_wide_enough(server: Scripted) -> None:
    server.on("/thing", Reply(200, {"ok": 1}))
    opened = Connections(server.origin)
    url = f"{server.origin}/thing"
    with ThreadPoolExecutor(16) as pool:
        answers = pool.map(lambda _: opened.send("GET", url, TIMEOUTS).status, range(100))
        assert set(answers) == {200}
    adapter: Any = opened._session().get_adapter(server.origin)
    assert adapter._pool_maxsize >= 32


def test_an_answer_that_is_too_large_is_not_held(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "LARGEST", 1000)
    server.on("/thing", Reply(200, b"x" * 1000), Reply(200, b"x" * 1001))
    assert len(get(server, "/thing").content) == 1000
    with pytest.raises(NoAnswerError) as error:
        get(server, "/thing")
    assert error.value.cause is Cause.TOO_LARGE


def test_messages_show_no_query(server: Scripted) -> None:
    server.on("/thing", Reply(404))
    assert get(server, "/thing?X-Amz-Signature=secret").place == f"GET {server.origin}/thing"


def test_a_server_that_has_never_answered_gets_less_time() -> None:
    timeouts = Timeouts(connect=1, first=2, silence=3, total=100)
    assert timeouts.of_request(answered=False) == ((1, 2), 3)
    assert timeouts.of_request(answered=True) == ((1, 3), 100)
    short = Timeouts(connect=1, first=20, silence=30, total=10)
    assert short.of_request(answered=False) == ((1, 20), 10)
    boundless = Timeouts(connect=1, first=2, silence=3, total=float("inf"))
    assert boundless.of_request(answered=False) == ((1, 2), float("inf"))


@pytest.mark.parametrize("url", ["http://exa mple.org:x/", "http://[what/", "nothing"])
def test_what_is_not_a_url_is_reported(url: str) -> None:
    with pytest.raises(NoAnswerError) as error:
        Connections("").send("GET", url, TIMEOUTS)
    assert error.value.cause is Cause.NOT_A_URL
