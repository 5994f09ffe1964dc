from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.errors import UserError
from dandifile.globs import fault_of, is_match, narrowest_patterns


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
    assert is_match(pattern, path)


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
    assert not is_match(pattern, path)


@pytest.mark.parametrize(
    ("paths", "patterns"),
    [
        ([], []),
        (["raw/a.nwb"], ["raw/a.nwb"]),
        (["raw/b.nwb", "raw/a.nwb"], ["raw/{a.nwb,b.nwb}"]),
        (["a.nwb", "sub-1/b.nwb"], ["a.nwb", "sub-1/b.nwb"]),
        ([f"raw/s{n}.nwb" for n in range(9)], ["raw/s*.nwb"]),
        ([f"sub-{n}/sub-{n}_x.nwb" for n in range(9)], ["sub-*/sub-*_x.nwb"]),
        (["raw/a[1].nwb"], [r"raw/a\[1\].nwb"]),
        (["raw/a,b.nwb", "raw/c.nwb"], ["raw/*.nwb"]),
    ],
)
def test_the_narrowest_patterns_of_some_paths(paths: list[str], patterns: list[str]) -> None:
    assert narrowest_patterns(paths) == patterns


NAMES = st.text(alphabet="ab,.[]{}*?!- ", min_size=1, max_size=4).filter(lambda name: name.strip(". "))


@given(st.lists(st.lists(NAMES, min_size=1, max_size=3).map("/".join), min_size=1, max_size=8, unique=True))
def test_the_narrowest_patterns_take_all_of_the_paths(paths: list[str]) -> None:
    patterns = narrowest_patterns(paths)
    assert [path for path in paths if not any(is_match(pattern, path) for pattern in patterns)] == []


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("{0001..1200}.nwb", "stands for more than 1,000 patterns"),
        ("{1..100}/{1..100}", "stands for more than 1,000 patterns"),
        ("**/a/**/b/**/c/**/d", "has ** more than 3 times"),
        ("{*,x}{*,y}/a/**/b/**/c/**/d", "has ** more than 3 times"),
        ("a" * 5000, "has 5,000 characters"),
        ("{" * 3000, "cannot be read"),
    ],
)
def test_a_pattern_that_would_take_too_long_is_none(pattern: str, says: str) -> None:
    assert says in fault_of(pattern)
    with pytest.raises(UserError, match="the pattern"):
        is_match(pattern, "a.nwb")


def test_a_pattern_with_many_choices_is_fine() -> None:
    assert not fault_of("sub-{0001..0600}/**")
    assert is_match("sub-{0001..0600}/**", "sub-0599/a.nwb")
    assert not fault_of("**/sub-*/**/**/ses-*/**/*.nwb")
