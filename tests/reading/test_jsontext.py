from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.reading.jsontext import DEEPEST, NotJsonError, parse_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**300), 10**300)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text('ab[]{}"', max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_what_can_be_used_is_read_as_it_is(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert parse_json(text) == value
    assert parse_json(text.encode()) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "NaN",
        "[-Infinity]",
        "1e999",
        "9" * 5000,
        '"\\u0000"',
        '{"\\ud800": 1}',
        '["\\uDFFF"]',
        "[" * 100_000,
        "[" * 101 + "]" * 101,
        '{"a":' * 500 + "1" + "}" * 500,
        "[" * 500 + '"]"' + "]" * 500,
    ],
)
def test_what_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(NotJsonError):
        parse_json(text)


def test_brackets_in_texts_are_no_nesting() -> None:
    value = ["[" * 1000, {"{" * 1000: "]" * 3}, "}" * 1000]
    assert parse_json(json.dumps(value)) == value
    deepest = json.loads("[" * DEEPEST + "]" * DEEPEST)
    assert parse_json(json.dumps(deepest)) == deepest


def test_a_whole_character_of_two_escapes_is_one() -> None:
    assert parse_json('"\\ud83d\\ude00"') == "\U0001f600"


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    with pytest.raises(NotJsonError, match="not UTF-8"):
        parse_json(b'"\xff"')


def test_the_place_of_a_mistake_is_known() -> None:
    with pytest.raises(NotJsonError) as caught:
        parse_json('{\n "a" 1}')
    assert caught.value.place("plan.json") == "plan.json:2:6"


def test_what_python_wrote_itself_may_hold_nan() -> None:
    assert math.isnan(parse_json("[NaN]", own=True)[0])
