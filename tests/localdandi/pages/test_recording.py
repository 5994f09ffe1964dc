from __future__ import annotations

from typing import Any

import pytest

from localdandi.pages import recording
from tests.localdandi.pages.conftest import Site


@pytest.mark.parametrize(
    ("age", "words"),
    [
        ({"value": "P90D"}, "90 days"),
        ({"value": "P1Y2M"}, "1 year, 2 months"),
        ({"value": "P12.5W"}, "12.5 weeks"),
        ({"value": "P1DT12H"}, "1 day, 12 hours"),
        ({"value": "P80D/P100D"}, "80 days to 100 days"),
        ({"value": "P80D/"}, "80 days"),
        (
            {"value": "P18D", "valueReference": {"value": "dandi:GestationalReference"}},
            "18 days of gestation",
        ),
        ({"value": "adult"}, "adult"),
        ({"value": "P"}, "P"),
        ({"value": ["P90D"]}, ""),
        ("P90D", ""),
        (None, ""),
    ],
)
def test_an_age_is_said_in_words(age: Any, words: str) -> None:
    assert recording.age_in_words(age) == words


@pytest.mark.parametrize(
    ("stamp", "words"),
    [
        ("2024-03-02T10:30:00-05:00", "2024-03-02 10:30 (UTC-05:00)"),
        ("2024-03-02T10:30:00.123Z", "2024-03-02 10:30 UTC"),
        ("2024-03-02T10:30", "2024-03-02 10:30"),
        ("in March", "in March"),
    ],
)
def test_a_time_is_said_in_words(stamp: str, words: str) -> None:
    assert recording.when(stamp) == words


def test_an_asset_leads_with_its_subject(site: Site) -> None:
    page = site.asset("sub-R1/sub-R1_ses-1.nwb")
    order = ["Subject", "R1", "Session", "2024-03-02 10:30", "90 days", "Rattus", "Male", "Neuropixels 2.0"]
    text = page.text[page.text.index("Download") :]
    places = [
        text.index(words) for words in [*order, "electrophysiological approach", "Contents", '"schemaKey"']
    ]
    assert places == sorted(places)
    assert f"/dandiset/{site.dandiset}/draft/subject?id=R1" in page.links
