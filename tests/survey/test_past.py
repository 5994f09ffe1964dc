from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from dandifile.model import GoneAsset, PathEntry, Record, Recorded
from dandifile.survey.manifest import Line
from dandifile.survey.past import files_elsewhere, gone_assets, merge_records, unknown_paths, vanished_sources
from tests.survey.lab import record_of, spec_of, write

RECORD = record_of(**{"raw__a.nwb": ("p/a.nwb", "A"), "raw__b.nwb": ("p/b.nwb", "B")})


def lost(root: Path, *entries: str, record: Record = RECORD, absent: tuple[str, ...] = ()) -> set[str]:
    return set(vanished_sources(spec_of(root, *entries), record, {"raw/a.nwb"}, absent))


def test_a_recorded_file_that_is_not_there_any_more_has_vanished(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "a.nwb")
    assert lost(tmp_path, "raw") == {"raw/b.nwb"}


def test_a_file_that_is_merely_not_taken_up_has_not(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "a.nwb")
    write(tmp_path / "raw" / "b.nwb")
    assert lost(tmp_path, "raw") == set()
    assert unknown_paths(spec_of(tmp_path, "raw"), RECORD, {"raw/a.nwb"}, ()) == {"p/b.nwb"}


def test_nothing_vanishes_from_a_folder_that_is_absent_or_empty(tmp_path: Path) -> None:
    assert lost(tmp_path, "raw", absent=("raw",)) == set()
    assert unknown_paths(spec_of(tmp_path, "raw"), RECORD, set(), ("raw",)) == {"p/a.nwb", "p/b.nwb"}
    (tmp_path / "raw").mkdir()
    assert lost(tmp_path, "raw") == set()


def test_nothing_vanishes_of_an_entry_that_is_no_longer_in_the_spec(tmp_path: Path) -> None:
    write(tmp_path / "other" / "x.nwb")
    assert lost(tmp_path, "other") == set()
    assert unknown_paths(spec_of(tmp_path, "other"), RECORD, set(), ()) == set()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_what_lies_behind_a_broken_link_is_unknown(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "a.nwb")
    (tmp_path / "raw" / "disk").symlink_to(tmp_path / "not-mounted")
    record = record_of(**{"raw__disk__c.nwb": ("p/c.nwb", "C")})
    assert lost(tmp_path, "raw", record=record, absent=("raw/disk",)) == set()
    assert unknown_paths(spec_of(tmp_path, "raw"), record, set(), ("raw/disk",)) == {"p/c.nwb"}


def test_a_path_that_a_present_file_took_is_not_gone() -> None:
    assert gone_assets(RECORD, ["raw/a.nwb", "raw/b.nwb"], {"p/a.nwb"}) == (
        GoneAsset("p/b.nwb", "B", "raw/b.nwb"),
    )


def test_very_many_files_that_were_not_fetched_take_no_time(tmp_path: Path) -> None:
    """As in a DataLad clone: everything recorded, next to nothing here."""
    write(tmp_path / "raw" / "here.nwb")
    sources = [f"raw/sub-{number}/{number}.nwb" for number in range(20_000)]
    record = Record({source: Recorded(source, "A") for source in sources})
    started = time.process_time()
    assert vanished_sources(spec_of(tmp_path, "raw"), record, {"raw/here.nwb"}, sources) == frozenset()
    assert time.process_time() - started < 5


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
    found = files_elsewhere(spec_of(root, ENTRY), listed, here, absent)
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
    known = merge_records(LISTED, record).assets
    assert (known["raw/a"].path, known["raw/b"].path) == ("here", "b")
