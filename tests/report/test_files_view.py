"""One message for each cause, in every command."""

from __future__ import annotations

import pytest

from dandifile.model import Block, Finding, Key, Plan, Refusal, Severity, Target
from dandifile.report.files_view import (
    causes,
    causes_json,
    names_text,
    refusal_causes,
    refused_rows,
    replace_name,
)
from dandifile.report.plan_view import plan_json
from dandifile.report.validation_view import ValidationSummary, validation_json, validation_text
from tests.report.shown import plan_text

REASON, FIX = "species 'Macaca fascicularis' is not one that DANDI knows", "write NCBITaxon:9541"
MANY = [Refusal(f"raw/s{number:03}.nwb", REASON, FIX) for number in range(200)]
OTHER = Refusal("raw/z.nwb", "it is empty", "delete it")
FILES = [refusal.source for refusal in MANY]


def test_what_several_files_have_in_common_is_said_once_with_all_of_them() -> None:
    first, second = refusal_causes([*MANY, OTHER])
    assert (first.reason, first.fix, list(first.files)) == (REASON, FIX, FILES)
    assert causes_json([second]) == [{"reason": "it is empty", "fix": "delete it", "files": ["raw/z.nwb"]}]
    assert [row.name for row in refused_rows([*MANY, OTHER])] == ["200 files", "raw/z.nwb"]


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("cannot open raw/a b.nwb: truncated", "cannot open the file: truncated"),
        ("name = '/data/lab/raw/a b.nwb', errno = 5", "name = 'the file', errno = 5"),
        ("as raw/a b.nwb.zarr: no", "as the file.zarr: no"),
        ("nothing of it", "nothing of it"),
    ],
)
def test_the_files_own_name_makes_no_cause_of_its_own(said: str, same: str) -> None:
    assert replace_name("raw/a b.nwb", said) == same


def test_files_that_differ_in_their_names_alone_share_a_cause_and_one_keeps_its_name() -> None:
    said = [(name, f"{name} cannot be opened", "") for name in ("a.nwb", "b.nwb")]
    assert [cause.reason for cause in causes(said)] == ["the file cannot be opened"]
    assert [cause.reason for cause in causes(said[:1])] == ["a.nwb cannot be opened"]


def test_organize_validate_and_plan_say_it_once() -> None:
    blocked = tuple(Block(one.reason, one.fix, Key("assets", one.source)) for one in MANY)
    plan = Plan(Target("dandi", "https://a/api", "https://a", "000001"), blocked=blocked)
    texts = [
        names_text({}, MANY, []).plain,
        validation_text(ValidationSummary(200, refused=tuple(MANY))).plain,
        plan_text(plan).plain,
    ]
    for text in texts:
        said = " ".join(text.split())
        assert said.count("Macaca fascicularis") == 1
        assert said.count("NCBITaxon:9541") == 1
        assert "raw/s000.nwb" in said
    for document in (validation_json(ValidationSummary(200, refused=tuple(MANY))), plan_json(plan, {})):
        assert document["causes"] == [{"reason": REASON, "fix": FIX, "files": FILES}]


def test_findings_that_block_are_causes_too() -> None:
    found = tuple(Finding(name, "check_x", "no age", Severity.ERROR) for name in ("b.nwb", "a.nwb"))
    assert validation_json(ValidationSummary(2, blocking=found))["causes"] == [
        {"reason": "check_x (error): no age", "fix": "", "files": ["a.nwb", "b.nwb"]}
    ]


def test_files_that_name_each_other_are_one_cause() -> None:
    reason = "a.nwb and b.nwb would get the same name"
    [cause] = refusal_causes([Refusal("a.nwb", reason, "x"), Refusal("b.nwb", reason, "x")])
    assert (cause.reason, cause.files) == (reason, ("a.nwb", "b.nwb"))
