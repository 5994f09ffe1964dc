"""When a session started and ended, in memory and in files; what is odd about its times; time zones."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dandifile.survey.nwb import session
from dandifile.survey.nwb.extract import extract
from dandifile.survey.nwb.session import BIRTH, assume_zones, time_texts, times_of
from tests.survey.lab import START, write_nwb

NAN, INF = math.nan, math.inf


def recording(*, series: Any = None, **series_more: Any) -> Any:
    from pynwb import NWBFile
    from pynwb.base import TimeSeries

    nwb = NWBFile(session_description="a test", identifier="x", session_start_time=START)
    if series is not None:
        nwb.add_acquisition(TimeSeries(name="t", data=series, unit="V", **series_more))
    return nwb


def with_trials(*rows: tuple[float, float]) -> Any:
    nwb = recording()
    for start, stop in rows:
        nwb.add_trial(start_time=float(start), stop_time=float(stop))
    return nwb


def with_events(stamps: Sequence[float], durations: Sequence[float] = ()) -> Any:
    from pynwb.event import EventsTable

    nwb = recording()
    table = EventsTable(name="licks", description="licks")
    for index, stamp in enumerate(stamps):
        table.add_event(
            timestamp=float(stamp), **({"duration": float(durations[index])} if durations else {})
        )
    nwb.add_events_table(table)
    return nwb


def told(nwb: Any) -> dict[str, str]:
    return {remark.check.removeprefix("dandifile."): remark.severity for remark in times_of(nwb).remarks}


@pytest.mark.parametrize(
    ("rows", "duration"),
    [
        ([(0, 1), (5, 9)], 9),
        ([(5, 9), (0, 1)], 9),
        ([(8, 9), (4, 5), (0, 1)], 9),
        ([(0, 8), (2, 3)], 8),
        ([(0, 1), (5, NAN)], 1),
        ([(NAN, 1), (0, 4)], 4),
        ([(0, 1), (5, INF)], 1),
    ],
)
def test_the_session_ends_with_the_last_interval_in_whatever_order(
    rows: list[tuple[float, float]], duration: float
) -> None:
    assert times_of(with_trials(*rows)).duration == duration


def test_an_interval_without_a_time_is_named_with_its_place() -> None:
    [remark] = times_of(with_trials((0, 1), (5, NAN))).remarks
    assert (remark.check, remark.severity, remark.within) == ("dandifile.stop_time_nan", "hint", "/trials")
    assert "1 of 2" in remark.message


@pytest.mark.parametrize(
    ("stamps", "durations", "duration"),
    [
        ([1, 2, 5], (), 4),
        ([5, 1, 2], (), 4),
        ([1, NAN, 5], (), 4),
        ([1, 5, NAN], (), 4),
        ([1, 5], [1, NAN], 4),
        ([1, 5], [9, 1], 9),
        ([1, 5], [1, -3], 4),
        ([NAN, NAN], (), None),
    ],
)
def test_the_session_ends_with_the_last_event(
    stamps: list[float], durations: list[float], duration: float | None
) -> None:
    assert times_of(with_events(stamps, durations)).duration == duration


@pytest.mark.parametrize(
    ("stamps", "durations", "expected"),
    [
        ([1, 2, 5], [1, NAN, 0], {}),
        ([5, 1, 2], (), {"timestamps_unsorted": "hint"}),
        ([1, NAN, 5], (), {"timestamps_nan": "warning"}),
        ([1, INF, 5], (), {"timestamps_nan": "warning"}),
        ([-1, 2], (), {"timestamps_negative": "hint"}),
        ([1, 2], [1, -1], {"durations_negative": "warning"}),
        (
            [3, -1, NAN],
            [-1, 1, 1],
            {
                "timestamps_nan": "warning",
                "timestamps_negative": "hint",
                "timestamps_unsorted": "hint",
                "durations_negative": "warning",
            },
        ),
    ],
)
def test_odd_times_of_events_are_reported(
    stamps: list[float], durations: list[float], expected: dict[str, str]
) -> None:
    assert told(with_events(stamps, durations)) == expected


def test_the_place_and_the_count_of_odd_events_are_reported() -> None:
    [remark] = times_of(with_events([5, 1, 2, 0])).remarks
    assert remark.within == "/licks"
    assert "2 of 4" in remark.message


def test_events_in_a_file_are_named_with_their_path_and_end_its_session(tmp_path: Path) -> None:
    from pynwb import NWBHDF5IO

    path = tmp_path / "a.nwb"
    with NWBHDF5IO(path, "w") as io:
        io.write(with_events([5, 1, 60], [1, NAN, 3]))
    made = extract({"path": str(path)})
    assert made["metadata"]["wasGeneratedBy"][0]["endDate"] == "2024-03-01T10:31:02Z"
    [finding] = made["findings"]
    assert (finding["check"], finding["within"]) == ("dandifile.timestamps_unsorted", "/events/licks")


def test_events_of_an_old_extension_are_looked_at_too() -> None:
    """Its containers are no tables and no series; they have `timestamps`."""
    old = SimpleNamespace(name="ttl", parent=None, timestamps=np.array([0.0, 2.0, 1.0]))
    found = times_of(SimpleNamespace(objects={"a": old}))
    assert found.duration == 2
    assert [remark.check for remark in found.remarks] == ["dandifile.timestamps_unsorted"]


def test_a_table_with_times_of_another_kind_is_passed_over() -> None:
    from hdmf.common import DynamicTable, VectorData

    nwb = recording(series=[1.0, 2.0], rate=1.0)
    words = VectorData(name="timestamp", description="words", data=["noon", "one"])
    nwb.add_acquisition(DynamicTable(name="notes", description="notes", columns=[words]))
    assert times_of(nwb).duration == 2


@pytest.mark.parametrize(
    ("stamps", "duration"),
    [([0.0, 1.0, 4.0], 4), ([0.0, 4.0, 1.0], 4), ([0.0, 4.0, NAN], 4), ([NAN, 1.0, 4.0], 3)],
)
@pytest.mark.parametrize("few", [2**20, 2])
def test_the_ends_of_a_long_series_are_enough_where_they_look_sound(
    stamps: list[float], duration: float, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_FEW", few)
    found = times_of(recording(series=[1.0, 2.0, 3.0], timestamps=stamps)).duration
    assert found == (1 if few == 2 and stamps == [0.0, 4.0, 1.0] else duration)


@pytest.mark.parametrize("rate", [0.0, 2.0])
def test_a_series_with_a_rate_ends_after_its_samples(rate: float) -> None:
    assert times_of(recording(series=[1.0, 2.0, 3.0], rate=rate)).duration == (1.5 if rate else None)


@pytest.mark.parametrize("few", [2**20, 2])
def test_spikes_count_with_the_first_and_the_last_of_each_unit(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_FEW", few)
    nwb = recording()
    for spikes in ([3.0, 9.0], [], [1.0, 2.0], [4.0, 5.0, 6.0]):
        nwb.add_unit(spike_times=spikes)
    assert times_of(nwb).duration == 8


def test_a_spike_that_is_not_a_number_does_not_lose_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_FEW", 2)
    nwb = recording()
    nwb.add_unit(spike_times=[3.0, 9.0, NAN])
    nwb.add_unit(spike_times=[1.0, 2.0])
    assert times_of(nwb).duration == 8


def test_an_end_that_cannot_be_is_named_and_not_recorded() -> None:
    found = times_of(with_trials((100, 3)))
    assert found.duration is None
    assert "before the first start" in found.remarks[-1].message
    found = times_of(with_trials((0, 1.7e9)))
    assert found.duration is None
    assert "54 years after" in found.remarks[-1].message


def test_a_file_without_times_has_no_end() -> None:
    assert times_of(recording()) == session.Times()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30).map(sorted))
@settings(max_examples=30)
def test_in_order_and_finite_it_is_what_the_dandi_package_says(stamps: list[float]) -> None:
    from dandi.pynwb_utils import _get_session_duration

    nwb = with_events(stamps, [0.5] * len(stamps))
    nwb.add_trial(start_time=stamps[0], stop_time=stamps[-1] + 1)
    theirs = _get_session_duration(nwb)
    assert theirs is not None
    assert times_of(nwb).duration == pytest.approx(theirs)


@given(st.lists(st.floats(width=32), min_size=1, max_size=20))
@settings(max_examples=50)
def test_no_times_make_a_session_end_before_it_starts(stamps: list[float]) -> None:
    duration = times_of(with_events(stamps, list(reversed(stamps)))).duration
    assert duration is None or (np.isfinite(duration) and duration >= 0)


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
def test_a_start_without_a_zone_is_utc_with_a_remark(text: str, lacks: bool) -> None:
    flat, remarks = assume_zones({"session_start_time": AT}, {session.START: text}, 10.0)
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
    texts = {session.START: start_text, BIRTH: "2024-01-01"}
    flat, remarks = assume_zones({"session_start_time": start, "date_of_birth": AT}, texts, None)
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
            (session.START, "2024-03-01T23:30:00"),
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
        file[session.START] = ["2024-03-01T23:30:00"]
        file[BIRTH] = 5
    assert time_texts(str(path)) == {session.START: "2024-03-01T23:30:00"}


def test_with_zones_nothing_is_reported(tmp_path: Path) -> None:
    assert extract({"path": str(write_nwb(tmp_path / "a.nwb"))})["findings"] == []
