"""Repairs of a document: only what is surely wrong, and never twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from ruamel.yaml import YAML

from dandifile.importing.repairs import repair
from dandifile.model import Json, JsonObject
from tests.importing.documents import documents

CASES: dict[str, JsonObject] = YAML(typ="safe").load(
    Path(__file__).parents[1] / "cases" / "import" / "repairs.yaml"
)


@pytest.mark.parametrize("case", CASES)
def test_what_is_repaired(case: str) -> None:
    """`after` is absent where nothing is to be done."""
    before: Json = CASES[case]["before"]
    after, done = repair({CASES[case]["field"]: before})
    assert after[CASES[case]["field"]] == CASES[case].get("after", before)
    assert bool(done) == ("after" in CASES[case])


@given(documents())
def test_a_repaired_document_needs_no_repair(document: JsonObject) -> None:
    repaired, _ = repair(document)
    assert repair(repaired) == (repaired, ())


@given(documents())
def test_fields_without_a_repair_stay_the_same(document: JsonObject) -> None:
    repaired, done = repair(document)
    touched = {each.field for each in done}
    assert {key: value for key, value in repaired.items() if key not in touched} == {
        key: value for key, value in document.items() if key not in touched
    }
