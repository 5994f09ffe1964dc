from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.schemafiles import spec_schema
from dandifile.spelling import first_unfit, near_words, nearest_word, respell
from dandifile.survey.asset_paths import allowed_spelling as mended_path
from dandifile.survey.asset_paths import fault, is_allowed

RELATIONS = spec_schema()["$defs"]["resource"]["properties"]["relation"]["enum"]


@pytest.mark.parametrize(
    ("path", "said", "better"),
    [
        ("day\u20131.csv", "EN DASH, character 4", "day-1.csv"),
        ("Anna\u2019s data.csv", "RIGHT SINGLE QUOTATION MARK, character 5", "Annas data.csv"),
        ("\u201cx\u201d.csv", "LEFT DOUBLE QUOTATION MARK, character 1", "x.csv"),
        ("mu\u0308ller.csv", "COMBINING DIAERESIS after 'u', character 3", "muller.csv"),
        ("m\u00fcller.csv", "LATIN SMALL LETTER U WITH DIAERESIS, character 2", "muller.csv"),
        ("5\u00b5m.csv", "MICRO SIGN, character 2", "5um.csv"),
        ("a:b.csv", "COLON, character 2", "a-b.csv"),
        ("x\u200b.csv", "ZERO WIDTH SPACE, character 2", "x.csv"),
        ("\u9f20.csv", "CJK UNIFIED IDEOGRAPH-9F20, character 1", "Shu.csv"),
        ("a\x07.csv", "U+0007, character 2", "a.csv"),
    ],
)
def test_a_character_is_named_with_its_place_and_the_mended_name_is_offered(
    path: str, said: str, better: str
) -> None:
    assert said in (fault(f"folder/{path}") or "")
    assert mended_path(f"folder/{path}") == f"folder/{better}"


def test_what_is_fine_is_left_alone() -> None:
    assert (first_unfit("sub-1 (a).csv", is_allowed), respell("sub-1 (a).csv", is_allowed)) == (
        "",
        "sub-1 (a).csv",
    )


@given(st.text())
def test_a_mended_name_holds_nothing_but_what_it_may_and_stays_as_it_is(text: str) -> None:
    better = respell(text, is_allowed)
    assert first_unfit(better, is_allowed) == ""
    assert respell(better, is_allowed) == better
    assert first_unfit(text, is_allowed) or respell(unicodedata.normalize("NFC", text), is_allowed) == better


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("IsDescribdBy", ["IsDescribedBy"]),
        ("isdescribedby", ["IsDescribedBy"]),
        ("Cited", ["Cites", "IsCitedBy"]),
        ("IsSupplementOf", ["IsSupplementTo", "IsSupplementedBy"]),
        ("IsSuplementTo", ["IsSupplementTo"]),
        ("Hasparts", ["HasPart"]),
        ("Whatever", []),
    ],
)
def test_a_relation_is_not_turned_around(word: str, meant: list[str]) -> None:
    found = near_words(word, RELATIONS)
    assert found[:2] == meant
    assert nearest_word(word, RELATIONS) == (meant[0] if len(meant) == 1 else None)
