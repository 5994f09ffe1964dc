"""What cannot be undone, while others write: between plan and apply, and between a look and its request."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests

from dandifile import waits
from dandifile.commands import apply as apply_command
from dandifile.errors import Exit
from dandifile.model import JsonObject
from dandifile.session import draft_state
from dandifile.session import publish as publishing
from tests.conftest import CONTACT, Lab, owners_of, squeeze, write_document
from tests.releases import publish_now, validate_now

PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"
SPEC = f"description: Rats on a track\nlicense: CC-BY-4.0\nkeywords: [rat]\n{CONTACT}\n{PATHS}"
UNTIL = (datetime.now(UTC).date() + timedelta(days=400)).isoformat()
HIDDEN = f"embargo: {{until: {UNTIL}}}\n{SPEC}"
RELEASED = f"embargo: false\n{SPEC}"
PUBLISH = ("publish", "--yes", "--allow", "publish", "--timeout", "2")
ZARRAY = """{"zarr_format": 2, "shape": [4], "chunks": [4], "dtype": "|u1", "compressor": null,
"fill_value": 0, "order": "C", "filters": null}"""
DRAFT = "/dandisets/000001/versions/draft"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "FIRST", 0.05)


def applied(lab: Lab, spec: str) -> None:
    lab.spec(spec)
    lab.files({"a.csv": "a", "b.csv": "b"})
    ran = lab.run("apply", "--create", "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    make_valid(lab)


def make_valid(lab: Lab) -> None:
    validate_now(lab.archive)
    assert lab.get(f"{DRAFT}/info/")["status"] == "Valid"


def send(lab: Lab, method: str, path: str, body: JsonObject | None = None) -> JsonObject:
    headers = {"Authorization": f"token {lab.archive.key}"}
    url = f"{lab.archive.api_url}{path}"
    answer = requests.request(method, url, json=body, headers=headers, timeout=30)
    answer.raise_for_status()
    return answer.json() if answer.content else {}


def embargo(lab: Lab) -> str:
    return str(lab.get("/dandisets/000001/")["embargo_status"])


def release(lab: Lab) -> None:
    """Somebody releases the dandiset, and the archive ends that at once."""
    send(lab, "POST", "/dandisets/000001/unembargo/")
    while embargo(lab) != "OPEN":
        pass


def replace_content(lab: Lab) -> None:
    """Somebody gives the asset a.csv the content of b.csv, which has as many bytes."""
    there = lab.assets()
    body = {"metadata": {"path": "a.csv"}, "blob_id": there["b.csv"]["blob"]}
    send(lab, "PUT", f"{DRAFT}/assets/{there['a.csv']['asset_id']}/", body)


def edit(lab: Lab) -> None:
    write_document(lab, {**lab.document(), "acknowledgement": "somebody"})


def versions(lab: Lab) -> list[str]:
    found = lab.get("/dandisets/000001/versions/")["results"]
    return [one["version"] for one in found if one["version"] != "draft"]


def before_steps(monkeypatch: pytest.MonkeyPatch, happen: Callable[[], object]) -> None:
    """Calls `happen` after the plan was shown and confirmed, before the first step."""
    plain = apply_command._carry_out

    def late(*given: object) -> object:
        happen()
        return plain(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(apply_command, "_carry_out", late)


def before_second_try(monkeypatch: pytest.MonkeyPatch, happen: Callable[[], object]) -> None:
    """Calls `happen` in the first pause before a request is sent again."""
    called: list[object] = []

    def pause(_seconds: float) -> None:
        if not called:
            called.append(happen())

    monkeypatch.setattr(time, "sleep", pause)


# --- A release ---------------------------------------------------------------------------------


def test_content_that_nobody_reviewed_is_not_released(lab: Lab) -> None:
    applied(lab, HIDDEN)
    lab.spec(RELEASED)
    saved = lab.folder / "plan.json"
    assert lab.run("plan", "--out", str(saved), "--allow", "unembargo").code == Exit.DONE
    replace_content(lab)
    ran = lab.run("apply", str(saved), "--yes")
    assert (ran.code, embargo(lab)) == (Exit.FAILED, "EMBARGOED"), ran.out + ran.err


def test_what_is_released_is_looked_at_again_before_the_request_is_repeated(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(lab, HIDDEN)
    lab.spec(RELEASED)
    lab.archive.misbehave(method="POST", route="/unembargo/$", status=503)
    before_second_try(monkeypatch, lambda: replace_content(lab))
    ran = lab.run("apply", "--yes", "--allow", "unembargo")
    assert (ran.code, embargo(lab)) == (Exit.FAILED, "EMBARGOED"), ran.out + ran.err


def test_a_plan_for_one_kind_does_not_release_what_the_spec_still_changes(lab: Lab) -> None:
    applied(lab, HIDDEN)
    lab.spec(RELEASED)
    lab.files({"a.csv": "without names"})
    ran = lab.run("apply", "--yes", "--allow", "unembargo", "--only", "embargo")
    assert (ran.code, embargo(lab)) == (Exit.BLOCKED, "EMBARGOED"), ran.out + ran.err
    assert "leave --only out" in squeeze(ran.out)


def test_what_the_plan_itself_sends_moves_and_describes_is_as_reviewed(lab: Lab) -> None:
    lab.files({"x.zarr/.zarray": ZARRAY, "x.zarr/0": "1234"})
    applied(lab, HIDDEN)
    (lab.folder / "data" / "a.csv").rename(lab.folder / "data" / "moved.csv")
    lab.files({"b.csv": "other", "c.csv": "c", "x.zarr/0": "4321"})
    lab.spec(f"{RELEASED}assets: [{{match: moved.csv, metadata: {{keywords: [pilot]}}}}]\n")
    ran = lab.run("apply", "--yes", "--allow", "unembargo")
    assert (ran.code, embargo(lab)) == (Exit.DONE, "OPEN"), ran.out + ran.err
    assert set(lab.assets()) == {"moved.csv", "b.csv", "c.csv", "x.zarr"}


def test_an_answer_that_is_lost_again_and_again_hides_no_release(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(lab, HIDDEN)
    lab.spec(f"owners: [jdoe]\n{RELEASED}")
    lab.archive.add_user("jdoe", "Doe, Jane")
    before_second_try(monkeypatch, lambda: None)
    for method, route in (("POST", "/unembargo/$"), ("PUT", "/users/$")):
        lab.archive.misbehave(method=method, route=route, drop="after", times=-1)
    ran = lab.run("apply", "--yes", "--allow", "unembargo")
    assert (ran.code, embargo(lab), owners_of(lab)) == (Exit.DONE, "OPEN", ["admin", "jdoe"]), (
        ran.out + ran.err
    )


# --- What the spec hides -----------------------------------------------------------------------


def test_a_dandiset_that_was_released_since_the_plan_takes_nothing_that_the_spec_hides(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(lab, HIDDEN)
    lab.files({"secret.csv": "secret"})
    before_steps(monkeypatch, lambda: release(lab))
    lab.archive.reset_counts()
    ran = lab.run("apply", "--yes")
    assert ran.code == Exit.BLOCKED, ran.out + ran.err
    assert "secret.csv" not in lab.assets()
    assert "uploads/initialize/" not in str(lab.archive.counts())


def test_the_draft_is_not_published_as_it_is_where_the_spec_hides_it(lab: Lab) -> None:
    applied(lab, HIDDEN)
    release(lab)
    make_valid(lab)
    ran = lab.run(*PUBLISH, "--as-is")
    assert (ran.code, versions(lab)) == (Exit.BLOCKED, []), ran.out + ran.err


# --- While the archive releases it ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ([], "only open dandisets are published"),
        (["--wait", "--timeout", "0.01"], "the archive still releases the embargo; nothing was published"),
    ],
)
def test_publish_waits_for_a_release_only_if_asked_and_no_longer(
    lab: Lab, flags: list[str], says: str
) -> None:
    applied(lab, HIDDEN)
    lab.spec(RELEASED)
    lab.archive.settings.background = False
    with lab.archive.at_rest():
        send(lab, "POST", "/dandisets/000001/unembargo/")
    ran = lab.run("publish", "--yes", "--allow", "publish", *flags)
    assert (ran.code, says in squeeze(ran.out + ran.err)) == (Exit.BLOCKED, True), ran.out + ran.err


# --- Publishing --------------------------------------------------------------------------------


def test_apply_does_not_end_a_publication_that_began_after_its_plan(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(lab, SPEC)
    lab.spec(SPEC.replace("rat]", "mouse]"))
    with lab.archive.at_rest():
        before_steps(monkeypatch, lambda: send(lab, "POST", f"{DRAFT}/publish/", {}))
        ran = lab.run("apply", "--yes")
        status = lab.get(f"{DRAFT}/info/")["status"]
    assert (ran.code, status) == (Exit.BLOCKED, "Publishing"), ran.out + ran.err


def test_a_draft_that_changes_while_it_is_planned_is_planned_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(lab, SPEC)
    plain = draft_state.draft_state

    def late(*given: object) -> object:
        monkeypatch.setattr(publishing, "draft_state", plain)
        write_document(lab, {**lab.document(), "keywords": ["mouse"]})
        make_valid(lab)
        return plain(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(publishing, "draft_state", late)
    ran = lab.run(*PUBLISH)
    assert (ran.code, versions(lab)) == (Exit.BLOCKED, []), ran.out + ran.err
    assert "1 change (1 in metadata)" in squeeze(ran.out)


def test_the_draft_is_looked_at_again_before_publishing_is_asked_for_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(lab, SPEC)
    lab.archive.misbehave(method="POST", route="/publish/$", status=429, retry_after=1)

    def change() -> None:
        edit(lab)
        make_valid(lab)

    before_second_try(monkeypatch, change)
    ran = lab.run(*PUBLISH)
    assert (ran.code, versions(lab)) == (Exit.BLOCKED, []), ran.out + ran.err


def test_the_draft_is_looked_at_after_an_earlier_version_was_noted(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(lab, SPEC)
    publish_now(lab.archive)
    lab.spec(SPEC.replace("rat]", "mouse]"))
    assert lab.run("apply", "--yes").code == Exit.DONE
    make_valid(lab)
    plain = publishing._note_missed

    def late(*given: object) -> None:
        plain(*given)  # type: ignore[arg-type]
        edit(lab)
        make_valid(lab)

    monkeypatch.setattr(publishing, "_note_missed", late)
    ran = lab.run(*PUBLISH)
    assert (ran.code, len(versions(lab))) == (Exit.BLOCKED, 1), ran.out + ran.err
