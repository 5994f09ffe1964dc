"""What the fields of a subject say of its age together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.survey.nwb.remarks import RefusedValueError, Remark
from dandifile.survey.nwb.subject import AgeFields, age_of, iso_duration

START = datetime(2024, 3, 1, 10, tzinfo=UTC)


def recorded(**said: object) -> tuple[str | None, str | None, list[Remark]]:
    """The age, what it counts from, and what is told."""
    age, remarks = age_of(AgeFields(**said))  # type: ignore[arg-type]  # one field at a time
    if age is None:
        return None, None, remarks
    return (
        age["value"],
        age["valueReference"]["value"].removeprefix("dandi:").removesuffix("Reference"),
        remarks,
    )


@pytest.mark.parametrize(
    ("age", "value"),
    [
        ("P90D", "P90D"),
        ("p90d", "P90D"),
        ("P1Y2M3W4DT5H6M7S", "P1Y2M3W4DT5H6M7S"),
        ("PT30S", "PT30S"),
        ("P1DT12H0M5.5S", "P1DT12H0M5.5S"),
        ("P1,5D", "P1.5D"),
        ("P14d", "P14D"),
        ("P1D/P3DT10S", "P1D/P3DT10S"),
        ("P90Y/", "P90Y/"),
        ("/P3D", "/P3D"),
        ("P9M/P1Y", "P9M/P1Y"),
        ("P1Y6M/P2Y", "P1Y6M/P2Y"),
        ("P1W/P10D", "P1W/P10D"),
        ("90 days", "P90D"),
        ("3 hours 20 sec", "PT3H20S"),
    ],
)
def test_an_age_keeps_all_its_units(age: str, value: str) -> None:
    assert recorded(age=age) == (value, "Birth", [])


@pytest.mark.parametrize(
    ("age", "reason"),
    [
        ("", "Age is empty"),
        ("old", "old"),
        ("P14", "P14D for 14 days"),
        ("14", "P14D for 14 days"),
        ("/", "neither end"),
        ("P3D/P1D", "ends below"),
        ("P1D/P2D/P3D", "two ends"),
        ("P1.5Y2M", "smallest unit"),
        ("P1DT", "no ISO 8601 duration"),
    ],
)
def test_an_age_that_cannot_be_read_is_refused_and_named(age: str, reason: str) -> None:
    with pytest.raises(RefusedValueError) as caught:
        recorded(age=age)
    assert f"Subject.age '{age}'" in caught.value.reason
    assert reason in f"{caught.value.reason}: {caught.value.fix}"


@pytest.mark.parametrize(
    ("age", "reference"),
    [
        ("P14D", "gestational"),
        ("gestational P14D", None),
        ("gestation 14 days", "birth"),
        ("14 days", "Gestational"),
    ],
)
def test_an_age_of_gestation_stays_one(age: str, reference: str | None) -> None:
    assert recorded(age=age, reference=reference) == ("P14D", "Gestational", [])


def test_a_birth_after_the_session_is_an_error_and_no_age() -> None:
    value, _, [remark] = recorded(born=START + timedelta(days=61), started=START)
    assert value is None
    assert remark.severity == "error"
    assert "date_of_birth is after session_start_time" in remark.message
    assert "61 days" in remark.message


def test_a_birth_after_the_session_leaves_the_age_that_the_file_says() -> None:
    value, reference, [remark] = recorded(age="P60D", born=START + timedelta(hours=5), started=START)
    assert (value, reference, remark.severity) == ("P60D", "Birth", "error")
    assert "5.0 hours" in remark.message


def test_before_its_birth_a_subject_has_an_age_of_gestation() -> None:
    said = {"age": "P14D", "reference": "gestational", "born": START + timedelta(days=5), "started": START}
    assert recorded(**said) == ("P14D", "Gestational", [])


def test_two_ages_that_disagree_are_both_named() -> None:
    value, _, [remark] = recorded(age="P10D", born=datetime(2020, 1, 1, tzinfo=UTC), started=START)
    assert value == "P1521DT36000S"
    assert remark.severity == "warning"
    assert "P10D" in remark.message
    assert "P1521DT36000S" in remark.message


@pytest.mark.parametrize("age", ["P60D", "P59D", "P8W", "P9W", "P2M", "P1M/P3M", "P1Y/", "/P61D", "60 days"])
def test_two_ages_that_agree_to_the_unit_are_one(age: str) -> None:
    said = {"age": age, "born": START - timedelta(days=60, hours=3), "started": START}
    expected = [] if age != "P1Y/" else ["check_subject_age.two_ages"]
    value, _, remarks = recorded(**said)
    assert value == "P60DT10800S"
    assert [remark.check for remark in remarks] == expected


def test_an_age_that_cannot_be_read_does_not_matter_beside_a_date_of_birth() -> None:
    assert recorded(age="old", born=START - timedelta(days=2), started=START) == ("P2D", "Birth", [])


def test_nothing_said_is_no_age() -> None:
    assert recorded(born=START) == (None, None, [])
    assert recorded(started=START) == (None, None, [])


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40_000)))
def test_a_duration_is_one_that_can_be_read_again(delta: timedelta) -> None:
    from pydantic import TypeAdapter

    assert TypeAdapter(timedelta).validate_python(iso_duration(delta)) == delta


@given(
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40_000)).filter(
        lambda delta: delta.microseconds == 0
    )
)
def test_a_whole_duration_is_written_as_the_dandi_package_writes_it(delta: timedelta) -> None:
    from dandi.metadata.util import timedelta2duration

    assert iso_duration(delta) == timedelta2duration(delta)


@given(st.text(max_size=20), st.sampled_from(["birth", "gestational", None]))
def test_no_text_breaks_it(age: str, reference: str | None) -> None:
    try:
        found, _ = age_of(AgeFields(age, reference, START - timedelta(days=3), START))
        assert found is not None
        age_of(AgeFields(age, reference))
    except RefusedValueError:
        pass
