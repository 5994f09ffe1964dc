"""A pattern of `paths` that fits nothing is named: a misspelt `exclude` would upload what it should not."""

from __future__ import annotations

from pathlib import Path

import pytest

from dandifile.model import PathEntry, Record
from dandifile.survey import unfit
from dandifile.survey.inventory import names
from dandifile.survey.survey import survey
from tests.survey.lab import Runner, spec_of, write

FILES = ("a.csv", "keep/b.csv", "scratch/c.csv", "scratch/deep/d.bak", ".hidden/e.csv", "x.mp4")


def notes(folder: Path, entry: PathEntry) -> tuple[str, ...]:
    spec = spec_of(folder, entry)
    found = survey(spec, Runner(), known={}, record=Record()).notes
    assert names(spec, Runner(), Record()).notes == found
    return found


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("scratch", True),
        ("scratch/", True),
        ("scratch/**", True),
        ("**/*.csv", True),
        ("**/*.bak", True),
        (".hidden/**", True),
        ("*.mp4", True),
        ("scrach/**", False),
        ("Scratch/**", False),
        ("*.bak", False),
        ("raw/scratch/**", False),
    ],
)
@pytest.mark.parametrize("key", ["exclude", "include"])
@pytest.mark.parametrize("standard", ["any", "nwb"])
def test_a_pattern_that_fits_nothing_is_named(
    tmp_path: Path, pattern: str, key: str, standard: str, *, fits: bool
) -> None:
    for name in FILES:
        write(tmp_path / "raw" / name)
    entry = PathEntry("raw", standard=standard, **{key: (pattern,)})  # type: ignore[arg-type]
    said = [note for note in notes(tmp_path, entry) if "fits nothing" in note]
    assert [f"raw: `{key}: {pattern}`" in note for note in said] == ([] if fits else [True])


def test_patterns_within_a_folder_that_is_left_out_fit_too(tmp_path: Path) -> None:
    for name in FILES:
        write(tmp_path / "raw" / name)
    entry = PathEntry("raw", standard="any", exclude=("scratch", "scratch/deep/**", "**/*.bak", "**/*.tmp"))
    [note] = notes(tmp_path, entry)
    assert "`exclude: **/*.tmp`" in note


def test_a_folder_with_very_many_names_is_not_searched_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfit, "_MOST", 2)
    for number in range(5):
        write(tmp_path / "raw" / "scratch" / str(number) / "x.csv")
    assert notes(tmp_path, PathEntry("raw", standard="any", exclude=("scratch", "**/*.tmp"))) == ()


def test_data_that_is_not_here_says_nothing_of_patterns(tmp_path: Path) -> None:
    assert notes(tmp_path, PathEntry("raw", standard="any", exclude=("scratch",))) == ()


def test_a_pattern_on_a_single_file_has_no_effect(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "a.csv")
    [note] = notes(tmp_path, PathEntry("raw/a.csv", standard="any", exclude=("*.csv",)))
    assert "`exclude` has no effect" in note
