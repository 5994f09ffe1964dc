"""The checklist as a person and as a program reads it."""

from __future__ import annotations

from dandifile.checklist.verdict import RuleResult, Verdict
from dandifile.report.checklist_view import checklist_json, checklist_text

RESULTS = [
    RuleResult("title", "A descriptive title", Verdict.PASSED, "7 words", "It is all that is shown.", ""),
    RuleResult("methods", "Methods", Verdict.UNKNOWN, "no method", "People look for them.", "description: …"),
    RuleResult("orcid", "An ORCID iD", Verdict.FAILED, "1 of 2 without", "Names change.", "add `orcid`"),
    RuleResult("license", "An open license", Verdict.FAILED, "none", "Nobody may reuse it.", "license: …"),
]


def test_what_fails_comes_first_with_why_and_what_to_do() -> None:
    lines = checklist_text("Place cells", "dandi · 000123 draft", RESULTS, ["orcid"]).plain.splitlines()
    assert lines == [
        "Place cells",
        "dandi · 000123 draft",
        "",
        "  ! orcid (required)  An ORCID iD: 1 of 2 without",
        "      why   Names change.",
        "      do    add `orcid`",
        "  ! license  An open license: none",
        "      why   Nobody may reuse it.",
        "      do    license: …",
        "",
        "  ? methods  Methods: no method",
        "      why   People look for them.",
        "      do    description: …",
        "",
        "  + title  A descriptive title: 7 words",
        "",
        "1 of 4 pass · 2 fail (1 required by the policy) · 1 unknown",
    ]


def test_all_is_well_in_as_few_words() -> None:
    assert checklist_text("x", "y", RESULTS[:1], []).plain.splitlines()[-1] == "1 of 1 pass"


def test_long_lines_are_wrapped_under_their_beginning() -> None:
    lines = checklist_text("x", "y", RESULTS, [], width=24).plain.splitlines()
    assert all(len(line) <= 24 for line in lines)


def test_as_json() -> None:
    found = checklist_json("000123", RESULTS, ["orcid"])
    assert found["counts"] == {"pass": 1, "fail": 2, "unknown": 1}
    assert [(row["rule"], row["verdict"], row["required"]) for row in found["rules"]] == [
        ("title", "pass", False),
        ("methods", "unknown", False),
        ("orcid", "fail", True),
        ("license", "fail", False),
    ]
