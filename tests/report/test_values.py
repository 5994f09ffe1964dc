"""What differs between two values, in few words."""

from __future__ import annotations

import pytest
from hypothesis import given

from dandifile.model import Json
from dandifile.report.values import value_marks
from tests.report.strategies import values

UBERON = "http://purl.obolibrary.org/obo/UBERON_0001882"
CASES: list[tuple[str, Json, Json, list[str]]] = [
    ("list of text", ["a", "b"], ["b", "c"], ["- a", "+ c"]),
    ("list of text in another order", ["a", "b"], ["b", "a"], ["~ order changed: now b; a"]),
    (
        "a term has its CURIE",
        None,
        [{"name": "nucleus accumbens", "identifier": UBERON}],
        ["+ nucleus accumbens (UBERON:0001882)"],
    ),
    ("a term without a name", None, [{"identifier": UBERON}], ["+ UBERON:0001882"]),
    ("nothing to something", None, "x", ["+ x"]),
    ("something to nothing", "x", None, ["- x"]),
    ("a switch", False, True, ["false → true"]),
    ("one word", "old", "new", ["old → new"]),
    ("several words", "Place cells", "Grid cells", ["- Place cells", "+ Grid cells"]),
    ("a prefix that tells nothing", ["spdx:CC0-1.0"], ["spdx:CC-BY-4.0"], ["- CC0-1.0", "+ CC-BY-4.0"]),
    (
        "same name, other detail",
        [{"name": "Doe, Jane"}],
        [{"name": "Doe, Jane", "email": "j@x.org"}],
        ["~ Doe, Jane  email: none → j@x.org"],
    ),
    (
        "same identifier, other name",
        [{"name": "A", "identifier": "1"}],
        [{"name": "B", "identifier": "1"}],
        ["~ B  name: A → B"],
    ),
    (
        "same URL",
        [{"url": "u:1", "relation": "a"}],
        [{"url": "u:1", "relation": "b"}],
        ["~ u:1  relation: a → b"],
    ),
    (
        "a funder is named by its award",
        [{"name": "NIH", "awardNumber": "1"}],
        [{"name": "NIH", "awardNumber": "2"}],
        ["- NIH, award 1", "+ NIH, award 2"],
    ),
    (
        "an award that is added",
        [{"name": "NIH"}],
        [{"name": "NIH", "awardNumber": "2"}],
        ["~ NIH, award 2  awardNumber: none → 2"],
    ),
    ("an empty sub-key is no sub-key", [{"name": "A", "email": ""}, {"name": "B"}], [{"name": "A"}], ["- B"]),
    ("an empty item", [None], [], ["- (empty)"]),
    (
        "lists within items",
        [{"name": "A", "roleName": ["dcite:X"]}],
        [{"name": "A", "roleName": ["dcite:Y"]}],
        ["~ A  roleName: - X, + Y"],
    ),
    ("objects", {"a": {"b": 1}, "c": 2}, {"a": {"b": 3}, "c": 2}, ["~ a.b: 1 → 3"]),
    ("a kind of nothing", {"a": None}, {"a": ""}, ["~ changed"]),
    ("another type", "spdx:MIT", ["spdx:MIT"], ["MIT → MIT"]),
]


@pytest.mark.parametrize(
    ("before", "after", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_difference_reads_as_expected(before: Json, after: Json, expected: list[str]) -> None:
    assert [str(mark) for mark in value_marks(before, after)] == expected


@given(before=values, after=values)
def test_every_difference_says_something(before: Json, after: Json) -> None:
    assert before == after or value_marks(before, after, verbose=True)


def test_few_are_shown_and_the_rest_counted() -> None:
    shown = value_marks([], [str(number) for number in range(20)])

    assert [str(mark) for mark in shown] == ["+ 0", "+ 1", "+ 2", "+ 3", "+ 4", "… and 15 more; -v shows all"]
    assert len(value_marks([], [str(number) for number in range(20)], verbose=True)) == 20


def test_a_long_text_is_shown_by_its_changed_words() -> None:
    before = "We recorded from the hippocampus of four mice that slept for long hours in a quiet box."
    after = before.replace("four", "five")

    assert (
        str(value_marks(before, after)[0])
        == "~ … from the hippocampus of [-four-] {+five+} mice that slept for …"
    )


def test_a_text_that_changed_everywhere_is_told_by_its_length() -> None:
    before, after = "alpha beta " * 100, "gamma delta " * 100

    assert str(value_marks(before, after)[0]) == "~ changed (1,099 → 1,199 characters); -v shows how"
    assert "gamma" in str(value_marks(before, after, verbose=True)[0])
