"""A new format is a package and one line in `FORMATS`: every command then knows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dandifile.errors import Exit
from dandifile.survey.formats import FORMATS
from dandifile.survey.overview import Folder, overview
from tests.conftest import Lab
from tests.survey.lab import Runner, write
from tests.survey.toy import Toy


@pytest.fixture(autouse=True)
def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one line."""
    monkeypatch.setitem(FORMATS, Toy.NAME, Toy())


@pytest.fixture
def toys(lab: Lab) -> Lab:
    lab.spec("paths: [{source: data, layout: organize}]\n")
    lab.files({"short.toy": "bear\n", "long.toy": "duck\nit quacks\n", "left.TOY": "x", "notes.txt": "x"})
    return lab


def test_it_is_recognised_named_by_content_and_planned(toys: Lab) -> None:
    shown = json.loads(toys.run("plan", "--format", "json").out)
    new = sorted(change["name"] for change in shown["changes"] if change["kind"] == "assets")
    assert new == ["sub-bear/sub-bear.toy", "sub-duck/sub-duck.toy"]


def test_what_its_check_finds_is_reported(toys: Lab) -> None:
    shown = json.loads(toys.run("validate", "--format", "json").out)
    assert [(finding["source"], finding["check"]) for finding in shown["findings"]] == [
        ("data/short.toy", "toy.short")
    ]


def test_a_file_that_looks_like_one_is_named(toys: Lab) -> None:
    assert "rename it to end in .toy" in toys.run("validate").out


def test_its_metadata_is_on_the_draft_and_the_next_plan_is_empty(toys: Lab) -> None:
    done = toys.run("apply", "--create", "--yes")
    assert done.code == Exit.DONE, done.out + done.err
    bear = toys.assets()["sub-bear/sub-bear.toy"]["metadata"]
    assert bear["encodingFormat"] == "text/x-toy"
    assert [each["identifier"] for each in bear["wasAttributedTo"]] == ["bear"]
    again = toys.run("plan", "--detailed-exitcode")
    assert (again.code, "No changes" in again.out) == (Exit.DONE, True), again.out


def test_the_manifest_says_who_checked_it(toys: Lab) -> None:
    assert toys.run("scan").code == Exit.DONE
    lines = (toys.folder / "dandiset.assets.tsv").read_text("utf-8").splitlines()
    [bear] = [line for line in lines if line.startswith("sub-bear/")]
    assert f"bear\t\tvalid\tpytest {pytest.__version__}" in bear


def test_an_overview_counts_it(tmp_path: Path) -> None:
    write(tmp_path / "d" / "a.toy", "bear")
    found = overview(tmp_path / "dandiset.yaml", ["d"], Runner())
    assert found.folders == (Folder("d", {"toy": 1}),)


def test_in_a_bids_dataset_it_keeps_its_name(toys: Lab) -> None:
    toys.files({"ds/dataset_description.json": "{}", "ds/sub-1/a.toy": "bear\nx\n"})
    toys.spec("paths: [{source: data/ds, into: ds}]\nvalidation: {fail_on: never}\n")
    shown = json.loads(toys.run("plan", "--format", "json").out)
    new = sorted(change["name"] for change in shown["changes"] if change["kind"] == "assets")
    assert new == ["ds/dataset_description.json", "ds/sub-1/a.toy"]
