from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.errors import SpecError
from dandifile.reading.document import read_document
from dandifile.spec.formatting import format_text
from tests.spec.cases import CASES, cases

EXAMPLE = Path(__file__).parents[2] / "dandi.yaml.example"


@pytest.mark.parametrize("case", cases("format"))
def test_tidies(case: dict[str, Any]) -> None:
    assert format_text(case["before"], "dandiset.yaml") == case["after"]


@pytest.mark.parametrize("case", cases("format"))
def test_what_is_tidy_stays(case: dict[str, Any]) -> None:
    assert format_text(case["after"], "dandiset.yaml") == case["after"]


def test_the_example_is_tidy() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert format_text(text, "dandi.yaml.example") == text


@pytest.mark.parametrize("file", sorted(CASES.glob("**/*.yaml")), ids=lambda file: file.name)
def test_no_text_that_loads_is_changed_in_meaning(file: Path) -> None:
    for case in cases(str(file.relative_to(CASES).with_suffix(""))):
        text = case.values[0].get("file", case.values[0].get("spec", ""))
        try:
            tidy = format_text(text, "dandiset.yaml")
        except SpecError:
            continue
        assert read_document(tidy, "").value == read_document(text, "").value
        assert format_text(tidy, "dandiset.yaml") == tidy


def test_a_file_that_is_not_read_as_it_looks_is_refused() -> None:
    with pytest.raises(SpecError) as caught:
        format_text("name: a\nname: b\n", "dandiset.yaml")
    assert caught.value.problems[0].where == "dandiset.yaml:2:1"


_KEYS = st.sampled_from(
    ["name", "keywords", "metadata", "contributors", "orcid", "paths", "zz", "a b", "é:x"]
)


def _quoted(text: str) -> str:
    import json

    return json.dumps(text)


@st.composite
def blocks(draw: st.DrawFn, depth: int = 0) -> list[str]:
    """Lines of a block mapping with comments and blank lines strewn in."""
    margin = " " * draw(st.integers(1, 4)) if depth else ""
    lines: list[str] = []
    for key in draw(st.lists(_KEYS, min_size=1, max_size=4, unique=True)):
        lines += draw(
            st.sampled_from([[], [""], ["# above"], ["      # far in"], ["", "# one", "", "# two"]])
        )
        lines += draw(_entries(_quoted(key), depth))
    return [margin + line if line.strip() and not line.startswith("#") else line for line in lines]


@st.composite
def _entries(draw: st.DrawFn, key: str, depth: int) -> list[str]:
    beside = draw(st.sampled_from(["", " # beside"]))
    kind = draw(st.sampled_from(["scalar", "flow", "literal", "empty", "list", "map"]))
    scalars = st.sampled_from(["true", "12", "plain text", "'it''s'", '"q"', "'\"'", "2024-01-01"])
    if kind in {"list", "map"} and depth < 2:
        inner = draw(blocks(depth=depth + 1))
        if kind == "map":
            return [f"{key}:{beside}", *inner]
        first = next(
            index for index, line in enumerate(inner) if line.strip() and "#" not in line[:8].strip()[:1]
        )
        return [f"{key}:{beside}", *_as_item(inner[first:])]
    if kind == "flow":
        items = draw(st.lists(scalars, max_size=3))
        return [f"{key}: [{', '.join(items)}]{beside}"]
    if kind == "literal":
        mark = draw(st.sampled_from(["|", "|-", "|+", ">"]))
        return [f"{key}: {mark}{beside}", "      one", "", "", "        # two", "      three", "", ""]
    if kind == "empty":
        return [f"{key}:{beside}"]
    return [f"{key}: {draw(scalars)}{beside}"]


def _as_item(lines: list[str]) -> list[str]:
    return ["- " + lines[0].strip(), *lines[1:]] if len(lines) == 1 else ["-", *lines]


@given(blocks())
def test_formatting_keeps_meaning_and_comments_and_is_idempotent(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    try:
        before = read_document(text, "")
    except SpecError:
        return
    tidy = format_text(text, "")
    assert read_document(tidy, "").value == before.value
    assert format_text(tidy, "") == tidy
    for comment in ("# beside", "# above", "# far in", "# one"):
        assert tidy.count(comment) == text.count(comment)
