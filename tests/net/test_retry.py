from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from socket import gaierror
from typing import Any

import pytest
import requests
from urllib3 import HTTPSConnectionPool
from urllib3.exceptions import MaxRetryError, NameResolutionError

from dandifile.net import retry
from dandifile.net.retry import NoAnswerError, Patience, Repeat, exchange
from tests.net.scripted import QUICK, Reply, Scripted


def ask(
    server: Scripted, patience: Patience = QUICK, repeat: Repeat = Repeat.HARMLESS, timeout: float = 5
) -> requests.Response:
    url = f"{server.origin}/thing?X-Amz-Signature=verysecret"
    return exchange(lambda: requests.post(url, b"x", timeout=timeout), url, patience, repeat)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_trouble_passes(server: Scripted, status: int) -> None:
    server.on("/thing", Reply(status), Reply(status), Reply(200))
    assert ask(server).status_code == 200
    assert len(server.asked) == 3


def test_a_lost_answer_is_asked_for_again(server: Scripted) -> None:
    server.on("/thing", Reply(dropped=True), Reply(200))
    assert ask(server).status_code == 200


@pytest.mark.parametrize("status", [200, 204, 301, 400, 401, 403, 404, 405, 409, 423, 501])
def test_an_answer_that_would_stay_the_same_is_taken_at_once(server: Scripted, status: int) -> None:
    server.on("/thing", Reply(status))
    url = f"{server.origin}/thing"
    response = exchange(lambda: requests.get(url, timeout=5, allow_redirects=False), url, QUICK)
    assert response.status_code == status
    assert len(server.asked) == 1


def test_after_so_many_attempts_the_last_answer_counts(server: Scripted) -> None:
    server.on("/thing", Reply(503))
    assert ask(server).status_code == 503
    assert len(server.asked) == QUICK.attempts


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_what_must_not_be_done_twice_is_not_repeated_after_an_error(server: Scripted, status: int) -> None:
    server.on("/thing", Reply(status), Reply(200))
    assert ask(server, repeat=Repeat.DOUBLES).status_code == status
    assert len(server.asked) == 1


def test_what_must_not_be_done_twice_is_not_repeated_after_a_lost_answer(server: Scripted) -> None:
    server.on("/thing", Reply(dropped=True), Reply(200))
    with pytest.raises(NoAnswerError) as error:
        ask(server, repeat=Repeat.DOUBLES)
    assert error.value.effect
    assert len(server.asked) == 1


def test_what_must_not_be_done_twice_is_repeated_when_it_was_turned_away(server: Scripted) -> None:
    server.on("/thing", Reply(429), Reply(200))
    assert ask(server, repeat=Repeat.DOUBLES).status_code == 200


@dataclass
class Clock:
    """Time that passes only while somebody sleeps: what was waited is known to the second."""

    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(retry, "time", clock)
    return clock


def test_retry_after_in_seconds_is_kept(server: Scripted, clock: Clock) -> None:
    server.on("/thing", Reply(429, headers={"Retry-After": "1"}), Reply(200))
    ask(server)
    assert 1 <= sum(clock.slept) < 2


def test_retry_after_as_a_date_is_kept(server: Scripted, clock: Clock) -> None:
    now = datetime.now(UTC)
    headers = {"Retry-After": format_datetime(now + timedelta(seconds=60), usegmt=True)}
    server.on("/thing", Reply(503, headers=headers), Reply(200))
    ask(server, replace(QUICK, total=100))
    passed = (datetime.now(UTC) - now).total_seconds()
    assert 59 - passed <= sum(clock.slept) <= 61  # the date is cut to the second


def test_a_date_is_reckoned_by_the_archives_clock_not_by_ours(server: Scripted, clock: Clock) -> None:
    now = datetime.now(UTC) - timedelta(days=1)
    headers = {"Date": format_datetime(now, usegmt=True)}
    headers["Retry-After"] = format_datetime(now + timedelta(seconds=1), usegmt=True)
    server.on("/thing", Reply(503, headers=headers), Reply(200))
    assert ask(server).status_code == 200
    assert 1 <= sum(clock.slept) < 2


@pytest.mark.parametrize("after", ["soon", "-5", "", "²", "Mon, 99 Foo 2026"])
def test_a_retry_after_that_makes_no_sense_is_ignored(server: Scripted, after: str) -> None:
    server.on("/thing", Reply(429, headers={"Retry-After": after}), Reply(200))
    assert ask(server).status_code == 200


def test_a_wait_that_would_outlast_the_patience_is_not_begun(server: Scripted, clock: Clock) -> None:
    server.on("/thing", Reply(429, headers={"Retry-After": "3600"}))
    assert ask(server).status_code == 429
    assert (clock.slept, len(server.asked)) == ([], 1)


def test_waits_that_last_are_told_once_with_their_end(
    server: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    server.on("/thing", Reply(503))
    patience = replace(QUICK, attempts=10, first=0.1, longest=0.1, untold=0.1)
    ask(server, patience)
    (told,) = caplog.messages
    assert told == f"{server.origin.removeprefix('http://')}: answers 503; trying again for up to 1 s"


def test_what_passes_soon_is_not_told(server: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    server.on("/thing", Reply(dropped=True), Reply(502), Reply(200))
    ask(server)
    assert caplog.messages == []


def test_all_trying_ends_within_the_patience(server: Scripted, clock: Clock) -> None:
    server.on("/thing", Reply(500))
    ask(server, replace(QUICK, attempts=1000, first=0.1, longest=0.1, total=0.5))
    assert sum(clock.slept) <= 0.5
    assert 5 <= len(server.asked) < 15


def test_a_server_that_says_nothing_does_not_hang_the_job(server: Scripted) -> None:
    def slow(_: object) -> Reply:
        time.sleep(0.5)
        return Reply(200)

    server.on("/thing", slow)
    with pytest.raises(NoAnswerError, match="no answer in time") as error:
        ask(server, replace(QUICK, attempts=2), timeout=0.1)
    assert error.value.effect
    assert error.value.status is None


def test_a_machine_that_is_not_there_is_told_soon_and_surely_had_no_effect() -> None:
    url = "http://127.0.0.1:1/thing?X-Amz-Signature=verysecret"
    tries = []

    def send() -> requests.Response:
        tries.append(1)
        return requests.get(url, timeout=1)

    with pytest.raises(NoAnswerError, match="no connection") as error:
        exchange(send, url, QUICK)
    assert not error.value.effect
    assert len(tries) == QUICK.unreached
    assert "verysecret" not in f"{error.value!r}{error.value.where}"
    assert error.value.__suppress_context__


def test_a_host_that_has_no_address_is_told() -> None:
    url = "http://no-such-host.invalid/"
    with pytest.raises(NoAnswerError):
        exchange(lambda: requests.get(url, timeout=2, proxies={"no_proxy": "*"}), url, QUICK)


def test_what_is_no_url_is_told_at_once() -> None:
    tries = []

    def send() -> requests.Response:
        tries.append(1)
        return requests.get("http://exa mple.org:x/", timeout=1)

    with pytest.raises(NoAnswerError, match="no URL"):
        exchange(send, "http://exa mple.org:x/", QUICK)
    assert len(tries) == 1


URL = "https://example.org/thing"
POOL: Any = HTTPSConnectionPool("example.org")
NO_NAME = NameResolutionError("example.org", POOL, gaierror("unknown"))


@pytest.mark.parametrize(
    ("error", "said", "tries", "effect"),
    [
        (requests.exceptions.SSLError("bad certificate"), "certificate", 1, True),
        (requests.exceptions.ProxyError("no"), "proxy", QUICK.attempts, True),
        (requests.ConnectionError(MaxRetryError(POOL, URL, NO_NAME)), "no host", QUICK.unreached, False),
        (requests.ConnectTimeout("slow"), "no answer in time", QUICK.unreached, False),
        (requests.ReadTimeout("slow"), "no answer in time", QUICK.silent, True),
        (requests.ConnectionError("reset"), "connection broke", QUICK.attempts, True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_each_failure_is_told_in_words_and_tried_again_where_it_may_pass(
    error: requests.RequestException, said: str, tries: int, effect: bool
) -> None:
    tried = []

    def send() -> requests.Response:
        tried.append(1)
        raise error

    with pytest.raises(NoAnswerError, match=said) as told:
        exchange(send, URL, QUICK)
    assert (len(tried), told.value.effect) == (tries, effect)


def test_waits_double_with_jitter_up_to_a_longest() -> None:
    patience = Patience(first=1, longest=4)
    for attempt, full in [(1, 1), (2, 2), (3, 4), (9, 4)]:
        waits = {retry._backoff(patience, attempt) for _ in range(50)}
        assert len(waits) > 1
        assert all(full / 2 <= wait <= full for wait in waits)


def test_by_default_a_job_waits_minutes_not_hours() -> None:
    assert retry.PATIENT.total <= 300
    assert retry.PATIENT.attempts * retry.PATIENT.longest <= 300
