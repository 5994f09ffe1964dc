"""`dandifile pull`: what the draft has and the folder lacks, whole, in its place, and never over anything."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from dandifile.survey import task
from localdandi.testing import TestArchive
from tests.conftest import Lab, Ran

ANY = "paths: [{source: data, standard: any}]\n"
LONG_AGO = 1_600_000_000
FILES = {"sub-1/a.txt": "first", "sub-1/b.txt": "second", "sub-2/c.txt": "third"}


def publish(lab: Lab, files: dict[str, str], paths: str = ANY) -> None:
    """Puts files onto a new draft, 000001."""
    lab.spec(paths)
    lab.files(files)
    for file in (lab.folder / "data").rglob("*"):
        os.utime(file, (LONG_AGO, LONG_AGO))
    done = lab.run("apply", "--create", "--yes")
    assert done.code == 0, done.err


@pytest.fixture
def copy(lab: Lab, tmp_path: Path) -> Lab:
    """Another folder, with nothing but a spec for the same dandiset."""
    folder = tmp_path / "copy"
    folder.mkdir()
    other = replace(lab, folder=folder)
    declare(other)
    return other


def declare(copy: Lab, paths: str = ANY) -> None:
    copy.spec(f'identifier: "000001"\n{paths}')


def contents(folder: Path) -> dict[str, str]:
    """All files by their path, hidden ones too."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in files}


def pulled(copy: Lab, *flags: str) -> dict[str, object]:
    done = copy.run("pull", "--format", "json", *flags)
    assert done.code == 0, (done.out, done.err)
    found: dict[str, object] = json.loads(done.out)
    return found


def plan(copy: Lab) -> Ran:
    return copy.run("plan", "--detailed-exitcode", "--offline")


def test_a_folder_from_nothing_and_then_an_empty_plan(lab: Lab, copy: Lab) -> None:
    publish(lab, FILES)
    done = copy.run("pull")
    assert (done.code, contents(copy.folder / "data")) == (0, FILES), done
    assert "3 files (16 B) fetched" in done.out
    assert plan(copy).code == 0


def test_a_second_pull_fetches_nothing(lab: Lab, copy: Lab, served: TestArchive) -> None:
    publish(lab, FILES)
    pulled(copy)
    served.reset_counts()
    again = pulled(copy)
    assert (again["fetched"], again["here"]) == ([], 3)
    assert not any(route.startswith("/objects") for _, route in served.counts())


def steps_of_the_next_plan(copy: Lab, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(task, "_YOUNG", 0)  # as if a few seconds had passed
    return json.loads(copy.run("plan", "--offline", "--format", "json").out)["survey"]


def test_the_next_plan_hashes_nothing(lab: Lab, copy: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(lab, FILES)
    pulled(copy)
    assert steps_of_the_next_plan(copy, monkeypatch) == []


def test_nothing_is_written_to_the_archive(lab: Lab, copy: Lab, served: TestArchive) -> None:
    publish(lab, FILES)
    served.reset_counts()
    pulled(copy)
    assert served.writes() == 0


def test_a_dry_run_writes_no_file(lab: Lab, copy: Lab) -> None:
    publish(lab, FILES)
    found = pulled(copy, "--dry-run")
    assert [one["source"] for one in found["to_fetch"]] == [f"data/{path}" for path in FILES]  # type: ignore[attr-defined]
    assert not (copy.folder / "data").exists()


def test_only_some_paths(lab: Lab, copy: Lab) -> None:
    publish(lab, FILES)
    found = pulled(copy, "--path", "sub-1/**", "--exclude", "**/b.txt")
    assert found["not_asked_for"] == 2
    assert [path for path in contents(copy.folder / "data") if not path.startswith(".")] == ["sub-1/a.txt"]


def test_files_that_differ_are_all_named_before_anything_is_fetched(lab: Lab, copy: Lab) -> None:
    publish(lab, FILES)
    copy.files({"sub-1/a.txt": "mine", "sub-1/b.txt": "mine too"})
    done = copy.run("pull")
    assert done.code == 4
    assert "data/sub-1/a.txt" in done.out
    assert "data/sub-1/b.txt" in done.out
    assert "2 files here differ from the archive. Nothing was fetched" in done.out
    assert "--overwrite" in done.out
    assert contents(copy.folder / "data") == {"sub-1/a.txt": "mine", "sub-1/b.txt": "mine too"}


def test_overwrite_replaces_them(lab: Lab, copy: Lab) -> None:
    publish(lab, FILES)
    copy.files({"sub-1/a.txt": "mine"})
    pulled(copy, "--overwrite")
    assert contents(copy.folder / "data") == FILES


def test_content_that_is_here_under_another_name_is_not_fetched(lab: Lab, copy: Lab) -> None:
    publish(lab, FILES)
    copy.files({"elsewhere.txt": "first"})
    found = pulled(copy)
    assert found["renamed"] == [{"path": "sub-1/a.txt", "source": "data/elsewhere.txt"}]
    assert not (copy.folder / "data/sub-1/a.txt").exists()


def test_two_assets_of_the_same_content_are_two_files(lab: Lab, copy: Lab) -> None:
    files = {"a.json": "{}", "b.json": "{}"}
    publish(lab, files)
    pulled(copy)
    assert contents(copy.folder / "data") == files
    assert plan(copy).code == 0


def test_an_asset_that_no_entry_takes_stays_unless_a_folder_is_named(lab: Lab, copy: Lab) -> None:
    publish(lab, {**FILES, "notes.md": "read me"})
    declare(copy, "paths: [{source: data, standard: any, exclude: [notes.md]}]\n")
    done = copy.run("pull")
    assert done.code == 0
    assert "notes.md" in done.out
    assert "--to" in done.out
    assert "notes.md" not in contents(copy.folder / "data")
    pulled(copy, "--to", str(copy.folder / "rest"))
    assert contents(copy.folder / "rest") == {"notes.md": "read me"}
    assert pulled(copy, "--to", str(copy.folder / "rest"))["fetched"] == []


def test_a_file_in_the_way_of_a_folder_is_never_removed(lab: Lab, copy: Lab) -> None:
    publish(lab, FILES)
    copy.files({"sub-1": "a file of mine"})
    done = copy.run("pull")
    assert done.code == 4
    assert "sub-1 is a file here" in done.out
    assert (copy.folder / "data/sub-1").read_text("utf-8") == "a file of mine"
    assert (copy.folder / "data/sub-2/c.txt").exists()


def test_the_time_of_a_file_is_the_one_that_it_had(lab: Lab, copy: Lab) -> None:
    publish(lab, FILES)
    pulled(copy)
    assert (copy.folder / "data/sub-1/a.txt").stat().st_mtime == LONG_AGO


def test_no_dandiset_or_no_paths_is_an_error(lab: Lab, copy: Lab) -> None:
    publish(lab, FILES)
    declare(copy, "")
    assert copy.run("pull").code == 3
    copy.spec(ANY)
    done = copy.run("pull")
    assert (done.code, "there is no dandiset yet" in done.err) == (3, True)


# --- Broken connections, damaged and unfinished files ------------------------------------------------

BIG = {"big.bin": "0123456789" * 400_000, "small.txt": "small"}


def test_a_dropped_connection_goes_on_where_it_was(lab: Lab, copy: Lab, served: TestArchive) -> None:
    publish(lab, FILES)
    served.misbehave(method="GET", route="/dandi-dandisets/blobs/", drop="after", times=2)
    served.misbehave(method="GET", route="/download/", status=503, times=2)
    pulled(copy)
    assert contents(copy.folder / "data") == FILES


def test_what_arrived_damaged_is_no_file(lab: Lab, copy: Lab, served: TestArchive) -> None:
    publish(lab, FILES)
    with served.serving.archive.database.write() as db:
        (blob,) = db.execute("SELECT blob_id FROM blobs WHERE size = 6").fetchone()
    served.serving.archive.objects.blob(blob).write_text("secomd", "utf-8")
    done = copy.run("pull")
    assert done.code == 1
    assert "sub-1/b.txt arrived twice with another digest" in done.out
    assert not (copy.folder / "data/sub-1/b.txt").exists()
    assert (copy.folder / "data/sub-1/a.txt").exists()
