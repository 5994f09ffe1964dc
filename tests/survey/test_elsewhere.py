"""What a manifest says on a machine that has all, some or none of the data."""

from __future__ import annotations

from pathlib import Path

import pytest

from dandifile.model import PathEntry, Record, Recorded
from dandifile.survey.elsewhere import elsewhere, remembered
from dandifile.survey.manifest import Line
from tests.survey.lab import spec_of, write

ENTRY = PathEntry("raw", standard="any", exclude=("scratch/**",))


def line(source: str, digest: str = "") -> Line:
    return Line(source.removeprefix("raw/"), source, 1, digest or source, "", "", "", "")


LISTED = [line("raw/a", "A"), line("raw/b", "B"), line("raw/c", "C")]


def look(
    root: Path, here: dict[str, str], listed: list[Line] = LISTED, absent: tuple[str, ...] = ()
) -> tuple[set[str], set[str], list[str]]:
    """Sources that are (renamed, gone, pending) where the files `here` are, with these digests."""
    for source in here:
        write(root / source)
    found = elsewhere(spec_of(root, ENTRY), listed, here, absent)
    return set(found.renamed), set(found.gone), [asset.source for asset in found.pending]


def test_where_nothing_is_here_all_is_pending(tmp_path: Path) -> None:
    assert look(tmp_path, {}) == (set(), set(), ["raw/a", "raw/b", "raw/c"])


def test_where_all_is_here_nothing_is_said(tmp_path: Path) -> None:
    assert look(tmp_path, {"raw/a": "A", "raw/b": "B", "raw/c": "changed"}) == (set(), set(), [])


def test_in_a_complete_folder_a_renamed_file_is_gone(tmp_path: Path) -> None:
    assert look(tmp_path, {"raw/new": "A", "raw/b": "B", "raw/c": "C"}) == ({"raw/a"}, {"raw/a"}, [])


def test_in_a_partial_folder_nothing_is_gone_and_the_rest_is_pending(tmp_path: Path) -> None:
    assert look(tmp_path, {"raw/new": "A", "raw/b": "B"}) == ({"raw/a"}, set(), ["raw/c"])


def test_a_missing_file_is_elsewhere_and_not_deleted(tmp_path: Path) -> None:
    assert look(tmp_path, {"raw/a": "A", "raw/b": "B"}) == (set(), set(), ["raw/c"])


def test_one_copy_that_stayed_does_not_speak_for_another(tmp_path: Path) -> None:
    twins = [line("raw/a", "A"), line("raw/b", "A")]
    assert look(tmp_path, {"raw/a": "A"}, twins) == (set(), set(), ["raw/b"])
    assert look(tmp_path, {"raw/a": "A", "raw/new": "A"}, twins) == ({"raw/b"}, {"raw/b"}, [])


def test_what_was_not_fetched_is_pending_and_leaves_the_folder_complete(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "c", "/annex/objects/x")
    here = {"raw/new": "A", "raw/b": "B"}
    assert look(tmp_path, here, absent=("raw/c",)) == ({"raw/a"}, {"raw/a"}, ["raw/c"])


@pytest.mark.parametrize("source", ["raw/scratch/x", "other/x"])
def test_what_no_entry_takes_is_nobodys_business(tmp_path: Path, source: str) -> None:
    assert look(tmp_path, {"raw/a": "A"}, [line("raw/a", "A"), line(source)]) == (set(), set(), [])


def test_a_file_that_is_here_and_was_refused_is_not_pending(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "c", "")
    assert look(tmp_path, {"raw/a": "A", "raw/b": "B"}) == (set(), set(), [])


def test_the_last_apply_here_is_believed_before_the_manifest() -> None:
    record = Record({"raw/a": Recorded("here", "A")})
    known = remembered(LISTED, record).assets
    assert (known["raw/a"].path, known["raw/b"].path) == ("here", "b")
