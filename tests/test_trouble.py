"""Trouble on this machine or on the way: what was done and what was not done are both reported."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import pytest

from dandifile.errors import Exit
from tests.conftest import CONTACT, Lab

SPEC = f"keywords: [rat]\n{CONTACT}\npaths: [{{source: data, standard: any, layout: as-is}}]\n"


@pytest.fixture
def applied(lab: Lab) -> Lab:
    lab.spec(SPEC)
    lab.files({"a.csv": "a"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.files({"a.csv": "changed", "b.csv": "bb"})
    return lab


def test_a_record_that_cannot_be_kept_is_told_with_what_was_done(applied: Lab) -> None:
    records = applied.folder / ".dandifile" / "records"
    for file in records.iterdir():
        file.unlink()
    records.rmdir()
    records.write_text("a file, where the folder should be", "utf-8")
    ran = applied.run("apply", "--yes")
    assert (ran.code, "cannot be recorded" in ran.out) == (Exit.FAILED, True), ran.out + ran.err
    assert "1 added, 1 replaced" in ran.out
    records.unlink()
    assert applied.run("apply", "--yes").code == Exit.DONE


def test_a_state_folder_that_cannot_be_is_told_and_plans_all_the_same(lab: Lab) -> None:
    lab.spec(SPEC)
    lab.files({"a.csv": "a"})
    (lab.folder / ".dandifile").write_text("a file, where the folder should be", "utf-8")
    ran = lab.run("plan")
    assert (ran.code, "nothing more can be cached" in ran.err) == (Exit.DONE, True), ran.err
    assert "1 to add" in ran.out


def test_a_draft_that_cannot_be_looked_at_again_hides_nothing_of_what_was_done(applied: Lab) -> None:
    applied.archive.misbehave(method="GET", route="/versions/draft/assets/$", status=404, skip=1, times=-1)
    ran = applied.run("apply", "--yes")
    applied.archive.behave()
    assert (ran.code, "could not be looked at again" in ran.out) == (Exit.FAILED, True), ran.out + ran.err
    assert "1 added, 1 replaced" in ran.out
    assert applied.run("apply", "--yes").code == Exit.DONE
    assert applied.run("plan", "--detailed-exitcode").code == Exit.DONE


def test_an_archive_that_lets_us_wait_is_told_while_it_is_asked_again(applied: Lab) -> None:
    applied.archive.misbehave(method="GET", route="/draft/assets/$", status=503, retry_after=3)
    ran = applied.run("plan")
    assert (ran.code, "trying again for up to" in ran.out) == (Exit.DONE, False), ran.err
    (told,) = [line for line in ran.err.splitlines() if "trying again" in line]
    assert told.startswith(f"{urlsplit(applied.archive.api_url).netloc}: answers 503; trying again for up to")


def test_a_write_that_was_refused_is_not_said_to_have_been_written(applied: Lab) -> None:
    applied.archive.misbehave(method="PUT", route="/assets/", status=409, times=-1)
    ran = applied.run("apply", "--yes")
    assert (ran.code, "misbehaving as told" in ran.out) == (Exit.FAILED, True), ran.out
    assert "as it was written" not in ran.out
    assert "by someone else" not in ran.out


@pytest.mark.skipif(os.name == "nt", reason="HOME")
def test_without_a_home_folder_it_works_as_ever(lab: Lab) -> None:
    """As in a container that runs under a user whom it does not know."""
    lab.spec(SPEC)
    lab.files({"a.csv": "a"})
    folders = {"HOME": "/dev/null/home", **{f"XDG_{name}_HOME": "" for name in ("STATE", "CACHE", "DATA")}}
    homeless = Lab(lab.folder, lab.archive, {**lab.environ, **folders})
    assert homeless.start("apply", "--create", "--yes").wait(60) == Exit.DONE
    assert set(lab.assets()) == {"a.csv"}


def test_a_file_with_an_impossible_time_is_an_asset_like_any_other(lab: Lab) -> None:
    lab.spec(SPEC)
    lab.files({"a.csv": "a"})
    file = lab.folder / "data" / "a.csv"
    for seconds in (10**12, 2**33):  # what the disk can hold differs
        try:
            os.utime(file, (seconds, seconds))
            break
        except OSError:
            continue
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    assert lab.run("plan", "--detailed-exitcode").code == Exit.DONE
