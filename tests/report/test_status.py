"""What the archive says of a draft, in words."""

from __future__ import annotations

import pytest

from dandifile.model import JsonObject, Plan, Target
from dandifile.report.status import PENDING, status_text

TARGET = Target("dandi", "https://api.dandiarchive.org/api", "https://dandiarchive.org", "000001", "T")
WAITING = {"message": PENDING, "path": "a.nwb", "field": ""}
WRONG = {"message": "is a required property", "path": "", "field": "license"}


def draft(status: str, *assets: JsonObject) -> JsonObject:
    return {"status": status, "asset_validation_errors": list(assets), "version_validation_errors": []}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (draft("Valid"), "Valid, ready to publish"),
        (draft("Valid", WAITING), "Valid, 1 asset or more still being validated"),
        (draft("Valid", WRONG), "Valid, not ready to publish"),
        (draft("Invalid"), "Invalid, not ready to publish"),
        (draft("Pending"), "Pending, not finished yet: ask again in a moment"),
        (draft("Validating", WAITING), "Validating, not finished yet: ask again in a moment"),
        (draft("Published"), "Published, as it was last published"),
    ],
)
def test_whether_it_can_be_published(given: JsonObject, said: str) -> None:
    lines = status_text(Plan(TARGET), given, ()).plain.splitlines()
    assert f"The archive's own validation: {said}" in lines
