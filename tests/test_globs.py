from __future__ import annotations

import pytest

from dandifile.globs import matches


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
