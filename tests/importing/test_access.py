"""Owners and embargo of a spec after somebody changed them on the archive."""

from __future__ import annotations

import pytest

from dandifile.importing.access import embargo_after, owners_after, place_of, with_value
from dandifile.model import Json

UNTIL = {"award": "R21", "until": "2027-06-01"}


@pytest.mark.parametrize(
    ("declared", "status", "until", "wanted"),
    [
        (UNTIL, "EMBARGOED", "2027-06-01", UNTIL),
        (UNTIL, "EMBARGOED", "2027-01-01", {"award": "R21", "until": "2027-01-01"}),
        (UNTIL, "OPEN", "", False),
        (True, "OPEN", "", False),
        (True, "EMBARGOED", "2027-01-01", True),
        (False, "EMBARGOED", "2027-01-01", False),
        (None, "EMBARGOED", "2027-01-01", None),
    ],
)
def test_embargo(declared: Json, status: str, until: str, wanted: Json) -> None:
    assert embargo_after(declared, status, until) == wanted


@pytest.mark.parametrize(
    ("declared", "asked", "overwritten", "wanted"),
    [
        (["b", "z"], False, False, ["b", "z"]),
        (["b", "z"], True, False, ["b", "z", "a", "c"]),
        (["b", "z"], False, True, ["b", "a", "c"]),
        ({"exactly": ["b", "z"]}, False, False, {"exactly": ["b", "z", "a", "c"]}),
        ({"exactly": ["b", "z"]}, False, True, {"exactly": ["b", "a", "c"]}),
    ],
)
def test_owners(declared: Json, asked: bool, overwritten: bool, wanted: Json) -> None:
    now = {"a", "b", "c"}
    assert owners_after(declared, now, is_asked=asked, is_overwritten=overwritten) == wanted


def test_the_environment_that_declares_a_key_is_the_one_to_edit() -> None:
    raw = {"owners": ["a"], "environments": {"x": {"owners": ["b"]}, "y": None}}
    assert place_of(raw, "x", "owners") == ("environments", "x", "owners")
    assert place_of(raw, "y", "owners") == ("owners",)
    assert with_value(raw, ("environments", "x", "owners"), ["c"]) == {
        "owners": ["a"],
        "environments": {"x": {"owners": ["c"]}, "y": None},
    }
