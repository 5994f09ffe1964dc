from __future__ import annotations

import pytest

from dandifile.errors import UserError
from dandifile.globs import fault_of, matches


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("sub-1/a.nwb", "sub-1/a.nwb"),
        ("sub-*/*.nwb", "sub-1/a.nwb"),
        ("**/*.nwb", "a.nwb"),
        ("**/*.nwb", "sub-1/ses-1/a.nwb"),
        ("**", "sub-1/.bidsignore"),
        ("*", ".bidsignore"),
        ("sub-1", "sub-1/ses-1/a.nwb"),
        ("sub-1/", "sub-1/a.nwb"),
        ("sub-{1,2}/**", "sub-2/a.nwb"),
        ("sub-[12]/a.nwb", "sub-2/a.nwb"),
    ],
)
def test_a_pattern_takes_a_path(pattern: str, path: str) -> None:
    assert matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*.nwb", "sub-1/a.nwb"),
        ("sub-*/*.nwb", "sub-1/ses-1/a.nwb"),
        ("sub-1", "sub-10/a.nwb"),
        ("SUB-1", "sub-1/a.nwb"),
        ("*.NWB", "a.nwb"),
        ("a.nwb", "sub-1/a.nwb"),
        ("sub-1/a?nwb", "sub-1/a/nwb"),
        ("!a.nwb", "b.nwb"),
    ],
)
def test_and_not_another(pattern: str, path: str) -> None:
    assert not matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("{0001..1200}.nwb", "stands for more than 1,000 patterns"),
        ("{1..100}/{1..100}", "stands for more than 1,000 patterns"),
        ("**/a/**/b/**/c/**/d", "says ** more than 3 times"),
        ("{*,x}{*,y}/a/**/b/**/c/**/d", "says ** more than 3 times"),
        ("a" * 5000, "has 5,000 characters"),
        ("{" * 3000, "cannot be read"),
    ],
)
def test_a_pattern_that_would_take_too_long_is_none(pattern: str, says: str) -> None:
    assert says in fault_of(pattern)
    with pytest.raises(UserError, match="the pattern"):
        matches(pattern, "a.nwb")


def test_a_pattern_with_many_choices_is_fine() -> None:
    assert not fault_of("sub-{0001..0600}/**")
    assert matches("sub-{0001..0600}/**", "sub-0599/a.nwb")
    assert not fault_of("**/sub-*/**/**/ses-*/**/*.nwb")
