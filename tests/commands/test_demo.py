from __future__ import annotations

import os
from pathlib import Path

import pytest

from dandifile.boundary import run
from dandifile.commands.demo import MARK
from dandifile.errors import Exit


def test_the_demo_plays_the_main_job(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DANDIFILE_STORE", "")  # so that what the demo sets is undone afterwards
    folder = tmp_path / "demo"
    assert run(["demo", str(folder)]) == Exit.DONE
    out = capfd.readouterr().out
    assert f"export DANDIFILE_STORE={folder / 'archive'}" in out or os.name == "nt"
    scenes = out.split("\n$ dandifile ")[1:]
    said = {number: scene.partition("\n") for number, scene in enumerate(scenes)}
    assert [command.split()[0] for command, _, _ in said.values()] == [
        "plan", "apply", "plan", "plan", "apply", "plan", "apply", "plan",
    ]  # fmt: skip
    assert "11 to add" in said[0][2]
    assert "No changes" in said[2][2]
    assert "4 assets" in said[3][2]
    assert "UBERON:0003881" in said[3][2]
    assert "stimuli/tones.csv → stimuli/pure-tones.csv" in said[5][2]
    assert "no bytes" in said[5][2]
    assert "No changes" in said[7][2]


def test_the_demo_of_a_release_goes_from_an_embargo_to_a_doi(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DANDIFILE_STORE", "")
    assert run(["demo", str(tmp_path / "demo"), "--release"]) == Exit.DONE
    out = capfd.readouterr().out
    said = [scene.partition("\n") for scene in out.split("\n$ dandifile ")[1:]]
    assert [command.split()[0] for command, _, _ in said] == [
        "archive", "plan", "apply", "plan", "apply", "publish", "plan",
    ]  # fmt: skip
    assert "under embargo" in said[1][2]
    assert "rroe  Richard Roe" in said[1][2]
    assert "needs --allow unembargo" in " ".join(said[3][2].split())
    assert "1 embargo released" in said[4][2]
    assert "First version: 11 files" in said[5][2]
    assert "https://doi.org/10." in said[5][2]
    assert "No changes" in said[6][2]
    assert "docs/how-to/publish.md" in out


def test_the_demo_leaves_other_folders_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.tex").touch()
    assert run(["demo", str(tmp_path)]) == Exit.INPUT
    assert "not empty" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]


def test_the_demo_never_deletes_what_an_earlier_one_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / MARK).touch()
    (folder / "dandiset.yaml").write_text("edited", "utf-8")
    (tmp_path / "demo-2").mkdir()
    assert run(["demo", str(folder)]) == Exit.INPUT
    said = "".join(capsys.readouterr().err.split())  # a long path is broken wherever the line ends
    assert f"dandifiledemo{tmp_path / 'demo-3'}" in said
    assert (folder / "dandiset.yaml").read_text("utf-8") == "edited"


def test_the_demo_needs_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "demo").touch()
    assert run(["demo", str(tmp_path / "demo")]) == Exit.INPUT
    assert "is a file" in capsys.readouterr().err


def test_each_of_the_two_demos_has_a_folder_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    def note(folder: Path, *_: object, **_more: object) -> int:
        asked.append(str(folder))
        return Exit.DONE

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("dandifile.commands.demo.demo", note)
    for words in (["demo"], ["demo", "--release"], ["demo", "mine", "--release"]):
        assert run(words) == Exit.DONE
    assert asked == ["demo", "demo-release", "mine"]
