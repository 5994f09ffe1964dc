"""Trees made and undone; every kind of tree by the same rules."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dandifile.errors import UserError
from dandifile.organize import place
from dandifile.organize.log import read_log
from dandifile.organize.make import Placed, Tree, make, undo
from dandifile.organize.tree import Mode, Placement, TreeSource
from dandifile.survey.digest import dandi_etag
from tests.survey.lab import aged, write

MODES = list(Mode)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    write(tmp_path / "raw" / "a.csv", "aaa")
    write(tmp_path / "raw" / "b.csv", "bbbb")
    return tmp_path / "raw"


def sources(raw: Path) -> list[Placement]:
    """Everything in the folder, each file to be `sub-1/` and its name."""
    return [
        Placement(
            TreeSource(
                file.name,
                str(file),
                f"sub-1/{file.name}",
                file.stat().st_size,
                file.stat().st_mtime_ns,
                dandi_etag(file, file.stat().st_size),
            )
        )
        for file in sorted(raw.glob("*.csv"))
    ]


def made(placements: list[Placement], folder: Path, mode: Mode) -> tuple[list[Placed], Path]:
    tree = Tree.at(folder, mode)
    return list(make(placements, tree)), tree.log.file


def contents(folder: Path) -> dict[str, str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in files}


def visible(folder: Path) -> dict[str, str]:
    return {path: text for path, text in contents(folder).items() if "/." not in f"/{path}"}


TREE = {"sub-1/a.csv": "aaa", "sub-1/b.csv": "bbbb"}
RAW = {"a.csv": "aaa", "b.csv": "bbbb"}


@pytest.mark.parametrize("mode", MODES)
def test_a_tree_is_made_and_undone_by_its_log(raw: Path, mode: Mode) -> None:
    folder = raw.parent / "tree"
    placed, log = made(sources(raw), folder, mode)
    assert [one.status for one in placed] == ["done", "done"]
    assert visible(folder) == TREE
    assert contents(raw) == ({} if mode is Mode.MOVE else RAW)
    assert {one.status for one in undo(read_log(log))} == {"done"}
    assert contents(raw) == RAW
    assert not folder.exists()


@pytest.mark.parametrize("mode", [Mode.SYMLINK, Mode.HARDLINK, Mode.COPY])
def test_made_again_it_does_nothing_and_leaves_no_log(raw: Path, mode: Mode) -> None:
    folder = raw.parent / "tree"
    made(sources(raw), folder, mode)
    placed, log = made(sources(raw), folder, mode)
    assert ({one.status for one in placed}, log.exists()) == ({"there"}, False)


@pytest.mark.parametrize("mode", MODES)
def test_an_existing_different_file_stays_and_the_others_are_placed(raw: Path, mode: Mode) -> None:
    folder = raw.parent / "tree"
    write(folder / "sub-1" / "a.csv", "mine")
    placed, _ = made(sources(raw), folder, mode)
    assert [one.status for one in placed] == ["failed", "done"]
    assert "other content" in placed[0].error
    assert visible(folder) == {"sub-1/a.csv": "mine", "sub-1/b.csv": "bbbb"}
    assert contents(raw)["a.csv"] == "aaa"


@pytest.mark.parametrize("mode", MODES)
def test_the_same_content_is_fine(raw: Path, mode: Mode) -> None:
    folder = raw.parent / "tree"
    write(folder / "sub-1" / "a.csv", "aaa")
    placed, log = made(sources(raw), folder, mode)
    assert {one.status for one in placed} <= {"done", "there"}
    assert visible(folder) == TREE
    assert contents(raw) == ({} if mode is Mode.MOVE else RAW)
    undo(read_log(log))
    assert contents(raw) == RAW


def test_a_move_onto_a_link_to_the_file_loses_nothing(raw: Path) -> None:
    folder = raw.parent / "tree"
    made(sources(raw), folder, Mode.SYMLINK)
    placed, _ = made(sources(raw), folder, Mode.MOVE)
    assert {one.status for one in placed} == {"failed"}
    assert contents(raw) == RAW


def test_a_file_that_is_in_its_place_stays_there(raw: Path) -> None:
    (raw / "sub-1").mkdir()
    (raw / "a.csv").rename(raw / "sub-1" / "a.csv")
    [placement] = sources(raw / "sub-1")
    placed, _ = made([placement], raw, Mode.MOVE)
    assert ([one.status for one in placed], visible(raw)["sub-1/a.csv"]) == (["there"], "aaa")


def test_a_move_that_was_killed_half_way_is_finished_and_can_be_undone(raw: Path) -> None:
    """Between the new name and the removal of the old one, the file has both."""
    folder = raw.parent / "tree"
    (folder / "sub-1").mkdir(parents=True)
    os.link(raw / "a.csv", folder / "sub-1" / "a.csv")
    placed, log = made(sources(raw), folder, Mode.MOVE)
    assert [one.status for one in placed] == ["done", "done"]
    assert (contents(raw), visible(folder)) == ({}, TREE)
    undo(read_log(log))
    assert contents(raw) == RAW


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_without_hard_links_it_works_too(raw: Path, mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(1, "no hard links here")

    monkeypatch.setattr("dandifile.organize.place.os.link", refuse)
    folder = raw.parent / "tree"
    placed, log = made(sources(raw), folder, mode)
    assert ({one.status for one in placed}, visible(folder)) == ({"done"}, TREE)
    undo(read_log(log))
    assert contents(raw) == RAW


def test_a_link_that_cannot_be_made_says_what_to_do(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(18, "another disk")

    monkeypatch.setattr("dandifile.organize.place.os.link", refuse)
    placed, _ = made(sources(raw), raw.parent / "tree", Mode.HARDLINK)
    assert all("--mode symlink" in one.error for one in placed)


def test_a_link_is_not_moved_away_from_its_content(raw: Path) -> None:
    (raw / "c.csv").symlink_to(raw / "a.csv")
    placed, _ = made(sources(raw), raw.parent / "tree", Mode.MOVE)
    assert [(one.source, one.status) for one in placed][-1] == ("c.csv", "failed")
    assert (raw / "c.csv").is_symlink()


def test_a_copy_of_a_file_that_changes_is_not_published(raw: Path) -> None:
    placements = sources(raw)
    write(raw / "a.csv", "changed and longer")
    placed, _ = made(placements, raw.parent / "tree", Mode.COPY)
    assert (placed[0].status, "changed" in placed[0].error) == ("failed", True)
    assert list((raw.parent / "tree" / "sub-1").iterdir()) == [raw.parent / "tree" / "sub-1" / "b.csv"]


def test_a_name_that_was_taken_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    temporary, target = write(tmp_path / ".x.partial", "new"), write(tmp_path / "x", "theirs")
    with pytest.raises(FileExistsError):
        place.publish(temporary, target)
    assert target.read_text("utf-8") == "theirs"


# --- Undoing what is not as it was made ---------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_what_was_changed_since_is_kept(raw: Path, mode: Mode) -> None:
    folder = raw.parent / "tree"
    _, log = made(sources(raw), folder, mode)
    write(folder / "sub-1" / "a.csv", "worked on")
    undone = {Path(one.path).name: one for one in undo(read_log(log))}
    assert (undone["a.csv"].status, undone["b.csv"].status) == ("failed", "done")
    assert visible(folder) == {"sub-1/a.csv": "worked on"}
    assert log.exists(), "what is left can be undone later"


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.HARDLINK])
def test_the_last_copy_is_kept(raw: Path, mode: Mode) -> None:
    folder = raw.parent / "tree"
    _, log = made(sources(raw), folder, mode)
    (raw / "a.csv").unlink()
    undone = {Path(one.path).name: one for one in undo(read_log(log))}
    assert "only copy" in undone["a.csv"].error
    assert visible(folder) == {"sub-1/a.csv": "aaa"}


@pytest.mark.parametrize("mode", [Mode.HARDLINK, Mode.COPY])
@pytest.mark.parametrize("now", ["aab", "longer", ""])
def test_the_last_copy_is_kept_where_the_original_holds_something_else_now(
    raw: Path, mode: Mode, now: str
) -> None:
    _, log = made(sources(raw), raw.parent / "tree", mode)
    (raw / "a.csv").unlink()  # so that a hard link keeps what it has
    write(raw / "a.csv", now)
    undone = {placed.path: placed for placed in undo(read_log(log))}
    assert "only copy left" in undone["sub-1/a.csv"].error
    assert visible(raw.parent / "tree") == {"sub-1/a.csv": "aaa"}


@pytest.mark.parametrize("mode", [Mode.HARDLINK, Mode.COPY])
def test_an_original_that_was_only_touched_is_no_reason_to_keep_the_copy(raw: Path, mode: Mode) -> None:
    _, log = made(sources(raw), raw.parent / "tree", mode)
    (raw / "a.csv").unlink()
    aged(write(raw / "a.csv", "aaa"))
    assert {placed.status for placed in undo(read_log(log))} == {"done"}


def test_a_folder_that_cannot_be_made_is_told(raw: Path) -> None:
    with pytest.raises(UserError, match="cannot be made"):
        Tree.at(raw / "a.csv" / "tree", Mode.COPY)


def test_a_moved_file_does_not_come_back_over_another(raw: Path) -> None:
    _, log = made(sources(raw), raw.parent / "tree", Mode.MOVE)
    write(raw / "a.csv", "new")
    assert [one.status for one in undo(read_log(log))] == ["done", "failed"]
    assert contents(raw) == {"a.csv": "new", "b.csv": "bbbb"}


def test_undone_twice_it_does_what_is_left(raw: Path) -> None:
    folder = raw.parent / "tree"
    _, log = made(sources(raw), folder, Mode.COPY)
    (folder / "sub-1" / "a.csv").unlink()
    assert [one.status for one in undo(read_log(log))] == ["done", "there"]
