"""A new spec's text says what it is given, whatever that is, and is formatted already."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dandifile.reading.document import read_document
from dandifile.spec.formatting import format_text
from dandifile.spec.skeleton import ListItem, Section, escape_templates, skeleton
from dandifile.spec.template import render


def read(text: str) -> Any:
    document = read_document(text, "dandiset.yaml")
    assert not document.problems
    assert format_text(text, "dandiset.yaml") == text
    return document.value


def test_comments_stand_above_what_they_are_about() -> None:
    parts = [
        Section("dandifile", 1),
        Section("keywords", ["a", "b, c"], ("As the files say.",)),
        Section(
            "regions", [ListItem({"name": "x", "id": "UBERON:1"}, ("The files say CA1.",)), ListItem("y")]
        ),
    ]
    assert skeleton(["Begun."], parts).splitlines() == [
        "# Begun.",
        "",
        "dandifile: 1",
        "",
        "# As the files say.",
        'keywords: [a, "b, c"]',
        "",
        "regions:",
        "  # The files say CA1.",
        "  - {name: x, id: UBERON:1}",
        "  - y",
    ]


def test_a_long_text_is_wrapped_and_reads_as_it_was() -> None:
    abstract = "One paragraph of many words that go on" + " and on" * 40 + "\n\nAnother one, short.\nEnd."
    text = skeleton([], [Section("description", abstract), Section("name", "x")])
    assert max(map(len, text.splitlines())) <= 102
    assert read(text)["description"] == abstract


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
LONG = st.lists(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=9), min_size=60, max_size=70
)


@given(WORDS, st.lists(WORDS, max_size=3), WORDS)
def test_any_text_comes_back(value: str, items: list[str], remark: str) -> None:
    parts = [
        Section("name", value, (remark,)),
        Section("keywords", items),
        Section("ethics", [ListItem({"protocol": value}, (remark,)), *map(ListItem, items)]),
    ]
    found = read(skeleton([remark], parts))
    assert found == {
        "name": escape_templates(value),
        "keywords": [*map(escape_templates, items)],
        "ethics": [{"protocol": escape_templates(value)}, *map(escape_templates, items)],
    }


@given(LONG)
def test_any_long_text_comes_back(words: list[str]) -> None:
    text = " ".join(words)
    assert read(skeleton([], [Section("description", text)]))["description"] == escape_templates(text)


@given(st.text(st.sampled_from("{}%#ab \n"), max_size=20))
def test_no_text_is_taken_for_a_template(text: str) -> None:
    found = render({"description": escape_templates(text)}, {"name": "", "instance": ""})
    value = found[0] if isinstance(found, tuple) else found.value
    assert value["description"] == text
