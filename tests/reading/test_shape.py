from __future__ import annotations

import re
from typing import Any

import pytest

from dandifile.reading.jsontext import COUNT, each, misfit, optional_shape


@pytest.mark.parametrize(
    ("value", "shape", "fault"),
    [
        ({"a": "x1"}, {"a": re.compile("x[0-9]")}, ""),
        ({"a": "y"}, {"a": re.compile("x[0-9]")}, "a is 'y'"),
        ({"a": 3}, {"a": re.compile("x[0-9]")}, "a is a number"),
        (True, int, "it is true or false"),
        (True, COUNT, "it is true or false"),
        (0, COUNT, ""),
        (-1, COUNT, "it is not a number from 0 to 9223372036854775807"),
        (1 << 63, COUNT, "it is not a number from 0 to 9223372036854775807"),
        ({}, {"a": optional_shape(str)}, ""),
        ({"a": None}, {"a": optional_shape(str)}, "a is null"),
        ({"x": {"y": 1}, "z": {"y": "1"}}, each({"y": int}), "z.y is a text"),
        ([], each(str), "it is a list"),
    ],
)
def test_says_where_a_value_is_not_of_a_shape(value: Any, shape: Any, fault: str) -> None:
    assert misfit(value, shape) == fault
