"""Numbers and other people's text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dandifile.report.words import clean, clip, duration, many, plain, size, wrap


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (1_200_000_000, "1.2 GB"),
        (4 * 10**15, "4.0 PB"),
        (4 * 10**18, "4,000.0 PB"),
    ],
)
def test_bytes_are_decimal(count: int, expected: str) -> None:
    assert size(count) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_durations(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


def test_counts_have_separators_and_the_right_number() -> None:
    assert [many(1, "file"), many(12_345, "file"), many(0, "entry", "entries")] == [
        "1 file",
        "12,345 files",
        "0 entries",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\tc", "a b c"),
        ("\u202eabc", r"\u202eabc"),
        ("\udc80", r"\udc80"),
        ("\x9b", r"\x9b"),
        ("é世界👩\u200d🔬", "é世界👩\u200d🔬"),
    ],
)
def test_text_is_made_harmless(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text(st.characters(codec=None)))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(), st.integers(8, 60))
def test_wrapping_loses_nothing_and_keeps_the_width(text: str, width: int) -> None:
    text = clean(text)
    lines = wrap(text, width)

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= width for line in lines if not {"/", "\\"} & set(line))


def test_a_dot_between_parts_begins_no_line() -> None:
    assert wrap("one part · another part", 9) == ["one", "part ·", "another", "part"]


@given(st.text(), st.integers(1, 40))
def test_clipping_keeps_the_width(text: str, width: int) -> None:
    assert cell_len(clip(clean(text), width)) <= width


def test_identifiers_are_written_short() -> None:
    assert plain("http://purl.obolibrary.org/obo/UBERON_0001882") == "UBERON:0001882"
    assert plain("dcite:Author") == "Author"
    assert plain("https://example.org/obo/UBERON_1") == "https://example.org/obo/UBERON_1"
