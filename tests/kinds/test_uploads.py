"""Uploads that were begun and never finished: reported, and dropped where that takes nothing from anybody."""

from __future__ import annotations

import json
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
import requests

from dandifile.errors import Exit
from dandifile.model import JsonObject
from tests.conftest import CONTACT, Lab, begin_upload

PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"
SPEC = f"description: Rats on a track\nlicense: CC-BY-4.0\n{CONTACT}\n{PATHS}"
FLAG = ("--allow", "delete-uploads")


@pytest.fixture
def applied(lab: Lab) -> Lab:
    lab.spec(SPEC)
    lab.files({"a.csv": "a", "b.csv": "b"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    return lab


def left(lab: Lab) -> int:
    count: int = lab.get("/dandisets/000001/")["draft_version"]["active_uploads"]
    return count


def said(text: str) -> str:
    return " ".join(text.split())


def killed(lab: Lab) -> None:
    """An apply that is killed with its uploads begun, and all of their parts on the way."""
    lab.archive.behaviour.stalled.clear()
    lab.archive.misbehave(method="POST", route="/complete/", stall=True, times=-1)
    process = lab.start("apply", "--yes")
    assert lab.archive.stalled(60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    lab.archive.behave()


def share(lab: Lab) -> str:
    """Makes somebody an owner, too, and returns the key."""
    key = lab.archive.add_user("rroe")
    requests.put(
        f"{lab.archive.api_url}/dandisets/000001/users/",
        json=[{"username": "admin"}, {"username": "rroe"}],
        headers={"Authorization": f"token {lab.archive.key}"},
        timeout=30,
    ).raise_for_status()
    return key


def make_older(lab: Lab, days: float) -> None:
    begun = (datetime.now(UTC) - timedelta(days=days)).isoformat().replace("+00:00", "Z")
    with lab.archive.serving.archive.database.write() as db:
        db.execute("UPDATE uploads SET created = ?", (begun,))


# --- What this user has left behind -----------------------------------------------------------


@pytest.mark.parametrize("shared", [False, True])
def test_what_a_killed_run_left_is_dropped_by_the_run_that_finishes_it(applied: Lab, *, shared: bool) -> None:
    if shared:
        share(applied)
    applied.files({"a.csv": "changed", "new.csv": "new"})
    killed(applied)
    assert left(applied)
    assert applied.run("plan", "--detailed-exitcode").code == Exit.CHANGES
    ran = applied.run("apply", "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert left(applied) == 0
    assert applied.run("plan", "--detailed-exitcode").code == Exit.DONE


def test_an_upload_whose_answer_was_lost_is_ours_too(applied: Lab) -> None:
    """The kill comes after the archive has begun the upload, and before its id is here."""
    key = share(applied)
    applied.files({"new.csv": "new"})
    applied.archive.misbehave(method="POST", route="/initialize/", drop="after", times=-1)
    assert applied.run("apply", "--yes").code == Exit.FAILED
    applied.archive.behave()
    assert left(applied)
    applied.files({"new.csv": "another content"})
    assert applied.run("apply", "--yes").code == Exit.DONE
    planned = applied.run("plan", "--detailed-exitcode", *FLAG)
    assert planned.code == Exit.CHANGES, planned.out
    theirs = begin_upload(applied, "theirs", key=key)
    assert theirs
    assert "1 of them may be of another owner" in said(applied.run("plan", *FLAG).out)


def test_what_was_answered_leaves_no_note_that_another_owners_upload_fits(applied: Lab) -> None:
    key = share(applied)
    applied.files({"new.csv": "new"})
    assert applied.run("apply", "--yes").code == Exit.DONE
    begin_upload(applied, "new", key=key)
    assert "1 of them may be of another owner" in said(applied.run("plan", *FLAG).out)


def test_what_was_changed_since_is_reported_and_dropped_with_its_flag(applied: Lab) -> None:
    applied.files({"a.csv": "changed", "new.csv": "new"})
    killed(applied)
    count = left(applied)
    applied.files({"a.csv": "changed again", "new.csv": "newer"})
    assert applied.run("apply", "--yes").code == Exit.DONE
    assert left(applied) == count
    make_older(applied, 3.5)
    planned = applied.run("plan", "--detailed-exitcode")
    assert planned.code == Exit.DONE
    assert "never finished" in planned.out
    assert "(3 days ago)" in said(planned.out)
    assert "--allow delete-uploads" in said(planned.out)
    writes = applied.archive.writes()
    assert applied.run("apply", "--yes").code == Exit.DONE
    assert applied.archive.writes() == writes

    planned = applied.run("plan", "--detailed-exitcode", *FLAG)
    assert (planned.code, f"{count} unfinished" in planned.out) == (Exit.CHANGES, True), planned.out
    assert left(applied) == count
    assert applied.run("apply", "--yes", *FLAG).code == Exit.DONE
    assert left(applied) == 0
    again = applied.run("plan", "--detailed-exitcode", *FLAG)
    assert (again.code, "unfinished" in again.out) == (Exit.DONE, False)


def test_uploads_of_what_the_draft_has_are_a_change_that_needs_no_flag(applied: Lab) -> None:
    begin_upload(applied, "a")
    planned = json.loads(applied.run("plan", "--format", "json").out)
    assert planned["counts"] == {"uploads": {"delete": 1}}
    assert not planned["changes"][0]["held"]
    ran = applied.run("apply", "--yes")
    assert (ran.code, left(applied)) == (Exit.DONE, 0), ran.out
    assert applied.run("plan", "--detailed-exitcode").code == Exit.DONE


def test_an_embargo_can_then_be_released(lab: Lab) -> None:
    headers = {"Authorization": f"token {lab.archive.key}"}
    body: JsonObject = {"name": "Place cells", "metadata": {}}
    url = f"{lab.archive.api_url}/dandisets/"
    requests.post(f"{url}?embargo=true", json=body, headers=headers, timeout=30).raise_for_status()
    lab.spec(f"identifier: '000001'\nembargo: true\n{SPEC}")
    lab.files({"a.csv": "a"})
    assert lab.run("apply", "--yes").code == Exit.DONE
    begin_upload(lab, "never finished")
    release = f"{url}000001/unembargo/"
    assert requests.post(release, headers=headers, timeout=30).status_code == requests.codes.bad_request
    assert lab.run("apply", "--yes", *FLAG).code == Exit.DONE
    assert requests.post(release, headers=headers, timeout=30).status_code == requests.codes.ok


# --- What may be somebody else's --------------------------------------------------------------


@pytest.mark.parametrize("content", ["theirs", "a"])
def test_what_another_owner_may_be_sending_is_left_alone(applied: Lab, content: str) -> None:
    begin_upload(applied, content, key=share(applied))
    planned = applied.run("plan", "--detailed-exitcode")
    assert (planned.code, "1 of them may be of another owner" in said(planned.out)) == (Exit.DONE, True)
    assert applied.run("apply", "--yes").code == Exit.DONE
    ran = applied.run("apply", "--yes", *FLAG)
    assert (ran.code, left(applied)) == (Exit.BLOCKED, 1), ran.out


def test_what_nobody_can_go_on_with_is_dropped_whosever_it_is(applied: Lab) -> None:
    begin_upload(applied, "theirs", key=share(applied))
    make_older(applied, 7.1)
    assert applied.run("apply", "--yes", *FLAG).code == Exit.DONE
    assert left(applied) == 0


def test_one_of_another_owner_keeps_all_of_them(applied: Lab) -> None:
    key = share(applied)
    applied.files({"new.csv": "new"})
    killed(applied)
    begin_upload(applied, "theirs", key=key)
    assert applied.run("apply", "--yes").code == Exit.DONE
    assert left(applied) == 2


def test_an_upload_begun_since_the_plan_was_saved_is_not_dropped_with_the_others(applied: Lab) -> None:
    begin_upload(applied, "gone")
    saved = applied.folder / "plan.json"
    assert applied.run("plan", "--out", str(saved), *FLAG).code == Exit.DONE
    begin_upload(applied, "sent right now")
    ran = applied.run("apply", str(saved), "--yes")
    assert (ran.code, left(applied)) == (Exit.DONE, 2), ran.out


def test_whoever_is_no_owner_is_told_their_number(applied: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_upload(applied, "a")
    [variable] = applied.environ
    for key in (applied.archive.add_user("guest"), None):
        monkeypatch.setenv(variable, key) if key else monkeypatch.delenv(variable)
        assert os.environ.get(variable) == key
        applied.spec("identifier: '000001'\n" + SPEC)
        planned = applied.run("plan", "--detailed-exitcode")
        assert planned.code == Exit.DONE, planned.err
        assert "1 upload was begun and is not finished" in said(planned.out)


# --- What is not done after all ---------------------------------------------------------------


def test_nothing_is_dropped_whose_content_could_not_be_written(applied: Lab) -> None:
    applied.files({"new.csv": "new"})
    begin_upload(applied, "new")
    applied.archive.misbehave(method="POST", route="/assets/$", status=400, times=-1)
    assert applied.run("apply", "--yes").code == Exit.FAILED
    applied.archive.behave()
    assert left(applied) == 1
    assert applied.run("apply", "--yes").code == Exit.DONE
    assert left(applied) == 0


@pytest.mark.parametrize("bounds", [("--path", "a.csv"), ("--exclude", "new.csv"), ("--only", "uploads")])
def test_a_bounded_plan_counts_on_nothing_that_it_leaves_out(applied: Lab, bounds: tuple[str, ...]) -> None:
    applied.files({"new.csv": "new"})
    begin_upload(applied, "new")
    planned = applied.run("plan", "--detailed-exitcode", *bounds)
    assert (planned.code, "never finished" in planned.out) == (Exit.DONE, True), planned.out
    assert applied.run("apply", "--yes", *bounds).code == Exit.DONE
    assert left(applied) == 1
