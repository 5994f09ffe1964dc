from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dandifile.survey.asset_metadata import date_of, metadata_by_name, mime_type


@pytest.mark.parametrize(
    "name",
    [
        "a.txt",
        "a.mp4",
        "a.csv",
        "a.json",
        "a.tar.gz",
        "a.tsv.gz",
        "a.txt.bz2",
        "no suffix",
        "a.unheardof",
        "A.PNG",
    ],
)
def test_types_are_the_dandi_clients(name: str) -> None:
    from dandi.utils import get_mime_type

    assert mime_type(name) == get_mime_type(name)


def test_metadata_of_any_file_is_its_type_and_who_says_so() -> None:
    made = metadata_by_name("notes.txt")
    assert made["schemaKey"] == "Asset"
    assert made["encodingFormat"] == "text/plain"
    assert made["wasGeneratedBy"][0]["wasAssociatedWith"][0]["name"] == "dandifile"


def test_a_time_is_written_in_utc() -> None:
    moment = datetime(2024, 3, 1, 10, 30, 0, 123456, tzinfo=UTC)
    ns = int(moment.timestamp()) * 10**9 + 123_456_789
    assert date_of(ns) == "2024-03-01T10:30:00.123456Z"


@pytest.mark.parametrize(("seconds", "year"), [(10**12, "9999"), (-(10**12), "0001")])
def test_a_time_that_no_date_can_say_is_the_nearest_that_can(seconds: int, year: str) -> None:
    assert date_of(seconds * 10**9)[:4] == year
