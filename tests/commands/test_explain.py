"""Why something is planned, or not: each answer names the line, the file or the rule that decides."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from ruamel.yaml import YAML

from dandifile.errors import Exit
from dandifile.explanation.explain import explain
from dandifile.kinds import KINDS
from dandifile.report.explanation_view import explanations_text
from dandifile.session.explained import view_of
from dandifile.session.opening import open_session
from dandifile.session.options import Setup
from dandifile.spec.fields import COMPUTED_DANDISET_FIELDS, DANDISET_FIELDS, FIELD_OF_KEY
from localdandi.testing import archive
from tests.conftest import Lab, write_document
from tests.frame import ROOT
from tests.lookup.made_up import DOI, all_well
from tests.lookup.replay import Replay
from tests.releases import DESCRIBED
from tests.survey.lab import write_nwb

CASES = YAML(typ="safe").load((ROOT / "tests/cases/explain.yaml").read_text("utf-8"))
FIRST = """
paths:
  - {source: data, standard: any, layout: as-is}
  - {source: more, standard: any, layout: as-is, into: more}
"""
SPEC = """
keywords: [place cells, sleep]
ignore: [/acknowledgement, /contributor/email]
metadata: {acknowledgement: "thanks"}
paths:
  - {source: data, standard: any, layout: as-is, exclude: ["scratch/**"]}
  - {source: more, standard: any, layout: as-is, include: ["*.csv"], into: more, prune: true}
  - {source: away, standard: any, layout: as-is, into: away}
assets:
  - {match: "sub-1/**", metadata: {keywords: [a]}}
  - {match: "sub-1/*_ses-a*", metadata: {keywords: [pilot]}}
regions: {paths: {"sub-2/**": [{name: nucleus accumbens, id: "UBERON:0001882"}]}}
"""


def new_lab(folder: Path, running: Any, patch: pytest.MonkeyPatch) -> Lab:
    variable = f"{urlsplit(running.web_url).netloc}_API_KEY".upper()
    patch.setenv(variable, running.key)
    patch.setenv("DANDI_NO_ET", "1")
    (folder / "lab").mkdir()
    return Lab(folder / "lab", running, {variable: running.key})


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab whose data and spec have changed in many ways since its last apply; no test changes it."""
    folder = tmp_path_factory.mktemp("explain")
    with archive(folder / "store") as running, pytest.MonkeyPatch.context() as patch:
        lab = new_lab(folder, running, patch)
        lab.spec(DESCRIBED + FIRST)
        lab.files({"sub-1/sub-1_ses-a.csv": "a", "sub-1/sub-1_ses-b.csv": "b"})
        lab.files({"sub-2/sub-2_ses-a.csv": "c", "sub-2/sub-2_ses-b.csv": "d"})
        lab.files({"old.csv": "old", "kept.csv": "kept"}, under="more")
        assert lab.run("apply", "--create", "--yes").code == Exit.DONE
        lab.spec(DESCRIBED + SPEC, name="Place cells in CA1")
        lab.files({"sub-1/sub-1_ses-b.csv": "other", "sub-3/sub-3_ses-a.csv": "new", "scratch/x.csv": "x"})
        lab.files({"sub-3/sub-3_ses-copy.csv": "a", "bad name!.csv": "q"})
        lab.files({"skipped.txt": "x"}, under="more")
        lab.files({"elsewhere.csv": "x"}, under=".")
        data = lab.folder / "data"
        (data / "sub-2/sub-2_ses-b.csv").rename(data / "sub-2/sub-2_ses-z.csv")
        (data / "sub-2/sub-2_ses-a.csv").unlink()
        (lab.folder / "more/old.csv").unlink()
        patch.chdir(lab.folder)
        yield lab


def explained(lab: Lab, asked: str) -> dict[str, Any]:
    ran = lab.run("explain", asked, "--format", "json")
    assert ran.code == Exit.DONE, ran.err
    (found,) = json.loads(ran.out)["explanations"]
    return dict(found)


def sayings(found: dict[str, Any]) -> list[str]:
    """Each with its voice, and after @ where."""
    return [f"{one['voice']} {one['says']} @{one['where']}" for one in found["sayings"]]


def has(said: list[str], wanted: str) -> bool:
    """Whether one saying has these words and, if it is given, that place."""
    words, at, place = wanted.partition(" @")
    return any(words in one and (not at or one.endswith(f"@{place}")) for one in said)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["asked"])
def test_an_answer_names_who_says_what_and_where(changed: Lab, case: dict[str, Any]) -> None:
    found = explained(changed, case["asked"])
    said = sayings(found)
    assert found["name"] == case.get("name", case["asked"])
    assert found["verdict"] == case["verdict"], said
    for wanted in case["says"]:
        assert has(said, wanted), (wanted, said)
    for wanted in case.get("remedies", ()):
        assert any(wanted in one for one in found["remedies"]), (wanted, found["remedies"])
    assert found["remedies"] or not case.get("remedies", True)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("keyword", "did you mean keywords?"),
        ("sub-1_ses-a.csv", "did you mean sub-1/sub-1_ses-a.csv"),
        ("sub-1/sub-1_ses-aa.csv", "did you mean sub-1/sub-1_ses-a.csv"),
        ("zzzzz", "name an asset by its path in the dandiset, a file, or a field such as keywords"),
    ],
)
def test_a_word_that_is_about_nothing_is_an_error_with_what_may_be_meant(
    changed: Lab, asked: str, meant: str
) -> None:
    ran = changed.run("explain", asked)
    assert (ran.code, ran.out) == (Exit.INPUT, "")
    said = " ".join(ran.err.split())
    assert f"'{asked}' is no asset, no file of `paths` and no field" in said
    assert meant in said


def test_everything_that_a_plan_is_about_can_be_explained(changed: Lab) -> None:
    with open_session(Setup(changed.folder / "dandiset.yaml")) as session:
        planned = session.plan()
        view = view_of(session, planned)
        fields = {*DANDISET_FIELDS, *COMPUTED_DANDISET_FIELDS, *FIELD_OF_KEY, *view.document.document}
        names = {
            change.key.name for change in planned.plan.changes if change.key.kind in {"assets", "metadata"}
        }
        names |= {*view.draft.assets, *(one.source for one in planned.local.assets), *fields}
        for asked in sorted(names | KINDS.keys() - {"assets", "metadata"}):
            found = explain(view, asked, asked, exists=False)
            shown = explanations_text(found).plain
            assert found[0].sayings, asked
            assert "None" not in shown, shown
    for change in planned.plan.changes:
        if change.key.kind in {"assets", "metadata"}:
            (one,) = explain(view, change.key.name, change.key.name, exists=False)
            assert one.change == change


def test_an_explanation_writes_nothing(changed: Lab) -> None:
    before = {file: file.read_bytes() for file in changed.folder.glob("*.*") if file.is_file()}
    changed.archive.reset_counts()
    assert changed.run("explain", "keywords").code == Exit.DONE
    assert changed.archive.writes() == 0
    assert {file: file.read_bytes() for file in before} == before


def test_the_page_shows_what_is_printed(changed: Lab) -> None:
    page = (ROOT / "docs/how-to/explain.md").read_text("utf-8")
    for asked in ("keywords", "sub-1/sub-1_ses-a.csv", "data/scratch/x.csv"):
        ran = changed.run("explain", asked)
        shown = re.sub(r"http://127\.0\.0\.1:\d+", "https://sandbox.dandiarchive.org", ran.out)
        assert " ".join(shown.split()) in " ".join(page.split()), shown


def test_a_field_that_was_edited_on_the_archive_is_blocked_and_the_record_says_so(lab: Lab) -> None:
    lab.spec(DESCRIBED + "keywords: [a]\n")
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    write_document(lab, {**lab.document(), "keywords": ["edited"]})
    found = explained(lab, "keywords")
    assert found["verdict"] == "blocked"
    assert has(sayings(found), "record the last apply or import here left another value")
    assert has(sayings(found), "blocked: keywords was changed on the archive since the last apply")
    assert any("--overwrite-remote keywords" in one for one in found["remedies"])
    lab.spec(DESCRIBED + "keywords: [edited, b]\n")
    write_document(lab, {**lab.document(), "keywords": ["a"]})
    assert has(sayings(explained(lab, "keywords")), "the spec has changed since")


def test_a_field_is_declared_in_the_environment_that_overrides_it(lab: Lab) -> None:
    lab.archive.add_user("jdoe")
    lab.archive.add_user("rroe")
    lab.spec(f"{DESCRIBED}owners: [jdoe]\nenvironments:\n  other:\n    owners: [rroe]\n")
    for environment, name, line in (("", "jdoe", 9), ("other", "rroe", 12)):
        ran = lab.run("explain", "owners", *(["-e", environment] if environment else []), "--format", "json")
        assert ran.code == Exit.DONE, ran.err
        found = json.loads(ran.out)["explanations"][0]
        assert (found["name"], found["verdict"]) == (name, "create")
        assert has(sayings(found), "draft there is no dandiset yet")
        assert f"dandiset.yaml:{line}:" in found["sayings"][0]["where"]


def test_owners_that_would_be_removed_wait_for_a_permission(lab: Lab) -> None:
    lab.archive.add_user("jdoe")
    lab.spec(DESCRIBED + "owners: [jdoe]\n")
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    me = next(iter({user["username"] for user in lab.get("/dandisets/000001/users/")} - {"jdoe"}))  # type: ignore[index]  # a list
    lab.spec(f"{DESCRIBED}owners: {{exactly: [{me}]}}\n")
    found = explained(lab, "owners")
    assert (found["name"], found["verdict"]) == ("jdoe", "held")
    assert has(sayings(found), "spec `owners`")
    assert found["remedies"][0] == "run apply with --allow owners to do it"


def test_an_embargo_comes_with_a_new_dandiset(lab: Lab) -> None:
    lab.spec(DESCRIBED + "embargo: true\n")
    found = explained(lab, "embargo")
    assert found["verdict"] == "create"
    assert has(sayings(found), "rule it comes with the dandiset, when that is created")
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    found = explained(lab, "embargo")
    assert found["verdict"] == "unchanged"
    assert [one["value"] for one in found["sayings"] if one["voice"] == "draft"] == ["embargoed"]
    lab.spec(DESCRIBED + "embargo: false\n")
    lines = lab.run("explain", "embargo").out.splitlines()
    assert re.fullmatch(r"  until \d{4}-\d\d-\d\d → open", lines[1])
    assert lines[2].startswith("  spec ")


def test_a_name_that_is_made_from_a_file_says_from_which_values(lab: Lab) -> None:
    lab.spec(DESCRIBED + "paths: [recordings]\nvalidation: {fail_on: never}\n")
    write_nwb(lab.folder / "recordings/01.nwb", session_id="20240301")
    write_nwb(lab.folder / "recordings/02.nwb", session_id="20240302")
    found = explained(lab, "recordings/01.nwb")
    said = sayings(found)
    assert found["name"] == "sub-m1/sub-m1_ses-20240301.nwb"
    assert has(said, "sub-m1 from subject_id 'm1', ses-20240301 from session_id '20240301'"), said
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    found = explained(lab, "recordings/01.nwb")
    assert found["verdict"] == "unchanged"
    assert has(sayings(found), "this content is on the draft under this path, and content keeps its path")
    assert "run plan with --rename to give it the name that it would get today" in found["remedies"]


def test_findings_say_whether_they_block_and_which_line_accepts_them(lab: Lab) -> None:
    write_nwb(
        lab.folder / "recordings/01.nwb", session_id="1", subject={"subject_id": "C005", "species": "rat"}
    )
    paths = "paths: [recordings]\n"
    lab.spec(DESCRIBED + paths)
    found = explained(lab, "recordings/01.nwb")
    blocking = [one for one in found["sayings"] if one["voice"] == "check" and "(blocks" in one["says"]]
    assert found["verdict"] == "blocked"
    assert blocking
    checks = sorted({one["says"].split(" ")[0] for one in blocking})
    lines = "".join(f"    - {{check: {check}, reason: we know}}\n" for check in checks)
    lab.spec(f"{DESCRIBED}{paths}validation:\n  ignore:\n{lines}")
    found = explained(lab, "recordings/01.nwb")
    accepted = [one for one in found["sayings"] if "(accepted: we know)" in one["says"]]
    assert found["verdict"] == "create"
    assert all("dandiset.yaml:" in one["where"] for one in accepted)
    assert len(accepted) == len(blocking)


def test_what_a_paper_gives_is_in_the_lock_with_its_line(lab: Lab, replay: Replay) -> None:
    all_well(replay)
    jane = '{name: "Doe, Jane", orcid: 0000-0002-1825-0097, email: jane@example.org}'
    lab.spec(f"doi: {DOI}\nlicense: CC-BY-4.0\ncontributors: [{jane}]\n")
    assert lab.run("resolve").code == Exit.DONE
    found = explained(lab, "description")
    said = sayings(found)
    assert has(said, f"spec `doi` {DOI}: the spec leaves this to the paper")
    (lock,) = [one for one in found["sayings"] if one["voice"] == "lock"]
    place = re.fullmatch(r"dandiset\.lock\.yaml:(\d+):\d+", lock["where"])
    assert place
    assert DOI in lab.lock.read_text("utf-8").splitlines()[int(place[1]) - 1]
    people = explained(lab, "contributor/0/name")
    assert has(sayings(people), "lock the paper by")


def test_an_asset_whose_file_is_gone_is_not_said_to_be_as_declared(lab: Lab) -> None:
    lab.spec(DESCRIBED + "paths: [{source: data, layout: as-is, standard: any}]\n")
    lab.files({"a.csv": "a", "b.csv": "b"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    (lab.folder / "data/a.csv").unlink()
    assert explained(lab, "a.csv")["verdict"] == "elsewhere"
    assert "its file is not on this machine" in lab.run("explain", "a.csv").out
