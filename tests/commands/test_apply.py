"""What apply and status say, in text and JSON, and which exit code says what happened."""

from __future__ import annotations

import io
import json
import time
from types import SimpleNamespace

import pytest
import requests

from dandifile.errors import Exit
from tests.conftest import CONTACT, Lab, write_document
from tests.lookup.replay import Replay

PATHS = "paths: [{source: data, standard: any}]\n"
SPEC = f"description: d\nlicense: CC-BY-4.0\n{CONTACT}\n{PATHS}"


@pytest.fixture
def applied(lab: Lab) -> Lab:
    lab.spec(SPEC)
    lab.files({"sub-1/sub-1_ses-a.csv": "a", "sub-1/sub-1_ses-b.csv": "b"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    return lab


def wait_until_valid(lab: Lab) -> None:
    """The archive validates in the background: sha256, asset states, summary, the draft's state."""
    for _ in range(200):
        if lab.get("/dandisets/000001/versions/draft/info/")["status"] == "Valid":
            return
        time.sleep(0.1)
    pytest.fail("the draft did not become valid")


def test_the_archives_own_work_in_the_background_is_no_difference(applied: Lab) -> None:
    wait_until_valid(applied)
    ran = applied.run("plan", "--detailed-exitcode")
    assert ran.code == Exit.DONE, ran.out


def test_status_says_what_the_archive_thinks(applied: Lab) -> None:
    wait_until_valid(applied)
    ran = applied.run("status")
    assert ran.code == Exit.DONE
    assert "Valid, ready to publish" in ran.out
    assert "2 assets and 4 fields are as declared" in ran.out
    assert "sub-1  2 sessions: a, b" in ran.out


def test_status_shows_why_the_draft_is_invalid(lab: Lab) -> None:
    lab.spec(PATHS)
    assert lab.run("status").code == Exit.INPUT
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    for _ in range(200):
        if lab.get("/dandisets/000001/versions/draft/info/")["status"] == "Invalid":
            break
        time.sleep(0.1)
    ran = lab.run("status")
    assert "not ready to publish" in ran.out
    assert "license" in ran.out


def test_apply_as_json_tells_plan_results_and_where(lab: Lab) -> None:
    lab.spec(SPEC)
    lab.files({"a.csv": "a"})
    ran = lab.run("apply", "--create", "--yes", "--format", "json")
    assert ran.code == Exit.DONE, ran.err
    found = json.loads(ran.out)
    assert found["after"]["identifier"] == "000001"
    assert found["apply"]["counts"]["failed"] == 0
    assert found["plan"]["dandifile_plan"] == 2


def test_a_blocked_file_blocks_itself_alone(lab: Lab) -> None:
    lab.spec(SPEC)
    lab.files({"good.csv": "a", "empty.csv": ""})
    ran = lab.run("apply", "--create", "--yes")
    assert ran.code == Exit.BLOCKED
    assert "empty.csv" in ran.out
    assert set(lab.assets()) == {"good.csv"}


def test_a_step_that_failed_is_told_and_the_rest_is_done(applied: Lab) -> None:
    applied.files({"x.csv": "x", "y.csv": "y"})
    applied.archive.misbehave(method="POST", route="/assets/$", status=400, times=1)
    ran = applied.run("apply", "--yes")
    assert ran.code == Exit.FAILED
    assert "run apply again" in ran.out
    assert len(applied.assets()) == 3
    assert applied.run("apply", "--yes").code == Exit.DONE
    assert len(applied.assets()) == 4


def test_metadata_that_the_archive_would_refuse_is_blocked_and_old_faults_are_not(applied: Lab) -> None:
    applied.spec(SPEC + "metadata: {protocol: [not a url]}\n")
    ran = applied.run("apply", "--yes")
    assert ran.code in (Exit.BLOCKED, Exit.INPUT), ran.out
    assert "protocol" in ran.out + ran.err
    assert "protocol" not in applied.document()


class Terminal(io.StringIO):
    """A stdin where somebody sits."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("answer", "code"), [("y\n", Exit.DONE), ("n\n", Exit.INTERRUPTED), ("", Exit.INTERRUPTED)]
)
def test_at_a_terminal_it_asks_first(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, answer: str, code: Exit
) -> None:
    lab.spec(SPEC)
    lab.files({"a.csv": "a"})
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    ran = lab.run("apply", "--create")
    assert (ran.code, "Apply this plan?" in ran.err) == (code, True)
    assert (lab.archive.writes() > 0) == (code == Exit.DONE)


def test_a_plan_of_an_open_dandiset_needs_no_key(applied: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(next(iter(applied.environ)))
    ran = applied.run("plan", "--detailed-exitcode")
    assert (ran.code, "No changes" in ran.out) == (Exit.DONE, True), ran.err
    denied = applied.run("apply", "--yes")
    assert (denied.code, "key" in denied.err) == (Exit.INPUT, True)


def test_without_a_terminal_it_never_asks(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.spec(SPEC)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    ran = lab.run("apply", "--create")
    assert (ran.code, "--yes" in ran.err) == (Exit.INPUT, True)
    assert lab.archive.writes() == 0


@pytest.mark.parametrize("kind", ["metadata", "assets"])
def test_whatever_it_is_bounded_to_the_dandiset_is_made_first(lab: Lab, kind: str) -> None:
    lab.spec(SPEC)
    lab.files({"a.csv": "a"})
    assert "needs --create" in lab.run("plan", "--only", kind).out
    ran = lab.run("apply", "--create", "--yes", "--only", kind)
    assert ran.code == Exit.DONE, ran.err
    assert bool(lab.assets()) == (kind == "assets")


def _answers(url: str) -> bool:
    try:
        requests.get(url, timeout=5)
    except requests.RequestException:
        return False
    return True


def test_a_key_that_the_archive_refuses_is_told_from_one_that_is_down(
    applied: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = next(iter(applied.environ))
    monkeypatch.setenv(variable, "0" * 40)
    refused = applied.run("apply", "--yes")
    assert (refused.code, "key" in refused.err) == (Exit.INPUT, True), refused.err
    applied.archive.serving.stop()
    while _answers(applied.archive.web_url):
        time.sleep(0.05)
    down = applied.run("plan")
    assert down.code == Exit.INPUT
    assert "cannot reach" in down.err


def edited(lab: Lab, **fields: object) -> None:
    write_document(lab, {**lab.document(), **fields})


def test_a_field_that_stays_blocked_is_not_missed_after_the_others_are_written(applied: Lab) -> None:
    applied.spec(f"{SPEC}keywords: [a]\n")
    assert applied.run("apply", "--yes").code == Exit.DONE
    edited(applied, keywords=["b"], description="another")
    ran = applied.run("apply", "--yes", "--overwrite-remote", "keywords")
    assert ran.code == Exit.BLOCKED
    assert "not as it was written" not in ran.out
    assert "Done" in ran.out
    assert ": 1 metadata field" in ran.out
    assert applied.document()["keywords"] == ["a"]
    assert applied.document()["description"] == "another"


@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"]])
def test_a_field_to_overwrite_that_the_spec_does_not_set_is_an_error(
    applied: Lab, command: list[str]
) -> None:
    ran = applied.run(*command, "--overwrite-remote", "licence")
    assert ran.code == Exit.INPUT
    assert "licence is not known" in ran.err
    assert "license" in ran.err


def test_a_saved_plan_takes_no_flags_that_would_change_it(applied: Lab) -> None:
    file = applied.folder / "plan.json"
    assert applied.run("plan", "--out", str(file)).code == Exit.DONE
    ran = applied.run("apply", str(file), "--yes", "--allow", "delete")
    assert ran.code == Exit.INPUT
    assert "as it was saved" in ran.err


def test_a_saved_plan_is_never_written_over_the_spec(applied: Lab) -> None:
    spec = applied.folder / "dandiset.yaml"
    before = spec.read_bytes()
    ran = applied.run("plan", "--out", str(spec))
    assert ran.code == Exit.INPUT
    assert "not a saved plan" in ran.err
    assert spec.read_bytes() == before


def test_paths_that_differ_in_case_only_are_two_assets_and_stop_no_pruning(lab: Lab) -> None:
    lab.spec(SPEC.replace("standard: any", "standard: any, prune: true"))
    lab.files({"Day1.csv": "a", "day1.csv": "b", "old.csv": "c"})
    first = lab.run("apply", "--create", "--yes")
    assert (first.code, set(lab.assets())) == (Exit.DONE, {"Day1.csv", "day1.csv", "old.csv"}), first.err
    assert "Day1.csv and day1.csv differ only in upper and lower case" in " ".join(first.out.split())
    (lab.folder / "data" / "old.csv").unlink()
    assert lab.run("apply", "--yes", "--allow", "delete").code == Exit.DONE
    assert set(lab.assets()) == {"Day1.csv", "day1.csv"}
    assert "No changes" in lab.run("plan").out


def test_the_time_at_the_prompt_is_not_counted(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]

    def confirmed(_question: str) -> bool:
        clock[0] += 1000
        return True

    monkeypatch.setattr("dandifile.commands.apply.can_ask", lambda: True)
    monkeypatch.setattr("dandifile.commands.apply.is_confirmed", confirmed)
    monkeypatch.setattr("dandifile.commands.apply.time", SimpleNamespace(monotonic=lambda: clock[0]))
    lab.spec(SPEC)
    lab.files({"sub-1/sub-1_ses-a.csv": "a"})
    ran = lab.run("apply", "--create", "--format", "json")
    assert json.loads(ran.out)["apply"]["seconds"] == 0


@pytest.mark.parametrize("verb", ["plan", "status", "apply"])
def test_offline_no_service_is_asked_and_what_is_open_is_named(lab: Lab, verb: str, replay: Replay) -> None:
    lab.spec(f'doi: 10.1038/s41586-023-06031-6\n{SPEC}identifier: "000001"\n')
    requests.post(
        f"{lab.archive.api_url}/dandisets/",
        json={"name": "Place cells", "metadata": {}},
        headers={"Authorization": f"token {lab.archive.key}"},
        timeout=30,
    ).raise_for_status()
    ran = lab.run(verb, "--offline", *(["--yes"] if verb == "apply" else []))
    assert ran.code == {"plan": Exit.BLOCKED, "status": Exit.DONE, "apply": Exit.BLOCKED}[verb], ran.err
    assert "10.1038/s41586-023-06031-6" in ran.out + ran.err
    assert not replay.asked


def test_a_path_that_matches_nothing_is_named(lab: Lab) -> None:
    data = lab.folder / "data"
    data.mkdir()
    (data / "a.csv").write_text("a", "utf-8")
    lab.spec("paths: [{source: data, standard: any}]\n")
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    assert "matches no asset" not in lab.run("plan", "--path", "*.csv").out
    missing = lab.run("plan", "--path", "nothing/**").out
    assert "--path nothing/** matches no asset of the draft and no file here" in missing
