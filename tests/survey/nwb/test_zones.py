"""Times without a zone are the same instant on every machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import h5py
import pytest

from dandifile.survey.nwb.extract import extract
from dandifile.survey.nwb.session import BIRTH, START, assume_zones, time_texts
from tests.survey.lab import write_nwb

MACHINE = timezone(timedelta(hours=9))
AT = datetime(2024, 3, 1, 23, 30, tzinfo=MACHINE)
EXTRACT = """
import json, sys
from dandifile.survey.nwb.extract import extract
print(json.dumps(extract({"path": sys.argv[1]})))
"""


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("2024-03-01T23:30:00", True),
        ("2024-03-01 23:30", True),
        ("2024-03-01", True),
        ("20240301T233000", True),
        ("2024-03-01T23:30:00.123456", True),
        ("2024-03-01T23:30:00 JST", True),
        ("2024-03-01T23:30:00Z", False),
        ("2024-03-01T23:30:00+09:00", False),
        ("2024-03-01T23:30:00-0500", False),
        ("2024-03-01T23:30:00.5-05", False),
        ("2024-03-01 23:30:00-05:50:36", False),
        ("2024-03-01T23:30:00 UTC", False),
    ],
)
def test_a_start_without_a_zone_is_taken_for_utc_and_told(text: str, lacks: bool) -> None:
    flat, remarks = assume_zones({"session_start_time": AT}, {START: text}, 10.0)
    start = AT.replace(tzinfo=UTC) if lacks else AT
    assert flat["session_start_time"] == start
    assert flat["session_end_time"] == start + timedelta(seconds=10)
    assert [remark.check for remark in remarks] == ["dandifile.zone_of_session_start_time"] * lacks


@pytest.mark.parametrize(
    ("start_text", "zone"),
    [("2024-03-01T23:30:00-05:00", timezone(timedelta(hours=-5))), ("2024-03-01T23:30", UTC)],
)
def test_a_birth_without_a_zone_has_that_of_the_start(start_text: str, zone: timezone) -> None:
    start = AT.replace(tzinfo=timezone(timedelta(hours=-5)))
    flat, remarks = assume_zones(
        {"session_start_time": start, "date_of_birth": AT}, {START: start_text, BIRTH: "2024-01-01"}, None
    )
    assert flat["date_of_birth"] == AT.replace(tzinfo=zone)
    assert flat["session_end_time"] is None
    assert remarks[-1].check == "dandifile.zone_of_date_of_birth"


def in_zone(path: Path, zone: str) -> Any:
    environ = os.environ | {"TZ": zone}
    run = subprocess.run(
        [sys.executable, "-c", EXTRACT, str(path)], env=environ, capture_output=True, check=True
    )
    return json.loads(run.stdout)


def test_the_metadata_is_the_same_on_every_machine(tmp_path: Path) -> None:
    path = write_nwb(tmp_path / "a.nwb", {"age": None, "date_of_birth": datetime(2024, 1, 1, tzinfo=UTC)})
    with h5py.File(path, "a") as file:
        for place, text in (
            (START, "2024-03-01T23:30:00"),
            (BIRTH, "2024-01-01"),
            ("file_create_date", ["2024-03-01"]),
        ):
            del file[place]
            file[place] = text
    here, there = in_zone(path, "UTC"), in_zone(path, "Asia/Tokyo")
    assert here == there
    assert here["metadata"]["wasGeneratedBy"][0]["startDate"] == "2024-03-01T23:30:00Z"
    assert here["metadata"]["wasAttributedTo"][0]["age"]["value"] == "P60DT84600S"
    assert {finding["check"] for finding in here["findings"]} == {
        "dandifile.zone_of_session_start_time",
        "dandifile.zone_of_date_of_birth",
    }


def test_a_text_in_a_list_is_read_too(tmp_path: Path) -> None:
    """As MatNWB writes it."""
    path = tmp_path / "a.nwb"
    with h5py.File(path, "w") as file:
        file[START] = ["2024-03-01T23:30:00"]
        file[BIRTH] = 5
    assert time_texts(str(path)) == {START: "2024-03-01T23:30:00"}


def test_with_zones_nothing_is_told(tmp_path: Path) -> None:
    assert extract({"path": str(write_nwb(tmp_path / "a.nwb"))})["findings"] == []
