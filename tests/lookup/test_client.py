from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import version

import pytest

from dandifile.errors import UserError
from dandifile.lookup.client import Answer, Client, Found, NotFound, Request, Unreachable
from dandifile.lookup.services import Services
from dandifile.net.connections import Timeouts
from dandifile.net.retry import Limit, Pace
from tests.lookup.conftest import NOW, NewClient
from tests.lookup.replay import Replay, Said, html, redirect, text

ASK = {name: Request(name, "x") for name in ("openalex", "crossref", "datacite", "orcid", "ror", "ols")}
BUSY = text(503, "later")


def why(answer: Answer) -> str:
    assert isinstance(answer, Unreachable)
    return answer.why


def test_found_is_the_json_and_the_day(replay: Replay, client: Client) -> None:
    replay.says("ror/x", {"id": 1})
    assert client.ask(ASK["ror"]) == Found({"id": 1}, "2026-11-20")


@pytest.mark.parametrize("service", ["openalex", "crossref", "datacite", "orcid", "ror"])
def test_a_404_of_any_form_is_not_found(client: Client, service: str) -> None:
    assert client.ask(ASK[service]) == NotFound("2026-11-20")


@pytest.mark.parametrize("said", [BUSY, text(429, "slow down", Retry_After="0"), Said(drop=True)])
def test_what_another_try_may_better_is_tried_again(replay: Replay, client: Client, said: Said) -> None:
    replay.says("crossref/x", said, {"status": "ok"})
    assert isinstance(client.ask(ASK["crossref"]), Found)
    assert replay.count("crossref/x") == 2


def test_after_three_tries_the_service_is_unreachable_and_left_alone(replay: Replay, client: Client) -> None:
    replay.says("ror/x", BUSY)
    assert "503" in why(client.ask(ASK["ror"]))
    assert replay.count() == 3
    assert "503" in why(client.ask(Request("ror", "y")))
    assert replay.count() == 3


@pytest.mark.parametrize("service", ["orcid", "openalex"])
def test_a_daily_quota_is_not_argued_with(replay: Replay, client: Client, service: str) -> None:
    replay.says(f"{service}/x", text(429, "Too many requests today"))
    assert "tomorrow" in why(client.ask(ASK[service]))
    assert isinstance(client.ask(Request(service, "y")), Unreachable)
    assert replay.count() == 1


def test_one_service_that_is_down_stops_no_other(replay: Replay, client: Client) -> None:
    replay.says("orcid/x", text(429, "quota"))
    replay.says("ror/x", {})
    client.ask(ASK["orcid"])
    assert isinstance(client.ask(ASK["ror"]), Found)


def test_a_long_wait_is_told_and_not_waited(replay: Replay, client: Client) -> None:
    replay.says("datacite/x", text(429, "slow down", Retry_After="3600"))
    assert "too many requests" in why(client.ask(ASK["datacite"]))
    assert replay.count() == 1


def test_retry_after_is_waited_for(replay: Replay, new_client: NewClient) -> None:
    from tests.lookup.replay import HURRIED

    replay.says("crossref/x", text(429, "slow down", Retry_After="1"), {})
    started = time.monotonic()
    assert isinstance(new_client(patience=replace(HURRIED, pause=2)).ask(ASK["crossref"]), Found)
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Said(500, {"error": "oops"}), "500"),
        (Said(403, {"error": "no"}), "rejects the request (403)"),
        (html(200), "no JSON"),
        (Said(200, "{broken"), "no JSON"),
        (redirect("https://elsewhere.example.org/"), "has moved"),
    ],
)
def test_what_is_no_answer_is_unreachable_at_once(
    replay: Replay, client: Client, said: Said, words: str
) -> None:
    replay.says("ror/x", said)
    assert words in why(client.ask(ASK["ror"]))
    assert replay.count() == 1


def test_nobody_there_is_unreachable(replay: Replay, new_client: NewClient) -> None:
    client = new_client(services=replace(replay.services, ror="http://127.0.0.1:9"))
    assert "no connection" in why(client.ask(ASK["ror"]))


def test_a_status_that_means_something_is_found_with_its_location(replay: Replay, client: Client) -> None:
    replay.says("orcid/x", redirect("https://orcid.org/primary", {"error-code": 9007}))
    answer = client.ask(replace(ASK["orcid"], means=frozenset({301})))
    assert answer == Found({"error-code": 9007}, "2026-11-20", 301, "https://orcid.org/primary")


def test_a_redirect_is_followed_only_on_request_and_only_at_home(replay: Replay, client: Client) -> None:
    replay.says("openalex/x", redirect("/openalex/merged"))
    replay.says("openalex/away", redirect("https://elsewhere.example.org/"))
    replay.says("openalex/merged", {"id": "W2"})
    assert client.ask(replace(ASK["openalex"], follow=True)) == Found({"id": "W2"}, "2026-11-20")
    assert "has moved" in why(client.ask(Request("openalex", "away", follow=True)))


def test_answers_are_remembered_as_long_as_they_are_good(replay: Replay, new_client: NewClient) -> None:
    replay.says("ror/x", {"id": 1})
    for days, there, missing in ((0, 1, 1), (0.9, 1, 1), (1.1, 1, 2), (29, 1, 3), (31, 2, 4)):
        client = new_client(now=NOW + timedelta(days=days))
        client.ask(ASK["ror"])
        client.ask(Request("ror", "missing"))
        assert (replay.count("ror/x"), replay.count("ror/missing")) == (there, missing), days


def test_a_remembered_answer_keeps_its_day(replay: Replay, new_client: NewClient) -> None:
    replay.says("ror/x", {"id": 1})
    new_client().ask(ASK["ror"])
    later = new_client(now=NOW + timedelta(days=7), offline=True)
    assert later.ask(ASK["ror"]) == Found({"id": 1}, "2026-11-20")


@pytest.mark.parametrize(
    "said", [text(429, "slow down"), text(503, "x"), Said(500), Said(drop=True), html(200)]
)
def test_failures_are_not_remembered(replay: Replay, new_client: NewClient, said: Said) -> None:
    replay.says("crossref/x", said)
    new_client().ask(ASK["crossref"])
    replay.says("crossref/x", {})
    assert isinstance(new_client().ask(ASK["crossref"]), Found)


def test_refresh_asks_again_the_services_it_names(replay: Replay, new_client: NewClient) -> None:
    replay.says("ror/x", {"id": 1})
    replay.says("ols/x", {"id": 1})
    for _ in range(2):
        client = new_client(refresh=frozenset({"ror"}))
        client.ask(ASK["ror"])
        client.ask(ASK["ols"])
    assert (replay.count("ror"), replay.count("ols")) == (2, 1)


def test_questions_of_other_parameters_are_other_questions(replay: Replay, client: Client) -> None:
    replay.says("ror/x?affiliation=NYU", {"items": 1})
    replay.says("ror/x?affiliation=UCL & co", {"items": 2})
    answers = [client.ask(Request("ror", "x", (("affiliation", each),))) for each in ("NYU", "UCL & co")]
    assert [answer.body["items"] for answer in answers if isinstance(answer, Found)] == [1, 2]


def test_offline_asks_nobody(replay: Replay, new_client: NewClient) -> None:
    assert "offline" in why(new_client(offline=True).ask(ASK["ror"]))
    assert replay.count() == 0


def test_it_says_who_asks(replay: Replay, new_client: NewClient) -> None:
    services = replace(replay.services, contact="jane@example.org", ror_client_id="abc")
    new_client(services=services).ask(ASK["ror"])
    headers = replay.asked[0].headers
    assert headers["User-Agent"].startswith(f"dandifile/{version('dandifile')}")
    assert "mailto:jane@example.org" in headers["User-Agent"]
    assert headers["Client-Id"] == "abc"
    assert headers["Accept"] == "application/json"


def test_a_limit_that_is_used_up_leaves_the_service_alone(replay: Replay, client: Client) -> None:
    client._paces["ror"] = Pace(Limit(requests=1, seconds=300, at_once=1))
    replay.says("ror/x", {})
    assert isinstance(client.ask(ASK["ror"]), Found)
    assert "limit is used up; run again in" in why(client.ask(Request("ror", "y")))
    assert isinstance(client.ask(ASK["ror"]), Found)  # remembered
    assert replay.count() == 1


def test_base_urls_come_from_the_environment() -> None:
    environ = {
        "DANDIFILE_OPENALEX_URL": "http://localhost:1/",
        "DANDIFILE_CONTACT": "a@example.org",
        "X": "y",
    }
    services = Services.from_environment(environ)
    assert (services.openalex, services.contact) == ("http://localhost:1", "a@example.org")
    assert services.ror == Services().ror
    with pytest.raises(UserError, match="DANDIFILE_ROR_URL"):
        Services.from_environment({"DANDIFILE_ROR_URL": "api.ror.org"})


def test_a_service_that_gave_no_answer_in_time_is_not_waited_for_again(
    replay: Replay, client: Client
) -> None:
    replay.says("crossref/x", Said(delay=1))
    assert why(client.ask(ASK["crossref"])) == "no answer in time"
    assert why(client.ask(Request("crossref", "y"))) == "no answer in time"
    assert replay.count("crossref") == 1


def test_a_whole_answer_has_a_bound_of_its_own(replay: Replay, new_client: NewClient) -> None:
    from tests.lookup.replay import HURRIED

    replay.says("crossref/x", Said(delay=2))
    patience = replace(HURRIED, timeouts=Timeouts(5.0, 60.0, 60.0, total=0.2))
    assert why(new_client(patience=patience).ask(ASK["crossref"])) == "no answer in time"


@pytest.mark.parametrize(
    "entry",
    [
        None,
        7,
        [],
        {},
        {"at": "2026-11-20"},
        {"at": "2026-13-45T00:00:00+00:00", "fetched": "2026-11-20"},
        {"at": "2026-11-20T00:00:00", "fetched": "2026-11-20", "body": 1},
        {"at": "2026-11-20T00:00:00+00:00", "fetched": 3, "body": 1},
        {"at": "2026-11-20T00:00:00+00:00", "fetched": "2026-11-20", "body": 1, "status": "ok"},
    ],
)
def test_a_remembered_answer_of_another_form_is_asked_for_again(
    replay: Replay, new_client: NewClient, entry: object
) -> None:
    from dandifile.lookup.client import TABLE
    from dandifile.run.state import MemoryCache

    cache = MemoryCache()
    cache.put_many(TABLE, {ASK["ror"].key: entry})
    replay.says("ror/x", {"id": 1})
    assert new_client(cache=cache).ask(ASK["ror"]) == Found({"id": 1}, "2026-11-20")
