"""`dandifile organize` on a lab's folder: names, trees, undoing, exit codes."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from dandifile.boundary import run
from dandifile.errors import Exit
from tests.conftest import CONTACT, Lab, Ran
from tests.survey.lab import write, write_nwb

SPEC = "dandifile: 1\ninstance: dandi-sandbox\nidentifier: '000123'\nname: Cells\npaths: [raw]\n"
TREE = {
    "sub-m1/sub-m1_ses-s1.nwb",
    "sub-m1/sub-m1_ses-s2.nwb",
}


@dataclass(frozen=True)
class Folder:
    root: Path

    def run(self, *arguments: str) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(["organize", "--file", str(self.root / "dandiset.yaml"), *arguments])
        return Ran(int(code), out.getvalue(), err.getvalue())

    def tree(self) -> set[str]:
        folder = self.root / "tree"
        found = (Path(base, name).relative_to(folder) for base, _, names in os.walk(folder) for name in names)
        return {path.as_posix() for path in found if not path.name.startswith(".")}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Two sessions in names of the lab's own; the archive of the spec is never reached."""
    write(tmp_path / "dandiset.yaml", SPEC)
    for session in ("s1", "s2"):
        write_nwb(tmp_path / "raw" / f"{session}.nwb", session_id=session)
    return Folder(tmp_path)


def test_without_options_it_shows_names_and_writes_nothing_but_its_cache(folder: Folder) -> None:
    ran = folder.run()
    assert ran.code == Exit.DONE, ran.err
    assert "raw/s1.nwb → sub-m1/sub-m1_ses-s1.nwb" in ran.out
    assert {item.name for item in folder.root.iterdir()} == {"dandiset.yaml", "raw", ".dandifile"}


def test_what_gets_no_name_is_told_with_the_reason(folder: Folder) -> None:
    write_nwb(folder.root / "raw" / "nobody.nwb", {})
    write_nwb(folder.root / "raw" / "none.nwb", subject={"subject_id": ""})
    ran = folder.run("--format", "json")
    found = json.loads(ran.out)
    assert ran.code == Exit.BLOCKED
    assert {name["path"] for name in found["names"]} == TREE
    assert {item["source"] for item in found["refused"]} >= {"raw/none.nwb"}
    assert all(item["reason"] and item["fix"] for item in found["refused"])


def test_a_clash_says_which_fields_would_break_the_tie(folder: Folder) -> None:
    source = folder.root / "raw" / "s1.nwb"
    twin = write(folder.root / "raw" / "twin.nwb", source.read_bytes())
    import h5py

    with h5py.File(twin, "r+") as nwb:  # edited by hand: the same object_id, other content
        nwb["session_description"][()] = "edited"
    ran = folder.run("--format", "json")
    refused = {item["source"]: item for item in json.loads(ran.out)["refused"]}
    assert set(refused) == {"raw/s1.nwb", "raw/twin.nwb"}
    assert "session_id s1" in refused["raw/twin.nwb"]["reason"]
    assert "another session_id" in refused["raw/twin.nwb"]["fix"]
    assert "slice_id" in refused["raw/twin.nwb"]["fix"]


@pytest.mark.parametrize("mode", ["symlink", "move"])
def test_a_tree_is_made_and_taken_away_again(folder: Folder, mode: str) -> None:
    ran = folder.run("--to", str(folder.root / "tree"), "--mode", mode)
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert folder.tree() == TREE
    log = ran.out.split("--undo ")[1].strip()
    undone = folder.run("--undo", log)
    assert undone.code == Exit.DONE, undone.out
    assert folder.tree() == set()
    assert {file.name for file in (folder.root / "raw").iterdir()} == {"s1.nwb", "s2.nwb"}


def test_the_hint_to_undo_is_a_line_for_the_shell(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.root / "raw")
    ran = folder.run("--to", str(Path("..", "my tree [1]")))
    words = shlex.split(ran.out.split("To undo it: ")[1])
    log = Path(words[-1])
    assert words[:-1] == ["dandifile", "organize", "--undo"]
    assert log.parent == (folder.root / "my tree [1]").resolve()
    assert folder.run("--undo", str(log)).code == Exit.DONE


@pytest.mark.parametrize("there", [False, True], ids=["made", "there before"])
def test_undoing_takes_the_tree_s_folder_too_if_it_was_made(folder: Folder, *, there: bool) -> None:
    tree = folder.root / "tree"
    if there:
        tree.mkdir()
    folder.run("--to", str(tree))
    first = next(tree.glob(".dandifile-organize-*"))
    write_nwb(folder.root / "raw" / "s3.nwb", session_id="s3")
    folder.run("--to", str(tree))
    (second,) = set(tree.glob(".dandifile-organize-*")) - {first}
    folder.run("--undo", str(first))
    assert tree.exists()
    assert folder.run("--undo", str(second)).code == Exit.DONE
    assert tree.exists() is there


def test_after_a_move_it_says_that_the_spec_looks_elsewhere(folder: Folder) -> None:
    moved = folder.run("--to", str(folder.root / "tree"), "--mode", "move")
    assert f"name {folder.root / 'tree'} under `paths`" in moved.err
    write(folder.root / "dandiset.yaml", SPEC.replace("[raw]", "[tree]"))
    assert folder.run("--to", str(folder.root / "tree"), "--mode", "move").err == ""


def test_files_that_cannot_be_placed_fail_alone(folder: Folder) -> None:
    write(folder.root / "tree" / "sub-m1" / "sub-m1_ses-s1.nwb", "mine")
    ran = folder.run("--to", str(folder.root / "tree"), "--format", "json")
    found = json.loads(ran.out)
    assert ran.code == Exit.FAILED
    assert {one["path"]: one["status"] for one in found["files"]} == dict(
        zip(sorted(TREE), ["failed", "done"], strict=True)
    )


def test_a_file_with_media_is_linked_by_nobody_and_copied_with_them(folder: Folder) -> None:
    write_nwb(folder.root / "raw" / "s3.nwb", session_id="s3", external_video="v.mp4")
    write(folder.root / "raw" / "v.mp4", "film")
    assert folder.run("--to", str(folder.root / "tree")).code == Exit.BLOCKED
    ran = folder.run("--to", str(folder.root / "copies"), "--mode", "copy")
    assert ran.code == Exit.DONE, ran.out
    [film] = (folder.root / "copies").rglob("*.mp4")
    assert film.read_text("utf-8") == "film"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--mode", "copy"], "--to"),
        (["--to", "tree", "--mode", "teleport"], "symlink"),
        (["--undo", "nothing.jsonl"], "is not a log"),
        (["--undo", "x", "--to", "y"], "cannot be combined"),
    ],
)
def test_flags_that_make_no_sense_are_told(folder: Folder, arguments: list[str], said: str) -> None:
    ran = folder.run(*arguments)
    assert (ran.code, said in ran.err) == (Exit.INPUT, True), ran.err


def test_no_second_names_are_made_inside_the_data(folder: Folder) -> None:
    ran = folder.run("--to", str(folder.root / "raw" / "tree"))
    assert (ran.code, "inside raw" in " ".join(ran.err.split())) == (Exit.INPUT, True), ran.err
    assert folder.run("--to", str(folder.root / "raw"), "--mode", "move").code == Exit.DONE
    assert (folder.root / "raw" / "sub-m1" / "sub-m1_ses-s1.nwb").is_file()


def test_names_that_the_last_apply_gave_stay(lab: Lab) -> None:
    """An added session would rename the first one, were it not on the archive already."""
    entry = "paths: [{source: raw, required_fields: []}]\n"
    lab.spec(f"description: d\nlicense: CC-BY-4.0\n{CONTACT}\nvalidation: {{fail_on: never}}\n{entry}")
    write_nwb(lab.folder / "raw" / "a.nwb", session_id="s1")
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    write_nwb(lab.folder / "raw" / "b.nwb", session_id="s2")
    ran = lab.run("organize", "--format", "json")
    assert {name["source"]: name["path"] for name in json.loads(ran.out)["names"]} == {
        "raw/a.nwb": "sub-m1/sub-m1.nwb",
        "raw/b.nwb": "sub-m1/sub-m1_ses-s2.nwb",
    }
    renamed = lab.run("organize", "--rename", "--format", "json")
    assert {name["path"] for name in json.loads(renamed.out)["names"]} == TREE
