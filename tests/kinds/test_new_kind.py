"""A new kind is a module and one line, as CONTRIBUTING.md says: every command then knows it."""

from __future__ import annotations

import json

import pytest

from dandifile.errors import Exit
from dandifile.kinds import KINDS, permits
from tests.conftest import Lab
from tests.kinds import thanks

TEXT = "Thanks to all who recorded Place cells."
PERMITTED = ("--allow", "thanks")


@pytest.fixture(autouse=True)
def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one line of CONTRIBUTING.md's second step."""
    monkeypatch.setitem(KINDS, thanks.NAME, thanks)


@pytest.fixture
def made(lab: Lab) -> Lab:
    """A lab whose dandiset exists and has no thanks yet."""
    lab.spec("paths: [{source: data, standard: any}]\n")
    lab.files({"a.csv": "a"})
    assert lab.run("apply", "--create", "--yes", "--only", "assets").code == Exit.DONE
    return lab


def test_the_plan_shows_its_change_and_what_it_needs(made: Lab) -> None:
    shown = made.run("plan")
    assert f"thanks     all  + {TEXT}" in shown.out
    assert "1 line of thanks" in shown.out
    assert "apply needs --allow thanks for 1 line of thanks" in shown.out


def test_the_plan_has_its_change_in_json(made: Lab) -> None:
    shown = json.loads(made.run("plan", "--format", "json").out)
    change = {"action": "create", "blocked": False, "held": True, "kind": "thanks", "name": "all"}
    assert (shown["changes"], shown["counts"]) == ([change], {"thanks": {"create": 1}})


def test_its_change_waits_for_its_word(made: Lab) -> None:
    assert made.run("apply", "--yes").code == Exit.BLOCKED
    assert "acknowledgement" not in made.document()


def test_its_step_is_done_and_the_next_plan_is_empty(made: Lab) -> None:
    done = made.run("apply", "--yes", *PERMITTED)
    assert done.code == Exit.DONE, done.out + done.err
    assert "1 line of thanks" in done.out
    assert made.document()["acknowledgement"] == TEXT
    again = made.run("plan", "--detailed-exitcode")
    assert (again.code, "No changes" in again.out) == (Exit.DONE, True), again.out


def test_a_plan_can_be_bounded_to_it(made: Lab) -> None:
    made.files({"b.csv": "b"})
    shown = json.loads(made.run("plan", "--only", "thanks", "--format", "json").out)
    assert shown["counts"] == {"thanks": {"create": 1}}


def test_a_word_that_is_not_known_is_answered_with_its_word_too(made: Lab) -> None:
    assert ", ".join(permits()) in made.run("plan", "--allow", "x").err
    assert ", ".join(KINDS) in made.run("plan", "--only", "x").err


def test_a_saved_plan_is_applied_and_is_done_once(made: Lab) -> None:
    saved = made.folder / "plan.json"
    assert made.run("plan", "--out", str(saved), *PERMITTED).code == Exit.DONE
    done = made.run("apply", str(saved), "--yes")
    assert done.code == Exit.DONE, done.out + done.err
    assert made.document()["acknowledgement"] == TEXT
    again = made.run("apply", str(saved), "--yes")
    assert (again.code, "No changes" in again.out) == (Exit.DONE, True), again.out


def test_a_saved_plan_is_stale_once_somebody_else_has_written_the_field(made: Lab) -> None:
    from tests.conftest import write_document

    saved = made.folder / "plan.json"
    assert made.run("plan", "--out", str(saved), *PERMITTED).code == Exit.DONE
    write_document(made, {**made.document(), "acknowledgement": "Thanks to the rats."})
    stale = made.run("apply", str(saved), "--yes")
    assert (stale.code, "stale" in stale.err) == (Exit.BLOCKED, True), stale.err
