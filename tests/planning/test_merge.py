from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.model import Json
from dandifile.planning.merge import carry, is_empty, is_same, merge

scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab ", max_size=3)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "identifier", "email"]), inner)
    ),
    max_leaves=8,
)

DOE = {"schemaKey": "Person", "name": "Doe, Jane", "roleName": ["dcite:Author", "dcite:ContactPerson"]}
CA1 = "http://purl.obolibrary.org/obo/UBERON_0003881"


@given(values, values)
def test_what_is_merged_says_what_is_declared(declared: Json, observed: Json) -> None:
    assert is_same(declared, merge(declared, observed))


@given(values, values)
def test_merging_twice_changes_nothing_more(declared: Json, observed: Json) -> None:
    once = merge(declared, observed)
    assert merge(declared, once) == once


@given(values)
def test_a_value_says_what_it_says(value: Json) -> None:
    assert is_same(value, value)
    assert merge(value, value) == value


@given(values, values)
def test_what_says_the_same_stays_to_the_letter(declared: Json, observed: Json) -> None:
    if is_same(declared, observed):
        assert merge(declared, observed) is observed


@pytest.mark.parametrize(
    ("declared", "observed"),
    [
        pytest.param("Place cells", " Place cells\n", id="blanks around text"),
        pytest.param(None, [], id="declared empty, and empty"),
        pytest.param([], None, id="an empty list, and absent"),
        pytest.param(["a", "b"], ["b", "a"], id="lists of text are sets"),
        pytest.param(1e23, 10**23, id="a large number that comes back as an integer"),
        pytest.param(2, 2.0, id="the same number"),
        pytest.param(DOE, {**DOE, "email": "", "affiliation": []}, id="empty sub-keys nobody named"),
        pytest.param(DOE, {**DOE, "roleName": DOE["roleName"][::-1]}, id="roles in another order"),
        pytest.param(
            [{"schemaKey": "Anatomy", "identifier": "UBERON:0003881"}],
            [{"schemaKey": "Anatomy", "identifier": CA1, "name": "CA1"}],
            id="a term by CURIE alone, and by IRI with its name",
        ),
        pytest.param(
            {"schemaKey": "Anatomy", "identifier": "UBERON:0003881", "name": "CA1"},
            {"schemaKey": "Anatomy", "identifier": CA1, "name": "CA1"},
            id="a named term by CURIE and by IRI",
        ),
    ],
)
def test_says_the_same(declared: Json, observed: Json) -> None:
    assert is_same(declared, observed)
    assert merge(declared, observed) == observed


@pytest.mark.parametrize(
    ("declared", "observed"),
    [
        pytest.param(DOE, {**DOE, "includeInCitation": False}, id="absent is not false"),
        pytest.param({**DOE, "includeInCitation": True}, DOE, id="true is not absent"),
        pytest.param(True, 1, id="true is not 1"),
        pytest.param(True, False, id="true is not false"),
        pytest.param(3, 4, id="numbers count"),
        pytest.param(1.5, 10**400, id="a number that no float holds"),
        pytest.param([DOE], [DOE, {"name": "x"}], id="a list is not its beginning"),
        pytest.param([DOE, {"name": "x"}], [DOE], id="nor its continuation"),
        pytest.param(
            {"schemaKey": "Anatomy", "identifier": "UBERON:0003881"},
            {"schemaKey": "Disorder", "identifier": CA1, "name": "CA1"},
            id="a term of another kind",
        ),
        pytest.param(
            {"schemaKey": "Anatomy", "identifier": "UBERON:0001882"},
            {"schemaKey": "Anatomy", "identifier": CA1, "name": "CA1"},
            id="another term",
        ),
        pytest.param(
            {"schemaKey": "Anatomy", "identifier": "UBERON:0003881"},
            {"schemaKey": "Anatomy", "identifier": CA1, "name": "CA1", "note": "x"},
            id="a term of which more is said",
        ),
        pytest.param([DOE, {"name": "x"}], [{"name": "x"}, DOE], id="contributors are cited in their order"),
        pytest.param(DOE, {**DOE, "url": "https://example.org"}, id="a declared item is declared whole"),
        pytest.param(
            {"schemaKey": "Anatomy", "identifier": "UBERON:1", "name": "a"},
            {"schemaKey": "Anatomy", "identifier": "UBERON:1", "name": "b"},
            id="a declared name counts",
        ),
        pytest.param({"url": CA1}, {"url": "UBERON:0003881"}, id="only an identifier has two forms"),
        pytest.param({"identifier": 1}, {"identifier": "1"}, id="an identifier that is no text"),
        pytest.param(["a"], "a", id="a list is not its item"),
        pytest.param(["a"], [None], id="null in a list is something"),
    ],
)
def test_says_something_else(declared: Json, observed: Json) -> None:
    assert not is_same(declared, observed)


def test_items_that_did_not_change_go_back_as_the_archive_spells_them() -> None:
    theirs = {**DOE, "name": "Doe, Jane ", "affiliation": []}
    other = {"schemaKey": "Person", "name": "Roe, Richard"}
    assert merge([other, DOE], [theirs]) == [other, theirs]


def test_an_ignored_sub_key_stays_whoevers_it_is() -> None:
    declared = [
        {"name": "Doe, Jane", "email": "spec@example.org"},
        {"name": "New, One", "email": "x@example.org"},
    ]
    observed = [{"name": "Doe, Jane", "email": "web@example.org"}]
    assert carry(declared, observed, ["email"]) == [
        {"name": "Doe, Jane", "email": "web@example.org"},
        {"name": "New, One"},
    ]


@pytest.mark.parametrize(
    ("declared", "observed", "pointer", "carried"),
    [
        pytest.param(["a"], ["b"], ["email"], ["a"], id="text has no keys"),
        pytest.param("a", {"email": "b"}, ["email"], "a", id="a text"),
        pytest.param({"email": "a"}, None, ["email"], {}, id="nobody's, as nobody has one"),
        pytest.param({"a": 1}, {"a": 2, "email": "b"}, ["email"], {"a": 1, "email": "b"}, id="undeclared"),
        pytest.param(
            {"contact": {"name": "A", "email": "a"}},
            {"contact": {"name": "B", "email": "b"}},
            ["contact", "email"],
            {"contact": {"name": "A", "email": "b"}},
            id="within an object",
        ),
        pytest.param(
            {"name": "A"},
            {"contact": {"email": "b"}},
            ["contact", "email"],
            {"name": "A", "contact": {"email": "b"}},
            id="within one that is not declared",
        ),
        pytest.param(
            [{"name": "NIH", "awardNumber": "R2", "url": "x"}, {"name": "NIH", "awardNumber": "R1"}],
            [
                {"name": "NIH", "awardNumber": "R1", "url": "one"},
                {"name": "NIH", "awardNumber": "R2", "url": "two"},
            ],
            ["url"],
            [
                {"name": "NIH", "awardNumber": "R2", "url": "two"},
                {"name": "NIH", "awardNumber": "R1", "url": "one"},
            ],
            id="a funder is matched by its award",
        ),
        pytest.param(
            [{"identifier": "UBERON:0003881", "name": "spec's"}],
            [{"identifier": CA1, "name": "archive's"}],
            ["name"],
            [{"identifier": "UBERON:0003881", "name": "archive's"}],
            id="a term is matched in either form",
        ),
    ],
)
def test_what_a_pointer_leads_to_comes_from_the_archive(
    declared: Json, observed: Json, pointer: list[str], carried: Json
) -> None:
    assert carry(declared, observed, pointer) == carried


@pytest.mark.parametrize("value", [False, 0, "x", [None]])
def test_false_and_zero_are_not_empty(value: Json) -> None:
    assert not is_empty(value)
