"""`dandifile validate`: the archive's checks on a lab's folder, without any archive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dandifile.boundary import run
from dandifile.errors import Exit
from tests.survey.lab import aged, write, write_nwb

SPEC = "dandifile: 1\ninstance: dandi-sandbox\nname: Place cells\npaths: [raw]\n"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    file = tmp_path / "dandiset.yaml"
    file.write_text(SPEC, "utf-8")
    return file


def as_json(spec: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    run(["validate", "-f", str(spec), "--format", "json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_sound_files_end_in_success(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_nwb(spec.parent / "raw" / "a.nwb")
    assert run(["validate", "-f", str(spec)]) == Exit.DONE
    assert "1 file, none blocked" in capsys.readouterr().out


def test_a_finding_of_fail_on_or_worse_blocks_and_is_shown_with_its_file(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_nwb(spec.parent / "raw" / "bad.nwb", {"species": "mouse"})
    write_nwb(spec.parent / "raw" / "good.nwb", session_id="s2")
    assert run(["validate", "-f", str(spec)]) == Exit.BLOCKED
    out = capsys.readouterr().out
    assert "! check_subject_species_form  error, 1 file" in out
    assert "raw/bad.nwb" in out
    assert "2 files, 1 blocked" in out


def test_what_the_spec_ignores_or_tolerates_does_not_block(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_nwb(spec.parent / "raw" / "a.nwb", {"species": "mouse"})
    spec.write_text(
        SPEC + "validation: {ignore: [{check: check_subject_species_form, reason: we know}]}\n", "utf-8"
    )
    assert run(["validate", "-f", str(spec)]) == Exit.DONE
    assert "1 finding accepted in the spec" in capsys.readouterr().out
    spec.write_text(SPEC + "validation: {fail_on: never}\n", "utf-8")
    assert run(["validate", "-f", str(spec)]) == Exit.DONE


def test_a_file_without_a_name_is_refused_and_its_findings_are_told_all_the_same(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_nwb(spec.parent / "raw" / "a.nwb", {})
    found = as_json(spec, capsys)
    assert [refusal["source"] for refusal in found["refused"]] == ["raw/a.nwb"]
    assert {"check_subject_exists"} <= {finding["check"] for finding in found["findings"]}
    assert (found["files"], found["blocked"]) == (1, 1)


def test_a_broken_file_is_refused_and_what_is_elsewhere_is_named(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(spec.parent / "raw" / "a.nwb", "not HDF5")
    spec.write_text(SPEC.replace("[raw]", "[raw, nowhere]"), "utf-8")
    found = as_json(spec, capsys)
    assert "the file is a text file" in found["refused"][0]["reason"]
    assert found["absent"] == ["nowhere"]
    assert run(["validate", "-f", str(spec)]) == Exit.BLOCKED
    out = capsys.readouterr().out
    assert "! refused  raw/a.nwb" in out
    assert "1 path not on this machine" in out


def test_json_says_how_each_finding_stands(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_nwb(spec.parent / "raw" / "a.nwb", {"species": "mouse"}, experimenter=["jane"])
    standing = {finding["check"]: finding["standing"] for finding in as_json(spec, capsys)["findings"]}
    assert standing["check_subject_species_form"] == "blocks"
    spec.write_text(SPEC + "validation: {fail_on: critical}\n", "utf-8")
    standing = {finding["check"]: finding["standing"] for finding in as_json(spec, capsys)["findings"]}
    assert standing["check_subject_species_form"] == "told"


@pytest.mark.parametrize("name", ["report.json", "report.txt"])
def test_a_report_holds_everything(spec: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(5):
        write_nwb(spec.parent / "raw" / f"{number}.nwb", {"species": "mouse"}, session_id=f"s{number}")
    report = spec.parent / name
    assert run(["validate", "-f", str(spec), "--report", str(report)]) == Exit.BLOCKED
    text = report.read_text("utf-8")
    assert all(f"raw/{number}.nwb" in text for number in range(5))
    if name == "report.json":
        later = as_json(spec, capsys)  # of which more is known
        assert {**json.loads(text), "survey": later["survey"]} == later


def test_a_report_that_cannot_be_written_is_an_error_in_words(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_nwb(spec.parent / "raw" / "a.nwb")
    report = spec.parent / "no such folder" / "report.txt"
    assert run(["validate", "-f", str(spec), "--report", str(report)]) == Exit.INPUT
    assert "the report cannot be written" in capsys.readouterr().err


def test_the_second_time_nothing_is_opened(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dandifile.survey import task, tasks

    aged(write_nwb(spec.parent / "raw" / "a.nwb"))
    monkeypatch.setattr(task, "_YOUNG", 0)  # as if the file had been here for a while
    assert run(["validate", "-f", str(spec)]) == Exit.DONE

    def opened(*_: object) -> None:
        raise AssertionError("a step ran")

    monkeypatch.setattr(tasks, "perform", opened)
    assert run(["validate", "-f", str(spec)]) == Exit.DONE


@pytest.mark.parametrize("where", ["flag", "spec"])
def test_a_file_that_keeps_the_tools_busy_is_given_up_and_the_others_are_checked(
    where: str, spec: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package that reads NWB here is one that sleeps."""
    monkeypatch.syspath_prepend(
        str(write(spec.parent / "slow" / "dandi.py", "import time; time.sleep(60)").parent)
    )
    write_nwb(spec.parent / "raw" / "a.nwb")
    write(spec.parent / "raw" / "b.mp4", "a video")
    write(spec.parent / "raw" / "x.zarr" / ".zgroup", "{")
    flags = ["--step-timeout", "0.05"] if where == "flag" else []
    spec.write_text(SPEC + ("" if flags else "validation: {step_timeout: 0.05}\n"), "utf-8")
    assert run(["validate", "-f", str(spec), *flags]) == Exit.BLOCKED
    out = " ".join(capsys.readouterr().out.split())
    assert "! refused raw/a.nwb" in out
    assert out.count("it took longer than 3 s and was given up") == 2
    assert "! validation error, 1 file the validation itself failed: it took" in out
    assert "raw/x.zarr" in out
    assert "3 files, 2 blocked" in out
