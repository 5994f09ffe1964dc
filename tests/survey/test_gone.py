from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from dandifile.model import GoneAsset, Record, Recorded
from dandifile.survey.gone import gone_assets, unknown, vanished
from tests.survey.lab import record_of, spec_of, write

RECORD = record_of(**{"raw__a.nwb": ("p/a.nwb", "A"), "raw__b.nwb": ("p/b.nwb", "B")})


def lost(root: Path, *entries: str, record: Record = RECORD, absent: tuple[str, ...] = ()) -> set[str]:
    return set(vanished(spec_of(root, *entries), record, {"raw/a.nwb"}, absent))


def test_a_recorded_file_that_is_not_there_any_more_has_vanished(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "a.nwb")
    assert lost(tmp_path, "raw") == {"raw/b.nwb"}


def test_a_file_that_is_merely_not_taken_up_has_not(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "a.nwb")
    write(tmp_path / "raw" / "b.nwb")
    assert lost(tmp_path, "raw") == set()
    assert unknown(spec_of(tmp_path, "raw"), RECORD, {"raw/a.nwb"}, ()) == {"p/b.nwb"}


def test_nothing_vanishes_from_a_folder_that_is_absent_or_empty(tmp_path: Path) -> None:
    assert lost(tmp_path, "raw", absent=("raw",)) == set()
    assert unknown(spec_of(tmp_path, "raw"), RECORD, set(), ("raw",)) == {"p/a.nwb", "p/b.nwb"}
    (tmp_path / "raw").mkdir()
    assert lost(tmp_path, "raw") == set()


def test_nothing_vanishes_of_an_entry_that_is_no_longer_in_the_spec(tmp_path: Path) -> None:
    write(tmp_path / "other" / "x.nwb")
    assert lost(tmp_path, "other") == set()
    assert unknown(spec_of(tmp_path, "other"), RECORD, set(), ()) == set()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_what_lies_behind_a_broken_link_is_unknown(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "a.nwb")
    (tmp_path / "raw" / "disk").symlink_to(tmp_path / "not-mounted")
    record = record_of(**{"raw__disk__c.nwb": ("p/c.nwb", "C")})
    assert lost(tmp_path, "raw", record=record, absent=("raw/disk",)) == set()
    assert unknown(spec_of(tmp_path, "raw"), record, set(), ("raw/disk",)) == {"p/c.nwb"}


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
    assert vanished(spec_of(tmp_path, "raw"), record, {"raw/here.nwb"}, sources) == frozenset()
    assert time.process_time() - started < 5
