"""An embargo from the creation of a dandiset to its release, against the embedded archive."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
import requests

from dandifile.archive import release
from dandifile.errors import Exit
from dandifile.model import EMBARGOED, EmbargoState, Json, JsonObject
from tests.conftest import CONTACT, Lab, Ran, begin_upload

PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"
BARE = f"description: Rats on a track\nlicense: CC-BY-4.0\n{PATHS}"
SPEC = BARE + CONTACT
FLAG = ("--allow", "unembargo")
TODAY = datetime.now(UTC).date()
UNTIL = (TODAY + timedelta(days=400)).isoformat()
FUNDER = "  - {organization: NIH, award: R21, roles: [Funder]}\n"


def day(ahead: int) -> str:
    return (TODAY + timedelta(days=ahead)).isoformat()


def said(ran: Ran) -> str:
    return " ".join((ran.out + ran.err).split())


def status(lab: Lab, identifier: str = "000001") -> str:
    return str(lab.get(f"/dandisets/{identifier}/")["embargo_status"])


def is_converged(lab: Lab) -> None:
    ran = lab.run("plan", "--detailed-exitcode")
    assert (ran.code, "No changes" in ran.out) == (Exit.DONE, True), ran.out + ran.err


def post(lab: Lab, path: str, body: Json = None) -> requests.Response:
    headers = {"Authorization": f"token {lab.archive.key}"}
    answer = requests.post(f"{lab.archive.api_url}{path}", json=body, headers=headers, timeout=30)
    answer.raise_for_status()
    return answer


def requested(lab: Lab) -> int:
    """How often the archive was asked for a release."""
    return lab.archive.counts().get(("POST", "/api/dandisets/{id}/unembargo/"), 0)


@pytest.fixture
def hidden(lab: Lab) -> Lab:
    """A dandiset under embargo with one asset, as its spec declares it."""
    lab.spec(f"embargo: {{until: {UNTIL}}}\n{SPEC}")
    lab.files({"a.csv": "a"})
    ran = lab.run("apply", "--create", "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    return lab


# --- Created so -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("embargo", "until"),
    [("true", day(730)), ("{}", day(730)), (f"{{until: {UNTIL}}}", UNTIL), (f"{{until: {day(0)}}}", day(0))],
)
def test_a_dandiset_is_created_with_its_embargo(lab: Lab, embargo: str, until: str) -> None:
    lab.spec(f"embargo: {embargo}\n{SPEC}")
    lab.files({"a.csv": "a"})
    assert "under embargo until" in said(lab.run("plan"))
    assert lab.run("apply", "--yes").code == Exit.BLOCKED, "a creation needs its flag"
    ran = lab.run("apply", "--create", "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert (status(lab), lab.document()["access"][0]["embargoedUntil"]) == ("EMBARGOED", until)
    assert lab.assets().keys() == {"a.csv"}
    is_converged(lab)
    assert f"embargoed until {until}" in said(lab.run("plan"))


@pytest.mark.parametrize("funder", ["", FUNDER, FUNDER.replace("NIH", "National Institutes of Health")])
def test_the_funder_is_a_contributor_once_and_so_are_the_declared(lab: Lab, funder: str) -> None:
    lab.spec(f"embargo: {{funding_source: NIH, award: R21, until: {day(1825)}}}\n{SPEC}{funder}")
    ran = lab.run("apply", "--create", "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert ("add {organization: NIH, award: R21" in said(ran)) == (not funder)
    found = [(one["name"], one.get("awardNumber")) for one in lab.document()["contributor"]]
    assert found[0] == ("Doe, Jane", None)
    assert [award for _, award in found[1:]] == ["R21"], found
    is_converged(lab)


def test_a_killed_creation_is_adopted_with_its_funder(lab: Lab) -> None:
    lab.spec(f"embargo: {{funding_source: NIH, award: R21}}\n{SPEC}")
    listing = {"method": "GET", "route": "/api/dandisets/$"}  # asked twice before the creation, once after it
    lab.archive.misbehave(**listing, skip=2, stall=True, times=-1)
    process = lab.start("apply", "--create", "--yes")
    assert lab.archive.stalled(60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    lab.archive.behave()
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    assert [one["name"] for one in lab.document()["contributor"]] == ["Doe, Jane", "NIH"]
    assert len(lab.get("/dandisets/?user=me&embargoed=true")["results"]) == 1
    is_converged(lab)


def test_its_own_access_is_written_and_the_archives_part_stays(lab: Lab) -> None:
    access = "metadata: {access: [{status: 'dandi:EmbargoedAccess', description: ask us}]}\n"
    lab.spec(f"embargo: true\n{access}{SPEC}")
    ran = lab.run("apply", "--create", "--yes")
    assert (ran.code, "has no effect" in said(ran)) == (Exit.DONE, False), said(ran)
    first = lab.document()["access"][0]
    assert (first["description"], first["embargoedUntil"]) == ("ask us", day(730))
    is_converged(lab)


# --- Terms that the archive does not take -------------------------------------------------------


@pytest.mark.parametrize(
    ("embargo", "words", "fix"),
    [
        (f"{{until: {day(731)}}}", "2 years without a funding source", f"write {day(730)} or an"),
        (f"{{until: {day(1826)}, funding_source: N, award: R}}", "5 years", f"write {day(1825)} or"),
        (f"{{until: {day(-1)}}}", "is in the past", f"write a day up to {day(730)}"),
    ],
)
@pytest.mark.parametrize("command", ["check", "plan"])
def test_an_end_that_the_archive_would_refuse_is_named_with_its_place(
    lab: Lab, command: str, embargo: str, words: str, fix: str
) -> None:
    lab.spec(f"embargo: {embargo}\n{SPEC}")
    ran = lab.run(command)
    assert ran.code == Exit.INPUT
    assert all(text in said(ran) for text in ("dandiset.yaml:4:18", words, fix)), said(ran)
    assert lab.archive.writes() == 0


def test_a_funder_alone_would_leave_no_contact_person(lab: Lab) -> None:
    lab.spec(f"environments:\n  e:\n    embargo: {{funding_source: NIH, award: R21}}\n{BARE}")
    ran = lab.run("check", "-e", "e")
    assert (ran.code, "6:31" in ran.err, "no contact person" in said(ran)) == (Exit.INPUT, True, True), (
        ran.err
    )
    assert lab.run("check").code == Exit.DONE


@pytest.mark.parametrize("command", ["check", "plan"])
def test_a_dandiset_that_is_there_is_not_judged_by_the_terms_of_new_ones(hidden: Lab, command: str) -> None:
    """Its last day comes and goes, and the spec stays valid."""
    hidden.spec(f"embargo: {{until: {day(-1)}}}\n{SPEC}")
    assert hidden.run(command).code in (Exit.DONE, Exit.BLOCKED)
    assert "is in the past" not in said(hidden.run(command))


def test_another_end_is_an_error_and_the_rest_is_done(hidden: Lab) -> None:
    hidden.spec(f"embargo: {{until: {day(300)}}}\n{SPEC}")
    hidden.files({"b.csv": "b"})
    ran = hidden.run("apply", "--yes")
    assert (ran.code, f"write `until: {UNTIL}`" in said(ran)) == (Exit.BLOCKED, True), said(ran)
    assert hidden.assets().keys() == {"a.csv", "b.csv"}
    assert hidden.document()["access"][0]["embargoedUntil"] == UNTIL


# --- Released ---------------------------------------------------------------------------------


def test_a_release_needs_its_flag_and_then_everyone_sees_all_of_it(hidden: Lab) -> None:
    hidden.spec(f"embargo: false\nkeywords: [new]\n{SPEC}")
    hidden.files({"b.csv": "bbb"})
    planned = hidden.run("plan", "--detailed-exitcode")
    assert planned.code == Exit.CHANGES
    assert "cannot be undone: everyone will see 2 assets" in said(planned)
    assert "needs --allow unembargo" in said(planned)
    ran = hidden.run("apply", "--yes")
    assert (ran.code, status(hidden), requested(hidden)) == (Exit.BLOCKED, "EMBARGOED", 0), said(ran)
    assert hidden.assets().keys() == {"a.csv", "b.csv"}, "the rest is done"
    ran = hidden.run("apply", "--yes", *FLAG)
    assert (ran.code, status(hidden)) == (Exit.DONE, "OPEN"), said(ran)
    assert "1 embargo released" in said(ran)
    assert hidden.document()["access"][0]["status"] == "dandi:OpenAccess"
    asset = hidden.assets()["a.csv"]["asset_id"]
    assert requests.get(f"{hidden.archive.api_url}/assets/{asset}/", timeout=30).status_code == 200
    is_converged(hidden)
    writes = hidden.archive.writes()
    assert hidden.run("apply", "--yes", *FLAG).code == Exit.DONE
    assert hidden.archive.writes() == writes


def test_an_embargo_that_is_not_declared_stays(hidden: Lab) -> None:
    hidden.spec(f"identifier: '000001'\nenvironments: {{e: {{embargo: null}}}}\nembargo: false\n{SPEC}")
    for flags in (("-e", "e", *FLAG), ("-e", "e")):
        assert hidden.run("apply", "--yes", *flags).code == Exit.DONE
    assert (status(hidden), requested(hidden)) == ("EMBARGOED", 0)


def test_nothing_is_released_where_something_could_not_be_written(hidden: Lab) -> None:
    hidden.spec(f"embargo: false\n{SPEC}")
    hidden.files({"b.csv": "b"})
    hidden.archive.misbehave(method="POST", route="/assets/$", status=400, times=-1)
    ran = hidden.run("apply", "--yes", *FLAG)
    assert (ran.code, status(hidden), requested(hidden)) == (Exit.FAILED, "EMBARGOED", 0), said(ran)
    hidden.archive.behave()
    assert hidden.run("apply", "--yes", *FLAG).code == Exit.DONE
    assert status(hidden) == "OPEN"


def test_unfinished_uploads_are_named_with_the_remedy_which_releases(hidden: Lab) -> None:
    begin_upload(hidden, "never finished")
    hidden.spec(f"embargo: false\n{SPEC}")
    ran = hidden.run("apply", "--yes", *FLAG)
    assert (ran.code, "--allow delete-uploads" in said(ran)) == (Exit.BLOCKED, True), said(ran)
    assert status(hidden) == "EMBARGOED"
    ran = hidden.run("apply", "--yes", *FLAG, "--allow", "delete-uploads")
    assert (ran.code, status(hidden)) == (Exit.DONE, "OPEN"), said(ran)


def test_an_upload_begun_since_is_what_the_archive_says(hidden: Lab) -> None:
    hidden.spec(f"embargo: false\n{SPEC}")
    saved = hidden.folder / "plan.json"
    assert hidden.run("plan", "--out", str(saved), *FLAG).code == Exit.DONE
    begin_upload(hidden, "just now")
    ran = hidden.run("apply", str(saved), "--yes")
    assert (ran.code, "active uploads" in said(ran)) == (Exit.FAILED, True), said(ran)


def test_assets_that_nobody_reviewed_are_not_released(hidden: Lab) -> None:
    hidden.spec(f"embargo: false\n{SPEC}")
    saved = hidden.folder / "plan.json"
    assert hidden.run("plan", "--out", str(saved), *FLAG).code == Exit.DONE
    blob = hidden.assets()["a.csv"]["blob"]
    body: JsonObject = {"metadata": {"path": "theirs.csv"}, "blob_id": blob}
    post(hidden, "/dandisets/000001/versions/draft/assets/", body)
    ran = hidden.run("apply", str(saved), "--yes")
    assert (ran.code, "everyone would see 2 assets, and not the 1" in said(ran)) == (Exit.FAILED, True)
    assert status(hidden) == "EMBARGOED"


def test_a_saved_plan_of_a_release_is_done_by_somebody_else(hidden: Lab) -> None:
    hidden.spec(f"embargo: false\nkeywords: [new]\n{SPEC}")
    saved = hidden.folder / "plan.json"
    assert hidden.run("plan", "--out", str(saved), *FLAG).code == Exit.DONE
    assert json.loads(saved.read_text("utf-8"))["target"]["embargo_until"] == UNTIL
    post(hidden, "/dandisets/000001/unembargo/")
    ran = hidden.run("apply", str(saved), "--yes")
    assert (ran.code, requested(hidden)) == (Exit.DONE, 1), said(ran)
    assert hidden.document()["keywords"] == ["new"]
    is_converged(hidden)


# --- While the archive is at it -----------------------------------------------------------------


def release_soon(lab: Lab) -> Thread:
    """Lets the archive's job run once somebody has looked at the dandiset a few times more."""
    before = looks(lab)

    def watch() -> None:
        while looks(lab) < before + 6:
            pass
        lab.archive.settings.background = True

    thread = Thread(target=watch)
    thread.start()
    return thread


def looks(lab: Lab) -> int:
    return lab.archive.counts().get(("GET", "/api/dandisets/{id}/"), 0)


def begin_release(lab: Lab) -> None:
    """A release that the archive has been asked for and does not end."""
    lab.archive.settings.background = False
    with lab.archive.at_rest():  # a pass that was under way has ended
        post(lab, "/dandisets/000001/unembargo/")


@pytest.mark.parametrize("declared", ["embargo: false\n", ""])
def test_apply_waits_for_a_release_that_is_under_way_and_then_writes(hidden: Lab, declared: str) -> None:
    hidden.spec(declared + SPEC)
    hidden.files({"b.csv": "b"})
    begin_release(hidden)
    planned = hidden.run("plan")
    assert (planned.code, "apply waits for it" in said(planned)) == (Exit.DONE, True), said(planned)
    thread = release_soon(hidden)
    ran = hidden.run("apply", "--yes")
    thread.join()
    assert (ran.code, requested(hidden)) == (Exit.DONE, 1), said(ran)
    assert (status(hidden), set(hidden.assets())) == ("OPEN", {"a.csv", "b.csv"})


def test_apply_stops_waiting_and_says_that_the_archive_is_still_at_it(
    hidden: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "LIMIT", 0.1)
    hidden.archive.settings.background = False
    with hidden.archive.at_rest():  # the pass that was under way has ended
        hidden.spec(f"embargo: false\n{SPEC}")
    ran = hidden.run("apply", "--yes", *FLAG)
    words = "the archive is still releasing the embargo of 000001"
    assert (ran.code, words in said(ran), "run apply again later" in said(ran)) == (1, True, True), said(ran)
    writes = hidden.archive.writes()
    hidden.files({"b.csv": "b"})
    ran = hidden.run("apply", "--yes", *FLAG)
    assert (ran.code, words in said(ran)) == (Exit.BLOCKED, True), said(ran)
    assert hidden.archive.writes() == writes
    hidden.archive.settings.background = True


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_what_is_to_be_hidden_is_not_sent_while_another_releases_it(hidden: Lab, command: str) -> None:
    hidden.files({"secret.csv": "secret"})
    begin_release(hidden)
    writes = hidden.archive.writes()
    ran = hidden.run(command, *(("--yes",) if command == "apply" else ()))
    assert (ran.code, "everyone will see what is in it" in said(ran)) == (Exit.BLOCKED, True), said(ran)
    assert hidden.archive.writes() == writes


# --- Content that several dandisets hold ----------------------------------------------------------


def other_hidden(lab: Lab, content: str) -> Any:
    """Another dandiset of the same user under embargo, with that content."""
    other = Lab(lab.folder.parent / "other", lab.archive, lab.environ)
    other.folder.mkdir()
    other.spec(f"embargo: true\n{SPEC}", name="Another")
    other.files({"x.csv": content})
    assert other.run("apply", "--create", "--yes").code == Exit.DONE
    return other


def test_a_release_names_the_embargoed_dandisets_that_share_its_content(hidden: Lab) -> None:
    other_hidden(hidden, "a")
    hidden.spec(f"embargo: false\n{SPEC}")
    assert "with content that is also in 000002" in said(hidden.run("plan"))
    assert hidden.run("apply", "--yes", *FLAG).code == Exit.DONE


def test_content_of_an_embargoed_dandiset_is_not_put_into_one_that_is_to_be_released(hidden: Lab) -> None:
    other_hidden(hidden, "theirs")
    hidden.spec(f"embargo: false\n{SPEC}")
    hidden.files({"b.csv": "theirs"})
    ran = hidden.run("apply", "--yes", *FLAG)
    assert (ran.code, "in an embargoed dandiset of yours" in said(ran)) == (Exit.BLOCKED, True), said(ran)
    assert (status(hidden), set(hidden.assets())) == ("EMBARGOED", {"a.csv"})


def test_content_of_an_embargoed_dandiset_goes_into_a_new_embargoed_one(hidden: Lab) -> None:
    other_hidden(hidden, "a")
    assert set(hidden.assets("000002")) == {"x.csv"}


def test_a_dandiset_released_since_the_plan_was_saved_takes_no_embargoed_content(hidden: Lab) -> None:
    other_hidden(hidden, "theirs")
    hidden.spec(SPEC)
    hidden.files({"b.csv": "theirs"})
    saved = hidden.folder / "plan.json"
    assert hidden.run("plan", "--out", str(saved)).code == Exit.DONE
    post(hidden, "/dandisets/000001/unembargo/")
    ran = hidden.run("apply", str(saved), "--yes")
    assert (ran.code, "which is open, would release it" in said(ran)) == (Exit.FAILED, True), said(ran)
    assert set(hidden.assets()) == {"a.csv"}


# --- Days -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "left"),
    [
        (EmbargoState("EMBARGOED", "2027-01-03"), 2),
        (EmbargoState("EMBARGOED", "2026-12-31"), -1),
        (EmbargoState("EMBARGOED"), None),
        (EmbargoState("EMBARGOED", "some day"), None),
        (EmbargoState("OPEN", "2027-01-03"), None),
    ],
)
def test_the_days_that_are_left_of_an_embargo(state: EmbargoState, left: int | None) -> None:
    assert state.days_left(datetime(2027, 1, 1, tzinfo=UTC).date()) == left


@pytest.mark.parametrize("access", [None, {}, {"a": 1}, "open", [], ["open"], [None], [{}]])
def test_metadata_that_say_nothing_of_access_name_no_day(access: Json) -> None:
    """Each look at an embargo reads the field here, also `import` and `import --update`."""
    assert EmbargoState.of(EMBARGOED, {"access": access}) == EmbargoState(EMBARGOED)
