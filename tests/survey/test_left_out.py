"""What is not taken up is named, with the reason and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from dandifile.model import PathEntry, Record
from dandifile.survey import left_out
from dandifile.survey.inventory import names
from dandifile.survey.survey import survey
from tests.survey.lab import Runner, spec_of, write, write_nwb


def left(folder: Path, standard: str) -> dict[str, tuple[str, str, bool]]:
    """(reason, fix, minor) by file."""
    spec = spec_of(folder, PathEntry("raw", standard=standard))
    found = survey(spec, Runner(), known={}, record=Record()).skipped
    assert {name for one in names(spec, Runner(), Record()).skipped for name in one.sources} == {
        name for one in found for name in one.sources
    }
    return {name: (one.reason, one.fix, one.minor) for one in found for name in one.sources}


@pytest.mark.parametrize(
    ("name", "standard", "reason", "fix"),
    [
        ("a.NWB", "auto", ".NWB", "rename it to end in .nwb"),
        ("a.Nwb", "nwb", ".Nwb", "rename it to end in .nwb"),
        ("a.nwb.h5", "auto", ".h5", "rename it to end in .nwb"),
        ("v.MP4", "auto", ".MP4", "rename it to end in .mp4"),
        (".hidden.csv", "any", "begins with a dot", "rename it"),
        (".a.nwb", "auto", "begins with a dot", "rename it"),
        (".folder/x.csv", "any", "begins with a dot", "rename it"),
    ],
)
def test_what_somebody_surely_meant_is_named(
    tmp_path: Path, name: str, standard: str, reason: str, fix: str
) -> None:
    write(tmp_path / "raw" / name)
    [(source, (said, mend, minor))] = left(tmp_path, standard).items()
    assert source == f"raw/{name.partition('/')[0]}"
    assert reason in said
    assert (mend, minor) == (fix, False)


@pytest.mark.parametrize("name", [".DS_Store", ".git/config", ".gitattributes", "._a.nwb", ".csv.tmp"])
def test_what_programs_keep_for_themselves_is_not(tmp_path: Path, name: str) -> None:
    write(tmp_path / "raw" / name)
    assert left(tmp_path, "auto") == {}


def test_other_files_are_named_by_their_ending(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "c"):
        write(tmp_path / "raw" / name)
    found = left(tmp_path, "auto")
    assert found["raw/a.csv"] == found["raw/b.csv"]
    assert found["raw/a.csv"][2]
    assert ".csv" in found["raw/a.csv"][0]
    assert "without an ending" in found["raw/c"][0]


def test_media_that_an_nwb_file_refers_to_are_named(tmp_path: Path) -> None:
    for name in ("v.mp4", "other.mov"):
        write(tmp_path / "raw" / name)
    write_nwb(tmp_path / "raw" / "a.nwb", external_video="v.mp4")
    spec = spec_of(tmp_path, PathEntry("raw", standard="nwb"))
    meant, minor = survey(spec, Runner(), known={}, record=Record()).skipped
    assert meant.sources == ("raw/v.mp4",)
    assert "an NWB file refers to it" in meant.reason
    assert (meant.minor, minor.minor) == (False, True)


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
    said = [note for note in notes(tmp_path, entry) if "matches nothing" in note]
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
    monkeypatch.setattr(left_out, "_MOST", 2)
    for number in range(5):
        write(tmp_path / "raw" / "scratch" / str(number) / "x.csv")
    assert notes(tmp_path, PathEntry("raw", standard="any", exclude=("scratch", "**/*.tmp"))) == ()


def test_data_that_is_not_here_says_nothing_of_patterns(tmp_path: Path) -> None:
    assert notes(tmp_path, PathEntry("raw", standard="any", exclude=("scratch",))) == ()


def test_a_pattern_on_a_single_file_has_no_effect(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "a.csv")
    [note] = notes(tmp_path, PathEntry("raw/a.csv", standard="any", exclude=("*.csv",)))
    assert "`exclude` has no effect" in note
