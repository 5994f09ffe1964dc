"""The commands that need a spec and no archive: check, fmt, schema; and the command line itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from dandifile.boundary import run
from dandifile.errors import Exit

SPEC = """\
dandifile: 1
instance: dandi-sandbox
name: Place cells   # the title
paths: [nowhere]
manifest: {lab: Doe Lab}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    file = tmp_path / "dandiset.yaml"
    file.write_text(SPEC, "utf-8")
    return file


def test_check_says_what_stays_unknown(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "-f", str(spec)]) == Exit.DONE
    out = capsys.readouterr().out
    assert "nowhere is not on this machine" in out
    assert "manifest" in out


def test_check_says_what_an_absent_source_may_mean(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("data", "raw/one"):
        (spec.parent / folder).mkdir(parents=True)
    spec.write_text(SPEC.replace("[nowhere]", "[dta, raw/on, raw/one, raw/two]"), "utf-8")
    assert run(["check", "-f", str(spec.parent)]) == Exit.DONE
    out = capsys.readouterr().out
    assert "dta is not on this machine (did you mean `data`?)" in out
    assert "raw/on is not on this machine;" in out  # what is named already is not meant twice
    assert "raw/two is not on this machine;" in out
    spec.write_text(SPEC.replace("[nowhere]", "[raw/on]"), "utf-8")
    run(["check", "-f", str(spec)])
    out = capsys.readouterr().out
    assert "dandiset.yaml is valid: 1 field, 1 path\n" in out
    assert "(did you mean `raw/one`?)" in out


@pytest.mark.parametrize("verb", ["check", "plan"])
def test_an_instance_that_is_none_is_told_at_its_place(
    verb: str, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = SPEC.replace("dandi-sandbox", "dandi-sanbox") + "environments: {real: {instance: dandy}}\n"
    spec.write_text(wrong, "utf-8")
    assert run([verb, "-f", str(spec)]) == Exit.INPUT
    err = "".join(capsys.readouterr().err.split())  # a long path is broken wherever the line ends
    assert "dandiset.yaml:2:11noarchiveiscalled'dandi-sanbox'" in err
    assert "didyoumeandandi-sandbox?Knownarchives:dandi,dandi-sandbox,linc" in err
    assert "dandiset.yaml:6:33noarchiveiscalled'dandy'" in err


def test_check_as_json(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "-f", str(spec), "--format", "json"]) == Exit.DONE
    found = json.loads(capsys.readouterr().out)
    assert (found["absent"], found["not_acted_on"]) == (["nowhere"], ["manifest"])


def test_check_says_what_has_no_effect(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text(SPEC + "related: [{identifier: PMID:1, relation: Cites}]\n", "utf-8")
    assert run(["check", "-f", str(spec)]) == Exit.DONE
    assert "note: related: publishing leaves 'PMID:1' out" in capsys.readouterr().out
    run(["check", "-f", str(spec), "--format", "json"])
    assert len(json.loads(capsys.readouterr().out)["notes"]) == 1


NEW = "dandifile: 1\ninstance: dandi-sandbox\nname: Place cells\n"
MADE = NEW + 'identifier: "000123"\n'
REQUIRE = "policy: {require: [license, title]}\n"
PAPER = "doi: 10.5555/unknown\npolicy: {require: [related_publication]}\n"
FILES = "regions: {from_nwb: true}\npolicy: {require: [regions]}\n"


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        (NEW + REQUIRE, {"license": "fail", "title": "fail"}),
        (NEW + REQUIRE + "license: CC-BY-4.0\n", {"license": "pass", "title": "fail"}),
        (MADE + REQUIRE, {"license": "unknown", "title": "fail"}),  # the draft may have a license
        (MADE + "keywords: null\npolicy: {require: [keywords]}\n", {"keywords": "fail"}),
        (MADE + REQUIRE + "ignore: [/name]\n", {"license": "unknown", "title": "unknown"}),
        (NEW + PAPER, {"related_publication": "unknown"}),  # the paper is not in the lock
        (NEW + FILES, {"regions": "unknown"}),
        (NEW, {}),
    ],
)
def test_check_judges_the_policy_as_far_as_the_spec_alone_tells(
    text: str, verdicts: dict[str, str], spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(text, "utf-8")
    code = Exit.BLOCKED if "fail" in verdicts.values() else Exit.DONE
    assert run(["check", "-f", str(spec), "--format", "json"]) == code
    rows = json.loads(capsys.readouterr().out)["policy"]
    assert {row["rule"]: row["verdict"] for row in rows} == verdicts
    assert run(["check", "-f", str(spec)]) == code
    out = capsys.readouterr().out
    for row in rows:
        assert (f"policy.require {row['rule']} " in out) == (row["verdict"] != "pass")
        assert row["fix"] in out


def test_check_of_a_lock_that_names_a_dandiset_leaves_the_rest_to_its_draft(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(NEW + "policy: {require: [license]}\n", "utf-8")
    made = 'identifiers: [{environment: "", api_url: "https://x/api", identifier: "000123"}]\n'
    spec.with_suffix(".lock.yaml").write_text("dandifile_lock: 1\n" + made, "utf-8")
    assert run(["check", "-f", str(spec)]) == Exit.DONE
    assert "policy.require license is not decided yet: it depends on license" in capsys.readouterr().out


def test_check_tells_every_error_at_its_place(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text(SPEC.replace("paths", "path").replace("name", "nmae"), "utf-8")
    assert run(["check", "-f", str(spec)]) == Exit.INPUT
    err = capsys.readouterr().err
    assert "dandiset.yaml:3:1" in err
    assert "did you mean `name`?" in err
    assert "dandiset.yaml:4:1" in err


def test_fmt_tidies_in_place_and_keeps_comments(spec: Path) -> None:
    spec.write_text("name:    Place cells   # the title\ndandifile: 1\ninstance: dandi-sandbox\n", "utf-8")
    assert run(["fmt", "-f", str(spec), "--check"]) == Exit.CHANGES
    assert run(["fmt", "-f", str(spec)]) == Exit.DONE
    text = spec.read_text("utf-8")
    assert text.startswith("dandifile: 1")
    assert "# the title" in text
    assert run(["fmt", "-f", str(spec), "--check"]) == Exit.DONE


@pytest.mark.parametrize("name", ["spec", "plan"])
def test_schemas_are_schemas(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", name]) == Exit.DONE
    Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nosuch"], "nosuch"),
        (["plan", "--bogus"], "--bogus"),
        (["plan", "--format", "xml"], "text, json"),
        (["plan", "--allow", "everything"], "delete"),
        (["plan", "--only", "files"], "metadata"),
        (["plan", "-j", "0"], "-j"),
        (["schema", "bogus"], "spec, plan"),
        (["plan", "-f", "no/such/file.yaml"], "no/such/file.yaml"),
        (["fmt", "-f", "no/such/file.yaml"], "no/such/file.yaml"),
        (["check", "-e", "nowhere"], "--environment nowhere"),
        (["apply", "no-plan.json", "--yes"], "no-plan.json"),
        (["apply"], "--yes"),
        (["archive"], "serve"),
        ([], "apply"),
    ],
)
def test_bad_input_is_told_with_code_3(
    arguments: list[str],
    says: str,
    spec: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(spec.parent)
    assert run(arguments) == Exit.INPUT
    captured = capsys.readouterr()
    assert says in captured.err
    assert "Traceback" not in captured.err


def test_a_bug_is_told_in_a_line_and_kept_in_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "dandifile.log"
    monkeypatch.setattr("dandifile.terminal.failures.log_file", lambda: log)
    monkeypatch.setattr("dandifile.commands.check.check", lambda flags: 1 // 0)
    assert run(["check"]) == Exit.FAILED
    err = capsys.readouterr().err
    assert "ZeroDivisionError" in err
    assert str(log) in err
    assert "Traceback" not in err
    assert "Traceback" in log.read_text("utf-8")


def test_a_name_that_is_too_long_is_an_input_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--file", "x" * 2000]) == Exit.INPUT
    assert "Traceback" not in capsys.readouterr().err
