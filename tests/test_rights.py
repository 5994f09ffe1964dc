"""A user who may not write learns it from the plan, with what to do; nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from dandifile.errors import Exit
from localdandi.store import users
from tests.conftest import CONTACT, Lab

PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"


@contextmanager
def as_user(lab: Lab, monkeypatch: pytest.MonkeyPatch, key: str) -> Iterator[None]:
    [variable] = lab.environ
    with monkeypatch.context() as patch:
        if key:
            patch.setenv(variable, key)
        else:
            patch.delenv(variable)
        yield


def user(lab: Lab, login: str, status: str = "APPROVED") -> str:
    with lab.archive.serving.archive.database.write() as db:
        email = f"{login}@example.org"
        return users.add(db, login, first_name="Jane", last_name=login, email=email, status=status)


@pytest.fixture
def changed(lab: Lab) -> Lab:
    """A lab with a dandiset, and a change that is due."""
    lab.spec(CONTACT + PATHS)
    lab.files({"a.csv": "a"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.files({"b.csv": "b"})
    lab.archive.reset_counts()
    return lab


@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"], ["plan", "--detailed-exitcode"]])
def test_who_is_no_owner_is_told_who_is(
    changed: Lab, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    with as_user(changed, monkeypatch, user(changed, "roe")):
        ran = changed.run(*command)
    said = " ".join(ran.out.split())
    assert (ran.code, "roe is not an owner of 000001" in said, "ask an owner (admin)" in said) == (
        Exit.INPUT,
        True,
        True,
    ), ran.out + ran.err
    assert "b.csv" in ran.out  # the plan is shown all the same
    assert changed.archive.writes() == 0


@pytest.mark.parametrize(
    ("status", "fix"),
    [
        ("PENDING", "wait for the e-mail"),
        ("INCOMPLETE", "answer the questions"),
        ("REJECTED", "ask the archive's team"),
    ],
)
@pytest.mark.parametrize("there", [True, False], ids=["an owner", "a new dandiset"])
def test_an_account_that_is_not_approved_is_told_what_it_lacks(
    changed: Lab, monkeypatch: pytest.MonkeyPatch, status: str, fix: str, there: bool
) -> None:
    key = user(changed, "roe", status)
    if there:
        url = f"{changed.archive.api_url}/dandisets/000001/users/"
        headers = {"Authorization": f"token {changed.archive.key}"}
        requests.put(url, json=[{"username": "roe"}], headers=headers, timeout=30).raise_for_status()
    else:
        changed.lock.unlink()
        changed.spec(CONTACT + PATHS, name="Another one")
    changed.archive.reset_counts()
    with as_user(changed, monkeypatch, key):
        ran = changed.run("apply", "--create", "--yes")
    said = " ".join(ran.out.split())
    assert (ran.code, f"it is {status}" in said, fix in said) == (Exit.INPUT, True, True), said + ran.err
    assert "not an owner" not in said
    assert changed.archive.writes() == 0


def test_a_name_that_exists_already_is_told_before_anything_is_made(changed: Lab) -> None:
    changed.lock.unlink()
    for command in (["plan"], ["apply", "--create", "--yes"], ["apply", "--yes"]):
        ran = changed.run(*command)
        said = " ".join(ran.out.split())
        assert ran.code == Exit.BLOCKED, ran.out + ran.err
        assert ("with this name" in said, 'identifier: "000001"' in said) == (True, True), said
    assert changed.archive.writes() == 0


def test_the_name_of_somebody_elses_dandiset_is_free(changed: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    changed.lock.unlink()
    with as_user(changed, monkeypatch, user(changed, "roe")):
        assert changed.run("plan").code == Exit.DONE


def test_what_a_killed_run_made_is_no_other_dandiset(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from dandifile.archive.writer import Writer
    from dandifile.model import JsonObject

    made = Writer.create

    def killed(self: Writer, name: str, metadata: JsonObject, embargo: None = None) -> str:
        made(self, name, metadata, embargo)
        raise KeyboardInterrupt

    lab.spec(CONTACT + PATHS)
    lab.files({"a.csv": "a"})
    with monkeypatch.context() as patch:
        patch.setattr(Writer, "create", killed)
        assert lab.run("apply", "--create", "--yes").code == Exit.INTERRUPTED
    assert lab.run("plan").code == Exit.DONE
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    assert lab.document()["identifier"].endswith("000001")


def test_without_a_key_it_is_said_what_could_not_be_checked(
    changed: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    with as_user(changed, monkeypatch, ""):
        ran = changed.run("plan")
        said = " ".join(ran.out.split())
        assert (ran.code, "not checked, as there is no API key: whether you may write to 000001" in said) == (
            Exit.DONE,
            True,
        ), ran.out + ran.err
        changed.lock.unlink()
        said = " ".join(changed.run("plan").out.split())
        assert "whether you already have a dandiset named 'Place cells'" in said


def test_nothing_is_asked_where_nothing_is_to_be_done(changed: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    assert changed.run("apply", "--yes").code == Exit.DONE
    with as_user(changed, monkeypatch, user(changed, "roe")):
        ran = changed.run("plan")
    assert (ran.code, "No changes" in ran.out, "owner" in ran.out) == (Exit.DONE, True, False)


def test_a_plan_of_somebody_without_rights_is_applied_by_an_owner(
    changed: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    saved = tmp_path / "p"
    key = user(changed, "roe")
    with as_user(changed, monkeypatch, key):
        assert changed.run("plan", "--out", str(saved)).code == Exit.INPUT
        assert changed.run("apply", str(saved), "--yes").code == Exit.INPUT
    assert json.loads(saved.read_text("utf-8"))["blocked"][0]["about"] == "account"
    assert changed.archive.writes() == 0
    ran = changed.run("apply", str(saved), "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert changed.assets().keys() == {"a.csv", "b.csv"}
