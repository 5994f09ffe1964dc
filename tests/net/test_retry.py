from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from dandifile.net import retry
from dandifile.net.connections import Connections, Response, Timeouts
from dandifile.net.failures import Cause, NoAnswerError
from dandifile.net.retry import Limit, LimitReachedError, Pace, Patience, Repeat, exchange
from tests.net.scripted import QUICK, Reply, Scripted


def ask(
    server: Scripted, patience: Patience = QUICK, repeat: Repeat = Repeat.HARMLESS, timeout: float = 5
) -> Response:
    url = f"{server.origin}/thing?X-Amz-Signature=verysecret"
    timeouts = Timeouts(timeout, timeout, timeout, math.inf)
    connections = Connections(server.origin)
    return exchange(lambda: connections.send("POST", url, timeouts, body=b"x"), url, patience, repeat)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_trouble_passes(server: Scripted, status: int) -> None:
    server.on("/thing", Reply(status), Reply(status), Reply(200))
    assert ask(server).status == 200
    assert len(server.asked) == 3


def test_a_lost_answer_is_asked_for_again(server: Scripted) -> None:
    server.on("/thing", Reply(dropped=True), Reply(200))
    assert ask(server).status == 200


@pytest.mark.parametrize("status", [200, 204, 301, 400, 401, 403, 404, 405, 409, 423, 501])
def test_an_answer_that_would_stay_the_same_is_taken_at_once(server: Scripted, status: int) -> None:
    server.on("/thing", Reply(status))
    assert ask(server).status == status
    assert len(server.asked) == 1


def test_after_so_many_attempts_the_last_answer_counts(server: Scripted) -> None:
    server.on("/thing", Reply(503))
    assert ask(server).status == 503
    assert len(server.asked) == QUICK.attempts


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_what_must_not_be_done_twice_is_not_repeated_after_an_error(server: Scripted, status: int) -> None:
    server.on("/thing", Reply(status), Reply(200))
    assert ask(server, repeat=Repeat.DOUBLES).status == status
    assert len(server.asked) == 1


def test_what_must_not_be_done_twice_is_not_repeated_after_a_lost_answer(server: Scripted) -> None:
    server.on("/thing", Reply(dropped=True), Reply(200))
    with pytest.raises(NoAnswerError) as error:
        ask(server, repeat=Repeat.DOUBLES)
    assert error.value.cause is Cause.BROKEN
    assert len(server.asked) == 1


def test_what_must_not_be_done_twice_is_repeated_when_it_was_turned_away(server: Scripted) -> None:
    server.on("/thing", Reply(429), Reply(200))
    assert ask(server, repeat=Repeat.DOUBLES).status == 200


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
    assert ask(server).status == 200
    assert 1 <= sum(clock.slept) < 2


@pytest.mark.parametrize("after", ["soon", "-5", "", "²", "Mon, 99 Foo 2026"])
def test_a_retry_after_that_makes_no_sense_is_ignored(server: Scripted, after: str) -> None:
    server.on("/thing", Reply(429, headers={"Retry-After": after}), Reply(200))
    assert ask(server).status == 200


def test_a_wait_that_would_outlast_the_patience_is_not_begun(server: Scripted, clock: Clock) -> None:
    server.on("/thing", Reply(429, headers={"Retry-After": "3600"}))
    assert ask(server).status == 429
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


def test_a_pause_that_is_too_long_is_not_waited_for(server: Scripted, clock: Clock) -> None:
    server.on("/thing", Reply(429, headers={"Retry-After": "3"}))
    assert ask(server, replace(QUICK, pause=2)).status == 429
    assert (clock.slept, len(server.asked)) == ([], 1)


def test_which_answers_are_tried_again_can_be_said(server: Scripted) -> None:
    server.on("/thing", Reply(500), Reply(200))
    assert ask(server, replace(QUICK, busy=frozenset({503}))).status == 500
    assert len(server.asked) == 1


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
    with pytest.raises(NoAnswerError, match="no answer in time"):
        ask(server, timeout=0.1)
    assert len(server.asked) == 2


def test_a_machine_that_is_not_there_is_known_soon() -> None:
    url = "http://127.0.0.1:1/thing?X-Amz-Signature=verysecret"
    connections, tries = Connections(url), []

    def send() -> Response:
        tries.append(1)
        return connections.send("GET", url, Timeouts(1, 1, 1, 5))

    with pytest.raises(NoAnswerError, match="no connection") as error:
        exchange(send, url, QUICK)
    assert error.value.cause is Cause.REFUSED
    assert len(tries) == 2
    assert "verysecret" not in repr(error.value)
    assert error.value.__suppress_context__


@pytest.mark.parametrize(
    ("cause", "tries"),
    [
        (Cause.NOT_A_URL, 1),
        (Cause.UNTRUSTED, 1),
        (Cause.UNREADABLE, 1),
        (Cause.TOO_LARGE, 1),
        (Cause.PROXY, QUICK.attempts),
        (Cause.BROKEN, QUICK.attempts),
        (Cause.NO_HOST, 2),
        (Cause.REFUSED, 2),
        (Cause.UNCONNECTED, 2),
        (Cause.SILENT, 2),
    ],
)
@pytest.mark.parametrize("repeat", Repeat)
def test_each_failure_is_tried_again_if_that_may_help_and_does_no_harm(
    cause: Cause, tries: int, repeat: Repeat
) -> None:
    tried = []

    def send() -> Response:
        tried.append(1)
        raise NoAnswerError(cause)

    with pytest.raises(NoAnswerError):
        exchange(send, "https://example.org/thing", QUICK, repeat)
    assert len(tried) == (tries if repeat is Repeat.HARMLESS or cause.is_unsent else 1)


def test_whatever_else_is_raised_ends_the_trying() -> None:
    tried = []

    def send() -> Response:
        tried.append(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exchange(send, "https://example.org/thing", QUICK)
    assert tried == [1]


def test_waits_double_with_jitter_up_to_a_longest() -> None:
    patience = Patience(first=1, longest=4)
    for attempt, full in [(1, 1), (2, 2), (3, 4), (9, 4)]:
        waits = {retry._backoff(patience, attempt) for _ in range(50)}
        assert len(waits) > 1
        assert all(full / 2 <= wait <= full for wait in waits)


def test_by_default_a_job_waits_minutes_not_hours() -> None:
    assert retry.PATIENT.total <= 300
    assert retry.PATIENT.attempts * retry.PATIENT.longest <= 300


def test_a_limit_is_kept() -> None:
    pace = Pace(Limit(requests=2, seconds=0.2, at_once=1))
    started = time.monotonic()
    for _ in range(4):
        with pace.slot(longest=1):
            pass
    assert time.monotonic() - started >= 0.2


def test_a_wait_that_would_take_too_long_is_not_begun() -> None:
    pace = Pace(Limit(requests=1, seconds=300, at_once=1))
    with pace.slot(longest=1):
        pass
    with pytest.raises(LimitReachedError) as error, pace.slot(longest=1):
        pass
    assert 299 < error.value.seconds <= 300
