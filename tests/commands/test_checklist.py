"""`dandifile checklist`, and the same rules in the way of plan and apply."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dandifile.errors import Exit
from dandifile.lookup.facts import Lock, Person, PersonStatus
from dandifile.lookup.lock import save_lock
from tests.conftest import CONTACT, Lab, write_document

JANE = "0000-0002-1825-0097"
BASE = f"license: CC-BY-4.0\ndescription: d\n{CONTACT}"


def rules(lab: Lab) -> dict[str, dict[str, Any]]:
    found = json.loads(lab.run("checklist", "--format", "json").out)
    return {row["rule"]: row for row in found["rules"]}


def test_a_spec_without_a_draft_is_judged_by_itself(lab: Lab) -> None:
    lab.spec(BASE)
    ran = lab.run("checklist")
    assert ran.code == Exit.DONE
    assert "there is no dandiset yet" in ran.out
    assert "! title  A descriptive title: 2 words" in ran.out
    assert "+ license" in ran.out


def test_what_others_wrote_on_the_draft_counts_where_the_spec_says_nothing(lab: Lab) -> None:
    lab.spec(BASE)
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    write_document(lab, {**lab.document(), "keywords": ["a", "b", "c"], "license": []})
    found = rules(lab)
    assert found["keywords"]["verdict"] == "pass"
    assert found["license"]["verdict"] == "pass"  # as it will be after apply
    assert "000001 draft, as it would be after apply" in lab.run("checklist").out


def test_the_lock_knows_of_ids_what_the_document_does_not_tell(lab: Lab) -> None:
    lab.spec(BASE.replace("email", f"orcid: {JANE}, cite: true, email"))
    assert rules(lab)["orcid"]["verdict"] == "pass"
    person = Person(JANE, PersonStatus.UNKNOWN, checked="2026-11-20")
    save_lock(lab.folder / "dandiset.lock.yaml", Lock(people=(person,)))
    assert rules(lab)["orcid"]["found"] == f"{JANE} (unknown)"


@pytest.mark.parametrize(
    ("required", "code"), [("[license]", Exit.DONE), ("[license, keywords]", Exit.BLOCKED)]
)
def test_a_required_rule_that_fails_is_the_exit_code(lab: Lab, required: str, code: int) -> None:
    lab.spec(f"{BASE}policy: {{require: {required}}}\n")
    assert lab.run("checklist").code == code
    assert rules(lab)["keywords"]["required"] is (code != Exit.DONE)


def test_plan_and_apply_write_nothing_while_a_required_rule_fails(lab: Lab) -> None:
    lab.spec(f"{BASE}policy: {{require: [keywords]}}\n")
    ran = lab.run("plan")
    assert ran.code == Exit.BLOCKED
    assert "policy.require keywords: 0 keywords" in ran.out
    assert "not reconciled" not in ran.out
    assert lab.run("apply", "--create", "--yes").code == Exit.BLOCKED
    assert lab.get("/dandisets/?draft=true&empty=true")["count"] == 0
    lab.spec(f"{BASE}keywords: [a, b, c]\npolicy: {{require: [keywords]}}\n")
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    assert lab.run("plan", "--detailed-exitcode").code == Exit.DONE


def test_a_draft_that_loses_what_is_required_is_told_though_nothing_differs(lab: Lab) -> None:
    lab.spec(BASE)
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.spec(f"{BASE}policy: {{require: [keywords]}}\n")
    assert lab.run("plan").code == Exit.BLOCKED
    assert lab.run("apply", "--yes").code == Exit.BLOCKED
