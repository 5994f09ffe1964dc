"""Numbers and lists in messages."""

from __future__ import annotations

import pytest

from dandifile.words import duration, first_of, quantity


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "1 ms"),
        (0.0412, "41 ms"),
        (0.0949, "95 ms"),
        (0.0951, "0.1 s"),
        (0.44, "0.4 s"),
        (11.6, "12 s"),
        (59.6, "1 min 0 s"),
        (200, "3 min 20 s"),
        (7_500, "2 h 5 min"),
    ],
)
def test_a_duration_is_said_to_a_sensible_precision(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 assets are"), (1, "1 asset is"), (2, "2 assets are"), (12_345, "12,345 assets are")],
)
def test_a_quantity_agrees_with_its_noun(count: int, said: str) -> None:
    assert quantity(count, "asset is", "assets are") == said


@pytest.mark.parametrize(
    ("names", "noun", "said"),
    [
        (["a.nwb"], "file", "a.nwb"),
        (["a.nwb", "b.nwb"], "file", "a.nwb and 1 more file"),
        (["a.nwb", "b.nwb", "c.nwb"], "file", "a.nwb and 2 more files"),
        (["a.nwb", "b.nwb", "c.nwb"], "", "a.nwb and 2 more"),
    ],
)
def test_only_the_first_of_many_names_is_written(names: list[str], noun: str, said: str) -> None:
    assert first_of(names, noun) == said
