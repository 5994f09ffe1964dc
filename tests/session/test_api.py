"""`import dandifile`: quiet, with exceptions for errors, and no permission that was not given."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import dandifile
from dandifile.session.session import Session
from tests.conftest import CONTACT, Lab

SPEC = (
    f"description: d\nlicense: CC-BY-4.0\n{CONTACT}\npaths: [{{source: data, standard: any, prune: true}}]\n"
)


@pytest.fixture
def spec(lab: Lab) -> Path:
    lab.spec(SPEC)
    lab.files({"a.csv": "a", "b.csv": "b"})
    return lab.folder / "dandiset.yaml"


@pytest.fixture
def applied(spec: Path) -> Path:
    assert not dandifile.apply(dandifile.plan(spec), create=True).failed
    return spec


def test_a_plan_is_applied_and_the_next_one_is_empty(
    spec: Path, lab: Lab, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = dandifile.plan(spec)
    assert {change.key.name for change in plan.changes} >= {"a.csv", "b.csv"}
    assert lab.archive.writes() == 0
    result = dandifile.apply(plan, create=True)
    assert (result.failed, result.paths) == ((), ("a.csv", "b.csv"))
    assert dandifile.plan(str(spec)).changes == ()
    assert dandifile.plan(spec.parent).changes == ()
    assert capfd.readouterr() == ("", "")


def test_a_dandiset_is_made_only_where_that_is_said(spec: Path, lab: Lab) -> None:
    plan = dandifile.plan(spec)
    with pytest.raises(dandifile.BlockedError, match="there is no dandiset yet"):
        dandifile.apply(plan)
    assert lab.archive.writes() == 0


def test_nothing_is_deleted_unless_plan_and_apply_both_permit_it(applied: Path, lab: Lab) -> None:
    (lab.folder / "data" / "b.csv").unlink()
    held, allowed = dandifile.plan(applied), dandifile.plan(applied, allow=["delete"])
    assert [change.key.name for change in held.held] == ["b.csv"]
    before = lab.archive.writes()
    for plan, allow in ((held, ["delete"]), (allowed, [])):
        with pytest.raises(dandifile.BlockedError, match="allow=\\['delete'\\]"):
            dandifile.apply(plan, allow=allow)
    assert not dandifile.apply(held).failed  # as on the command line: what is held is left as it is
    assert (lab.archive.writes(), set(lab.assets())) == (before, {"a.csv", "b.csv"})
    dandifile.apply(allowed, allow=["delete"])
    assert set(lab.assets()) == {"a.csv"}


def test_a_plan_that_is_stale_is_refused(applied: Path, lab: Lab) -> None:
    lab.files({"a.csv": "changed"})
    plan = dandifile.plan(applied)
    lab.files({"a.csv": "changed again"})
    with pytest.raises(dandifile.BlockedError, match="stale"):
        dandifile.apply(plan)


def test_a_plan_that_is_blocked_as_a_whole_raises(applied: Path, lab: Lab) -> None:
    lab.spec(SPEC + "policy: {require: [keywords]}\n")
    plan = dandifile.plan(applied)
    assert plan.is_stopped
    with pytest.raises(dandifile.BlockedError, match="the plan is blocked"):
        dandifile.apply(plan)


def test_a_session_that_only_reads_cannot_apply(spec: Path, lab: Lab) -> None:
    with dandifile.open(spec) as session:
        assert isinstance(session, Session)
        planned = session.plan()
        with pytest.raises(dandifile.UserError, match="only reads"):
            session.apply(planned, create=True)
    assert lab.archive.writes() == 0


def test_two_sessions_that_write_exclude_each_other(applied: Path) -> None:
    with dandifile.open(applied, writing=True), pytest.raises(dandifile.BlockedError, match="another apply"):
        dandifile.apply(dandifile.plan(applied))


def test_a_plan_of_a_session_names_no_spec(applied: Path) -> None:
    with dandifile.open(applied) as session:
        plan = session.plan().plan
    with pytest.raises(dandifile.UserError, match="which spec"):
        dandifile.apply(plan)


def test_what_is_wrong_with_a_spec_is_in_the_error_with_every_place(spec: Path, lab: Lab) -> None:
    lab.spec("license: 1\nkeywords: rat\n")
    with pytest.raises(dandifile.SpecError) as caught:
        dandifile.plan(spec)
    assert len(caught.value.problems) == len(caught.value.__notes__) == 2


@pytest.mark.parametrize("given", ["delete", ["delte"]])
def test_a_word_that_is_not_known_is_an_error(spec: Path, given: list[str]) -> None:
    with pytest.raises(dandifile.UserError, match="--allow"):
        dandifile.plan(spec, allow=given)


def test_progress_is_told_to_who_asks(spec: Path) -> None:
    seen: list[tuple[str, bool]] = []
    sent: list[int] = []
    plan = dandifile.plan(spec, notify=lambda step, result: seen.append((step.kind, result is None)))
    assert seen
    dandifile.apply(
        plan, create=True, notify=lambda step, _: seen.append((step.kind, True)), sent=sent.append
    )
    assert {"dandiset", "metadata"} <= {kind for kind, _ in seen}
    assert sum(sent) == 2


def test_every_public_name_is_there_and_the_import_loads_none_of_it() -> None:
    probe = (
        "import dandifile, json, sys;"
        "before = [name for name in sys.modules if name.startswith('dandifile.')];"
        "missing = [name for name in dandifile.__all__ if not hasattr(dandifile, name)];"
        "print(json.dumps([before, missing, sorted({*dandifile.__all__} - {*dir(dandifile)})]))"
    )
    ended = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout) == [[], [], []]
    with pytest.raises(AttributeError, match="no attribute 'upload'"):
        dandifile.upload  # type: ignore[attr-defined]  # noqa: B018 - that it is not there


def test_a_version_is_made_only_where_that_is_allowed_and_everything_is_right(
    applied: Path, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dandifile.waits.FIRST", 0.05)
    writes = lab.archive.writes()
    with pytest.raises(dandifile.BlockedError, match="can never be changed"):
        dandifile.publish(applied, wait=True)
    with pytest.raises(dandifile.UserError, match="5,001 characters"):
        dandifile.publish(applied, allow=["publish"], notes="x" * 5001)
    (applied.parent / "data" / "c.csv").write_text("c")
    with pytest.raises(dandifile.BlockedError, match=r"not as the spec declares: 1 change"):
        dandifile.publish(applied, allow=["publish"], wait=True)
    assert lab.archive.writes() == writes
    version = dandifile.publish(applied, allow=["publish"], wait=True, as_is=True, notes=" The first. ")
    assert (version.assets, version.notes) == (2, "The first.")
    assert dandifile.publish(applied, allow=["publish"], as_is=True) == version
