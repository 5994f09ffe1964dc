"""`import --data`: files that are here keep the paths of their assets, and the first plan sends nothing."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dandifile.errors import Exit
from tests.commands.test_pull import ANY, FILES, contents, plan, publish
from tests.conftest import Lab, Ran
from tests.survey.lab import write_nwb


@pytest.fixture
def other(lab: Lab, tmp_path: Path) -> Lab:
    """Another folder, with nothing in it."""
    folder = tmp_path / "other"
    folder.mkdir()
    return replace(lab, folder=folder)


def import_(other: Lab, *flags: str) -> Ran:
    return other.run("import", "000001", "--instance", other.archive.web_url, *flags)


def test_files_that_are_here_keep_the_paths_of_their_assets(lab: Lab, other: Lab) -> None:
    publish(lab, FILES)
    other.files(FILES, under="rats/raw")
    done = import_(other, "--data", str(other.folder / "rats" / "raw"), "--format", "json")
    assert done.code == Exit.DONE, done.err
    found = json.loads(done.out)["files"]
    assert (found["matched"], found["only_here"], found["only_there"]) == (3, [], [])
    assert "paths: [{source: rats/raw, standard: any}]" in (other.folder / "dandiset.yaml").read_text("utf-8")
    assert plan(other).code == Exit.DONE


def test_what_differs_is_reported_and_left_out(lab: Lab, other: Lab) -> None:
    publish(lab, FILES)
    other.files({"sub-1/a.txt": "first", "sub-1/b.txt": "mine", "sub-3/new.txt": "new"}, under="raw")
    done = import_(other, "--data", str(other.folder / "raw"))
    assert done.code == Exit.DONE, done.err
    for said in ("raw/sub-1/b.txt", "raw/sub-3/new.txt", "sub-2/c.txt", "`dandifile pull` fetches it"):
        assert said in done.out
    assert plan(other).code == Exit.DONE
    pulled = other.run("pull")
    assert pulled.code == Exit.DONE, pulled.err
    assert (other.folder / "raw/sub-2/c.txt").read_text("utf-8") == "third"
    assert (other.folder / "raw/sub-1/b.txt").read_text("utf-8") == "mine"


def test_organised_files_are_found_under_names_of_their_own(lab: Lab, other: Lab) -> None:
    write_nwb(lab.folder / "data" / "session one.nwb")
    publish(lab, {}, "validation: {fail_on: never}\npaths: [data]\n")
    shutil.copytree(lab.folder / "data", other.folder / "raw")
    assert import_(other, "--data", str(other.folder / "raw")).code == Exit.DONE
    assert "paths: [raw]" in (other.folder / "dandiset.yaml").read_text("utf-8")
    assert plan(other).code == Exit.DONE


def test_data_needs_folders_and_an_archive(lab: Lab, other: Lab) -> None:
    publish(lab, FILES)
    done = import_(other, "--data", str(other.folder / "nothing"))
    assert (done.code, "there is no folder" in done.err) == (Exit.INPUT, True)
    export = other.folder / "export.yaml"
    export.write_text(json.dumps(lab.document()), "utf-8")
    done = other.run("import", str(export), "--data", str(other.folder))
    assert (done.code, "--data needs the archive" in done.err) == (Exit.INPUT, True)
    assert not (other.folder / "dandiset.yaml").exists()


def test_a_folder_with_other_files_is_not_taken_for_the_data(lab: Lab, other: Lab) -> None:
    publish(lab, FILES, ANY)
    other.files({"mine.txt": "mine"})
    assert import_(other).code == Exit.DONE
    assert plan(other).code == Exit.DONE
    assert other.run("pull").code == Exit.DONE
    assert contents(other.folder / "data-1") == FILES
    assert contents(other.folder / "data") == {"mine.txt": "mine"}
