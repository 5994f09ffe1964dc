"""An imported spec is valid and its plan is empty: drafts with every oddity that real ones have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from dandifile.errors import Exit
from dandifile.model import JsonObject
from localdandi.instance import Instance
from localdandi.schemas import newest_version
from tests.conftest import SHARED, Lab, write_document
from tests.lookup.replay import Replay

REAL = sorted((SHARED / "dandisets").glob("*.json"))
ODD: dict[str, JsonObject] = YAML(typ="safe").load(
    Path(__file__).parents[1] / "cases" / "import" / "odd_drafts.yaml"
)


def put_draft(lab: Lab, document: JsonObject) -> None:
    """A dandiset with this document as its draft."""
    lab.spec("", name=json.dumps("To be replaced"))
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    write_document(lab, document)
    for file in lab.folder.glob("dandiset*.yaml"):
        file.unlink()


def import_draft(lab: Lab, named: str = "000001") -> JsonObject:
    ran = lab.run("import", named, "--instance", lab.archive.web_url, "--format", "json")
    assert ran.code == Exit.DONE, ran.err
    found: JsonObject = json.loads(ran.out)
    return found


def check_that_nothing_would_change(lab: Lab) -> None:
    for command in (["check"], ["plan", "--detailed-exitcode"], ["fmt", "--check"]):
        ran = lab.run(*command)
        assert ran.code == Exit.DONE, (command, ran.out, ran.err)


@pytest.mark.parametrize("file", REAL, ids=lambda file: file.stem)
def test_a_real_draft_is_imported_with_an_empty_plan(lab: Lab, file: Path, replay: Replay) -> None:
    put_draft(lab, json.loads(file.read_text("utf-8")))
    before = lab.document()
    import_draft(lab)
    check_that_nothing_would_change(lab)
    assert lab.document() == before


@pytest.mark.parametrize("case", ODD)
def test_an_odd_draft_is_imported_with_an_empty_plan(lab: Lab, case: str, replay: Replay) -> None:
    put_draft(lab, ODD[case]["draft"])
    found = import_draft(lab)
    check_that_nothing_would_change(lab)
    assert {each["place"] for each in found["odd"]} == set(ODD[case].get("odd", ()))
    assert {each["field"] for each in found["undeclared"]} == set(ODD[case].get("undeclared", ()))
    text = (lab.folder / "dandiset.yaml").read_text("utf-8")
    for part in ODD[case].get("says", ()):
        assert part in text


@pytest.mark.parametrize(
    "case",
    [
        "terms without an id, without a name, with an id of a lab",
        "one person twice, and one ORCID iD for two",
        "one word as the identifier of two resources",
    ],
)
def test_what_is_under_metadata_can_be_explained(lab: Lab, case: str, replay: Replay) -> None:
    put_draft(lab, ODD[case]["draft"])
    import_draft(lab)
    for field in ODD[case]["draft"].keys() - {"schemaKey"}:
        ran = lab.run("explain", field)
        assert ran.code == Exit.DONE, (field, ran.err)


def test_what_resolve_pins_changes_nothing_of_it(lab: Lab, replay: Replay) -> None:
    put_draft(lab, ODD["every short form"]["draft"])
    import_draft(lab)
    lab.run("resolve")
    assert lab.lock.exists()
    check_that_nothing_would_change(lab)


@pytest.mark.parametrize("face", [Instance(schema_version=newest_version())])
def test_an_archive_with_the_newest_schema_changes_nothing_of_it(lab: Lab, replay: Replay) -> None:
    put_draft(lab, {**ODD["every short form"]["draft"], "schemaVersion": "0.4.4"})
    import_draft(lab)
    check_that_nothing_would_change(lab)
