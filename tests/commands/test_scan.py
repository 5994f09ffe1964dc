"""`dandifile scan` where the data is, and what plan makes of the manifest where it is not."""

from __future__ import annotations

import json
import shutil

import pytest

from dandifile.errors import Exit
from dandifile.survey.manifest import Line, load
from tests.conftest import CONTACT, Lab
from tests.survey.lab import write_nwb

HEAD = f"description: d\nlicense: CC-BY-4.0\n{CONTACT}\n"
PATHS = "paths: [{source: data, standard: any, layout: as-is, prune: true}]\n"
POLICY = 'policy: {max_deletions: "100%"}\n'
FILES = {"a.csv": "a", "b.csv": "bb", "sub/c.csv": "ccc"}
MANIFEST = "dandiset.assets.tsv"


@pytest.fixture
def scanned(lab: Lab) -> Lab:
    """The machine that has the data; it has applied it, and written the manifest."""
    lab.spec(HEAD + PATHS + POLICY)
    lab.files(FILES)
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    assert lab.run("scan").code == Exit.DONE
    return lab


def second(lab: Lab, files: dict[str, str]) -> Lab:
    """Another machine with the spec, the lock and the manifest from git, and these files."""
    other = Lab(lab.folder.parent / "second", lab.archive, lab.environ)
    other.folder.mkdir()
    for name in ("dandiset.yaml", "dandiset.lock.yaml", MANIFEST):
        shutil.copy(lab.folder / name, other.folder / name)
    other.files(files)
    return other


def lines(lab: Lab) -> dict[str, Line]:
    return {line.path: line for line in load(lab.folder / MANIFEST)}


def plan(lab: Lab, *flags: str) -> tuple[int, list[tuple[str, str]], list[str]]:
    """(exit code, changes, what is elsewhere)"""
    ran = lab.run("plan", "--detailed-exitcode", "--format", "json", *flags)
    found = json.loads(ran.out)
    changes = [(change["action"], change["name"]) for change in found["changes"]]
    return ran.code, changes, found["plan"]["elsewhere"]


def test_a_line_says_what_an_asset_is(lab: Lab) -> None:
    lab.spec(HEAD + "paths: [raw, {source: odd, layout: as-is}, {source: data, standard: any}]\n")
    lab.files({"a.csv": "a"})
    write_nwb(lab.folder / "raw" / "good.nwb")
    write_nwb(lab.folder / "odd" / "name.nwb", session_id="s2")
    ran = lab.run("scan", "--format", "json")
    assert ran.code == Exit.DONE, ran.err
    found = lines(lab)
    assert json.loads(ran.out)["lines"] == len(found) == 3
    nwb = found["sub-m1/sub-m1_ses-s1.nwb"]
    assert (nwb.source, nwb.subject, nwb.session, nwb.validation) == ("raw/good.nwb", "m1", "s1", "valid")
    assert "pynwb " in nwb.tools
    assert found["name.nwb"].validation == "invalid"
    assert (found["a.csv"].size, found["a.csv"].validation, found["a.csv"].tools) == (1, "unchecked", "")
    assert lab.archive.writes() == 0


def test_scanned_again_the_file_stays_as_it_is(scanned: Lab) -> None:
    before = (scanned.folder / MANIFEST).read_bytes()
    ran = scanned.run("scan")
    assert "unchanged" in ran.out
    assert (scanned.folder / MANIFEST).read_bytes() == before


def test_without_the_data_all_is_as_it_should_be(scanned: Lab) -> None:
    code, changes, elsewhere = plan(second(scanned, {}))
    assert (code, changes) == (Exit.DONE, [])
    assert [said for said in elsewhere if "pending" in said] == []


def test_without_the_data_what_the_archive_lacks_is_pending_elsewhere(scanned: Lab) -> None:
    scanned.files({"new.csv": "new", "a.csv": "changed"})
    assert scanned.run("scan").code == Exit.DONE
    code, changes, elsewhere = plan(second(scanned, {}))
    assert (code, changes) == (Exit.DONE, [])
    assert {said.split()[0] for said in elsewhere if "on the draft" in said} == {"a.csv", "new.csv"}


def test_on_a_second_machine_with_all_the_data_a_renamed_file_moves(scanned: Lab) -> None:
    renamed = {"new.csv": FILES["a.csv"], **{path: FILES[path] for path in ("b.csv", "sub/c.csv")}}
    other = second(scanned, renamed)
    assert plan(other)[1] == [("move", "new.csv")]
    assert other.run("apply", "--yes").code == Exit.DONE
    assert set(scanned.assets()) == set(renamed)
    assert plan(other) == (Exit.DONE, [], [])


def test_on_a_partial_second_machine_nothing_moves_and_nothing_is_pruned(scanned: Lab) -> None:
    other = second(scanned, {"new.csv": FILES["a.csv"], "b.csv": FILES["b.csv"]})
    ran = other.run("apply", "--yes", "--allow", "delete")
    assert ran.code == Exit.DONE, ran.out
    assert {"b.csv", "sub/c.csv", "new.csv"} <= set(scanned.assets())
    assert lines(other)["sub/c.csv"] == lines(scanned)["sub/c.csv"]


def test_what_the_manifest_no_longer_has_can_be_pruned(scanned: Lab) -> None:
    other = second(scanned, {path: FILES[path] for path in ("a.csv", "b.csv")})
    assert plan(other, "--allow", "delete")[1] == []
    ran = other.run("scan", "--forget", "sub/**")
    assert "1 dropped" in ran.out
    assert plan(other, "--allow", "delete")[1] == [("delete", "sub/c.csv")]


def test_lines_of_files_that_are_not_here_stay_until_forgotten(scanned: Lab) -> None:
    other = second(scanned, {"d.csv": "dddd"})
    ran = other.run("scan")
    assert set(lines(other)) == {*FILES, "d.csv"}
    assert "3 of them not on this machine" in ran.out
    assert other.run("scan", "--forget", "sub/**", "--forget", "a.csv").code == Exit.DONE
    assert set(lines(other)) == {"b.csv", "d.csv"}


def test_a_renamed_file_has_one_line(scanned: Lab) -> None:
    (scanned.folder / "data" / "a.csv").rename(scanned.folder / "data" / "z.csv")
    assert scanned.run("scan").code == Exit.DONE
    assert set(lines(scanned)) == {"b.csv", "sub/c.csv", "z.csv"}
    assert plan(scanned)[1] == [("move", "z.csv")]


def test_names_are_those_of_the_manifest(lab: Lab) -> None:
    """A session added on another machine renames nothing, though that one never applied."""
    entry = "paths: [{source: raw, required_fields: []}]\n"
    lab.spec(HEAD + entry)
    write_nwb(lab.folder / "raw" / "a.nwb", session_id="s1")
    assert lab.run("scan").code == Exit.DONE
    (lab.folder / "raw" / "a.nwb").rename(lab.folder / "a.nwb")
    write_nwb(lab.folder / "raw" / "b.nwb", session_id="s2")
    assert lab.run("scan").code == Exit.DONE
    assert {line.source: path for path, line in lines(lab).items()} == {
        "raw/a.nwb": "sub-m1/sub-m1.nwb",
        "raw/b.nwb": "sub-m1/sub-m1_ses-s2.nwb",
    }


def test_a_merge_conflict_is_told_with_its_place(scanned: Lab) -> None:
    file = scanned.folder / MANIFEST
    file.write_text(file.read_text("utf-8") + "<<<<<<< HEAD\n", "utf-8")
    for command in ("plan", "scan"):
        ran = scanned.run(command)
        assert (ran.code, "merge conflict" in " ".join(ran.err.split())) == (Exit.INPUT, True), ran.err
        assert f"{MANIFEST}:5" in ran.err


def test_files_that_cannot_be_assets_are_told(scanned: Lab) -> None:
    scanned.files({"empty.csv": ""})
    ran = scanned.run("scan")
    assert (ran.code, "empty.csv" in ran.out) == (Exit.BLOCKED, True)
    assert set(lines(scanned)) == set(FILES)


def test_files_of_a_bids_dataset_are_named_and_judged_as_a_dataset(lab: Lab) -> None:
    lab.spec(HEAD + "paths: [{source: ds, into: bids}]\n")
    description = {"Name": "x", "BIDSVersion": "1.9.0", "Authors": ["A", "B"]}
    lab.files({"dataset_description.json": json.dumps(description), "README.md": "r" * 200}, under="ds")
    lab.files({"sub-01/ses-a/anat/sub-01_ses-a_T1w.json": "{}"}, under="ds")
    assert lab.run("scan").code == Exit.DONE
    found = lines(lab)["bids/sub-01/ses-a/anat/sub-01_ses-a_T1w.json"]
    assert (found.subject, found.session) == ("01", "a")
    assert "bids-validator-deno" in found.tools
