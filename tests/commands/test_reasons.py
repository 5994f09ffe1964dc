"""Which steps run and why, over the real command line: `-v` says it, and so does JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dandifile.boundary import run
from dandifile.errors import Exit
from dandifile.survey import task
from tests.conftest import CONTACT, Lab
from tests.survey.lab import write_nwb

SPEC = "dandifile: 1\ninstance: dandi-sandbox\nname: Place cells\npaths: [raw]\n"
PATHS = "paths: [{source: data, standard: any, prune: true}]\n"


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec with one file, which was validated before. Results of young files are kept, too."""
    monkeypatch.setattr(task, "_YOUNG", 0)
    write_nwb(tmp_path / "raw" / "a.nwb")
    file = tmp_path / "dandiset.yaml"
    file.write_text(SPEC, "utf-8")
    assert run(["validate", "-f", str(file)]) == Exit.DONE
    return file


def why(spec: Path, capsys: pytest.CaptureFixture[str], verb: str = "validate", *flags: str) -> list[str]:
    capsys.readouterr()
    run([verb, "-f", str(spec), "-v", *flags])
    return [line for line in capsys.readouterr().err.splitlines() if line.startswith("why: ")]


def test_what_is_known_runs_for_no_reason(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert why(spec, capsys) == []


def test_without_v_nothing_is_said(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(spec.parent / ".dandifile")
    run(["validate", "-f", str(spec)])
    assert "why:" not in "".join(capsys.readouterr())


def test_a_touched_file_is_hashed_and_no_more(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (spec.parent / "raw" / "a.nwb").touch()
    assert why(spec, capsys) == ["why: digest 1 file: modification time changed"]


@pytest.mark.parametrize("verb", ["validate", "scan"])
def test_new_content_is_read_again(verb: str, spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = spec.parent / "raw" / "a.nwb"
    file.unlink()
    write_nwb(file, session_description="another one")
    digest, *rest = why(spec, capsys, verb)
    assert digest.startswith("why: digest 1 file: ")
    assert "changed" in digest
    assert rest
    assert {line.partition(" 1 file: ")[2] for line in rest} == {"content changed"}


def test_a_new_file_is_new(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "bc":
        write_nwb(spec.parent / "raw" / f"{name}.nwb", session_id=name)
    assert why(spec, capsys) == ["why: digest 2 files: new file", "why: inspect 2 files: new file"]


def test_another_version_of_a_tool_is_named(
    spec: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = task.tool_versions()
    monkeypatch.setattr(task, "tool_versions", lambda: now | {"nwbinspector": "99.0"})
    assert why(spec, capsys) == [f"why: inspect 1 file: nwbinspector {now['nwbinspector']} → 99.0"]


def test_another_vocabulary_is_named(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text(SPEC + "vocabulary: {sex: {hermaphrodite: O}}\n", "utf-8")
    assert why(spec, capsys) == ["why: inspect 1 file: option changed: vocabulary"]


def test_without_the_cache_nothing_is_known(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(spec.parent / ".dandifile")
    assert why(spec, capsys) == [
        "why: digest 1 file: not in the cache",
        "why: inspect 1 file: not in the cache",
    ]


def test_organize_says_which_flag_asks_for_it(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["scan", "-f", str(spec)])
    shutil.rmtree(spec.parent / ".dandifile")
    assert why(spec, capsys, "organize", "--rename") == [
        "why: digest 1 file: not in the cache",
        "why: extract 1 file: asked for by --rename",
    ]


# --- Apply ----------------------------------------------------------------------------------------


@pytest.fixture
def applied(lab: Lab) -> Lab:
    lab.spec(f"description: d\nlicense: CC-BY-4.0\n{CONTACT}\n{PATHS}")
    lab.files({"a.csv": "a", "b.csv": "b", "c.csv": "c"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    return lab


def change_all(lab: Lab) -> None:
    lab.files({"a.csv": "other", "d.csv": "d"})
    (lab.folder / "data" / "b.csv").rename(lab.folder / "data" / "e.csv")
    (lab.folder / "data" / "c.csv").unlink()
    lab.spec(f"description: e\nlicense: CC-BY-4.0\n{CONTACT}\n{PATHS}")


WHY = """\
why: upload 2 files: its content is needed by a.csv and 1 more
why: put 1 asset: content differs from the draft's
why: create 1 asset: not on the draft
why: put 1 asset: path differs: b.csv on the draft
why: delete 1 asset: pruned: no file here has it any more
why: metadata: changed in the spec since the last apply or import: description"""


def test_a_plan_says_why_each_step_runs(applied: Lab) -> None:
    change_all(applied)
    ran = applied.run("plan", "-v", "--allow", "delete")
    assert [line for line in ran.out.splitlines() if line.startswith("why: ")] == WHY.splitlines()
    assert "why: " not in applied.run("plan", "--allow", "delete").out


def test_json_has_the_reason_of_each_step(applied: Lab) -> None:
    change_all(applied)
    document = json.loads(applied.run("apply", "--yes", "--allow", "delete", "--format", "json").out)
    planned = {step["id"]: step["reason"] for step in document["plan"]["steps"]}
    assert planned["asset:d.csv"] == {"code": "not_on_draft", "detail": ""}
    assert planned["metadata"] == {"code": "spec_changed", "detail": "description"}
    assert {name for name, reason in planned.items() if reason is None} == {
        name for name in planned if name.endswith((":written", ":ended"))
    }
    assert all(step["why"] == planned[step["step"]] for step in document["apply"]["steps"])


def test_a_plan_that_was_saved_without_reasons_is_still_applied(applied: Lab) -> None:
    change_all(applied)
    file = applied.folder / "plan.json"
    assert applied.run("plan", "--allow", "delete", "--out", str(file)).code == Exit.DONE
    saved = json.loads(file.read_text("utf-8"))
    for part in (*saved["steps"], *saved["changes"]):
        del part["reason"]
    file.write_text(json.dumps(saved), "utf-8")
    assert applied.run("apply", str(file), "--yes").code == Exit.DONE
    assert "description" not in applied.run("plan").out


@pytest.mark.parametrize("verb", ["validate", "scan", "organize"])
def test_json_says_why_each_step_of_the_survey_ran(
    verb: str, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(spec.parent / ".dandifile")
    capsys.readouterr()
    run([verb, "-f", str(spec), "--format", "json"])
    survey = json.loads(capsys.readouterr().out)["survey"]
    assert {"step": "digest", "steps": 1, "code": "not_cached", "detail": ""} in survey
    run([verb, "-f", str(spec), "--format", "json"])
    assert json.loads(capsys.readouterr().out)["survey"] == []


@pytest.mark.parametrize("verb", ["plan", "status", "apply"])
def test_json_of_a_plan_says_it_as_well(verb: str, lab: Lab) -> None:
    (lab.folder / "data").mkdir()
    (lab.folder / "data" / "a.csv").write_text("1", "utf-8")
    lab.spec(PATHS)
    lab.run("apply", "--create", "--yes")
    (lab.folder / "data" / "b.csv").write_text("2", "utf-8")
    ran = lab.run(verb, "--format", "json", *(["--yes"] if verb == "apply" else []))
    survey = json.loads(ran.out)["survey"]
    assert {"step": "digest", "steps": 1, "code": "new_file", "detail": ""} in survey
