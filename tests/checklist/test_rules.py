"""The rules, case by case, and on real drafts."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dandifile.checklist.rules import RULES, check_rules
from dandifile.checklist.verdict import Evidence, RuleResult, Verdict
from dandifile.model import JsonObject
from tests.conftest import SHARED

CASES: dict[str, Any] = YAML(typ="safe").load(
    (Path(__file__).parents[1] / "cases" / "checklist.yaml").read_text("utf-8")
)
GOOD: JsonObject = CASES["good"]
IN_DESIGN = {
    *("orcid", "ror", "contact_email", "funder_award"),
    *("ethics", "regions", "keywords", "related_publication"),
}
SPEC_SCHEMA = Path(__file__).parents[2] / "schemas" / "dandiset.schema.json"


def one(rule: str, document: JsonObject, facts: Evidence = Evidence()) -> RuleResult:  # noqa: B008 - frozen
    (result,) = check_rules(document, facts, [rule])
    return result


def changed(case: dict[str, Any]) -> JsonObject:
    """The good document with the case's changes; a null takes the key away."""
    document = copy.deepcopy(GOOD)
    places = {
        "set": document,
        "first": document["contributor"][0],
        "third": document["contributor"][2],
        "paper": document["relatedResource"][0],
    }
    for name, place in places.items():
        place.update(case.get(name, {}))
        for key in [key for key, value in case.get(name, {}).items() if value is None]:
            del place[key]
    if "long" in case:
        document["description"] = case["long"] * 20
    return document


@pytest.mark.parametrize("rule", RULES)
def test_the_good_document_passes(rule: str) -> None:
    result = one(rule, GOOD)
    assert result.verdict is Verdict.PASSED
    assert result.found
    assert not result.fix


@pytest.mark.parametrize(
    ("rule", "case"),
    [(rule, case) for rule in RULES for case in CASES[rule]],
    ids=lambda value: str(value)[:60],
)
def test_a_verdict_and_what_is_said(rule: str, case: dict[str, Any]) -> None:
    facts = Evidence(case.get("orcids", {}), case.get("rors", {}), case.get("regions_on_assets", False))
    result = one(rule, changed(case), facts)
    assert result.verdict == case["is"]
    assert case.get("found", "") in result.found
    assert case.get("fix", "") in result.fix
    assert bool(result.fix) is (result.verdict is not Verdict.PASSED)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_what_it_is_for(rule: str) -> None:
    assert RULES[rule].title
    assert RULES[rule].why.endswith(".")


def test_every_rule_can_be_required() -> None:
    schema = json.loads(SPEC_SCHEMA.read_text("utf-8"))
    allowed = schema["properties"]["policy"]["properties"]["require"]["items"]["enum"]
    assert allowed == list(RULES)
    assert {*allowed} >= IN_DESIGN


def test_rows_come_in_the_order_that_is_asked_for() -> None:
    assert [result.rule for result in check_rules(GOOD, Evidence())] == list(RULES)
    assert [result.rule for result in check_rules(GOOD, Evidence(), ["ror", "title"])] == ["ror", "title"]


def test_long_lists_are_counted() -> None:
    people = [
        {"schemaKey": "Person", "name": f"Doe, {letter}", "includeInCitation": True} for letter in "ABCDE"
    ]
    assert one("orcid", {"contributor": people}).fix.endswith("Doe, A; Doe, B; Doe, C; and 2 more")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = ["schemaKey", "name", "identifier", "roleName", "affiliation", "relation", "resourceType", "url"]
ITEM = st.dictionaries(st.sampled_from(KEYS), JSON)
DOCUMENT = st.dictionaries(
    st.sampled_from([*GOOD, "assetsSummary"]), JSON | st.lists(ITEM | JSON, max_size=3)
)


@given(DOCUMENT)
def test_any_document_has_a_checklist(document: JsonObject) -> None:
    assert all(
        bool(result.fix) is (result.verdict is not Verdict.PASSED)
        for result in check_rules(document, Evidence())
    )


REAL = sorted((SHARED / "dandisets").glob("*.json"))


@pytest.mark.skipif(not REAL, reason="no real drafts beside this checkout")
def test_real_drafts_are_told_apart() -> None:
    """Of drafts that are known to be good and bad, each rule finds what a reader would."""
    verdicts = {
        file.stem: {r.rule: r.verdict for r in check_rules(json.loads(file.read_text("utf-8")), Evidence())}
        for file in REAL
    }
    failing = {name: sum(v is Verdict.FAILED for v in rules.values()) for name, rules in verdicts.items()}
    assert failing["000170"] > 10
    assert failing["000003"] < 5
    assert verdicts["000003"]["related_publication"] == verdicts["000233"]["funder_award"] == Verdict.PASSED
    assert verdicts["001755"]["keywords"] == verdicts["000032"]["title"] == Verdict.FAILED
    assert verdicts["000026"]["regions"] is Verdict.FAILED
