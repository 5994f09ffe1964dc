"""A spec's text says something else after an edit, and is otherwise the same to the letter."""

from __future__ import annotations

import copy
import difflib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.errors import SpecError
from dandifile.reading.document import read_document
from dandifile.spec.comments import find_comments
from dandifile.spec.editing import edit
from tests.spec.cases import cases
from tests.spec.test_formatting import blocks

EXAMPLE = (Path(__file__).parents[2] / "dandi.yaml.example").read_text(encoding="utf-8")


def said(text: str) -> Any:
    document = read_document(text, "dandiset.yaml")
    assert not document.problems
    return document.value


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line.rstrip("\n") for line in lines if line[0] in "+-"]


@pytest.mark.parametrize("case", cases("edit"))
def test_edits(case: dict[str, Any]) -> None:
    edited = edit(case["before"], "dandiset.yaml", case["wanted"])
    assert edited.text == case["after"]
    assert [comment.text for comment in edited.lost] == case.get("lost", [])


def test_a_change_of_the_example_is_a_change_of_its_lines() -> None:
    wanted = copy.deepcopy(said(EXAMPLE))
    wanted["name"] = "Grid cells"
    wanted["contributors"][0]["email"] = "doe@example.org"
    wanted["contributors"][1]["roles"].append("Author")
    wanted["regions"]["subjects"]["C006"] = ["UBERON:0001882"]
    del wanted["about"]["disorders"]
    wanted["ethics"].append({"protocol": "IACUC 2", "contact": {"name": "Columbia"}})
    edited = edit(EXAMPLE, "dandi.yaml.example", wanted)
    assert said(edited.text) == wanted
    assert not edited.lost
    assert changed_lines(EXAMPLE, edited.text) == [
        "- name: Place cells in CA1 during sleep",
        "+ name: Grid cells",
        "-     email: jane.doe@example.org",
        "+     email: doe@example.org",
        '-   - {name: "Roe, Richard", roles: [DataCurator], cite: false}',
        '+   - {name: "Roe, Richard", roles: [DataCurator, Author], cite: false}',
        '+     C006: ["UBERON:0001882"]',
        '-   disorders: [{name: epilepsy, id: "DOID:1826"}]',
        '+   - {protocol: "IACUC 2", contact: {name: Columbia}}',
    ] or changed_lines(EXAMPLE, edited.text)[-2:] == [
        "+   - protocol: IACUC 2",
        "+     contact: {name: Columbia}",
    ]


def test_the_line_ends_of_windows_stay() -> None:
    text = "name: a\r\nkeywords:\r\n  - one # first\r\n  - two\r\n"
    edited = edit(text, "dandiset.yaml", {"name": "b", "keywords": ["two", "three"], "license": "CC0-1.0"})
    assert edited.text == "name: b\r\nlicense: CC0-1.0\r\nkeywords:\r\n  - two\r\n  - three\r\n"
    assert [comment.text for comment in edited.lost] == ["# first"]


def test_a_spec_with_a_problem_is_refused() -> None:
    with pytest.raises(SpecError) as caught:
        edit("name: a\nname: b\n", "dandiset.yaml", {"name": "c"})
    assert caught.value.problems[0].where == "dandiset.yaml:2:1"


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 2000),
        st.sampled_from(
            [
                "",
                "a",
                "true",
                "12",
                "a: b",
                "it's",
                "two\nlines",
                "two\nlines\n",
                "- x",
                "#",
                "é",
                " pad ",
                "x" * 130,
            ]
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["name", "orcid", "zz", "a b", "keywords"]), inner, max_size=3),
    ),
    max_leaves=12,
)


@st.composite
def texts_and_changes(draw: st.DrawFn) -> tuple[str, Any, int]:
    """A text, what it is to say instead, and how many of its values differ."""
    text = "\n".join(draw(blocks())) + draw(st.sampled_from(["", "\n", "\n# at the end\n", "\n\n\n"]))
    wanted = copy.deepcopy(said(text))
    count = draw(st.integers(1, 3))
    for _ in range(count):
        _change(draw, wanted)
    return text, wanted, count


def _change(draw: st.DrawFn, wanted: Any) -> None:
    holder = draw(st.sampled_from(_collections(wanted)))
    verb = draw(st.sampled_from(["set", "add", "remove", "reorder"]))
    places = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    if verb == "reorder" and isinstance(holder, list):
        holder[:] = draw(st.permutations(holder))
    elif verb == "remove" and places and (holder is not wanted or len(places) > 1):
        del holder[draw(st.sampled_from(places))]
    elif verb == "set" and places:
        holder[draw(st.sampled_from(places))] = draw(JSON)
    elif isinstance(holder, dict):
        holder[draw(st.sampled_from(["name", "license", "new", "orcid"]))] = draw(JSON)
    else:
        holder.insert(draw(st.integers(0, len(holder))), draw(JSON))


def _collections(value: Any) -> list[Any]:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    found = [each for one in inner for each in _collections(one)]
    return [value, *found] if isinstance(value, dict | list) else found


@given(texts_and_changes())
def test_the_text_says_what_is_wanted(case: tuple[str, Any, int]) -> None:
    text, wanted, _ = case
    edited = edit(text, "dandiset.yaml", wanted)
    assert said(edited.text) == wanted
    kept = [comment.text for comment in find_comments(edited.text)]
    assert sorted([*kept, *(comment.text for comment in edited.lost)]) == sorted(
        comment.text for comment in find_comments(text)
    )


@given(texts_and_changes())
def test_an_edit_can_be_made_again_and_changes_nothing(case: tuple[str, Any, int]) -> None:
    text, wanted, _ = case
    edited = edit(text, "dandiset.yaml", wanted)
    assert edit(edited.text, "dandiset.yaml", wanted).text == edited.text


@given(st.data())
def test_other_entries_are_the_same_to_the_letter(data: st.DataObject) -> None:
    """Setting one scalar of the top level changes its lines alone, and loses no comment."""
    text = "\n".join(data.draw(blocks())) + "\n"
    wanted = said(text)
    key = data.draw(st.sampled_from(sorted(wanted)))
    if isinstance(wanted[key], dict | list):
        del wanted[key]
        assert not wanted or all(line[0] == "-" for line in changed_lines(text, edit(text, "", wanted).text))
        return
    wanted[key] = "another text"
    edited = edit(text, "", wanted)
    assert not edited.lost
    assert sum(line[0] == "+" for line in changed_lines(text, edited.text)) <= 2
