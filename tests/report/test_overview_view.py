"""What surrounds a draft, in words and in JSON: a row each, and no more than fits on a screen."""

from __future__ import annotations

from datetime import date

import pytest

from dandifile.model import (
    AssetDifference,
    Comparison,
    FieldDifference,
    ListedAsset,
    Overview,
    Plan,
    Readiness,
    Target,
    Version,
)
from dandifile.report.overview_view import overview_json, overview_rows
from dandifile.report.sessions_view import missing_sessions
from tests.report.shown import status_text

TARGET = Target("dandi", "https://api.dandiarchive.org/api", "https://dandiarchive.org", "000001", "T")
PUBLISHED = Version("0.260218.2052", "T", "Valid", "2026-02-18T20:52:00Z", 1, 3)
DRAFT = Version("draft", "T", "Valid", "2026-01-01T00:00:00Z", 2, 6)
PATHS = [f"sub-{subject}/sub-{subject}_ses-{session}.nwb" for subject in "AB" for session in "12"]


def listed(path: str, content: str = "x") -> ListedAsset:
    return ListedAsset(asset_id=f"{path} {content}", path=path, size=3, blob=content, zarr=None)


def rows(
    overview: Overview, paths: list[str] | None = None, width: int = 80, *, verbose: bool = False
) -> str:
    lines = overview_rows(overview, PATHS if paths is None else paths, width, verbose=verbose)
    assert all(len(line.plain) <= width for line in lines)
    return " ".join(" ".join(line.plain for line in lines).split())


CHANGED = Comparison(
    "000001",
    "dandi",
    PUBLISHED,
    DRAFT,
    fields=(FieldDifference("keywords", ["a"], ["b"]), FieldDifference("license", None, ["c"])),
    assets=(
        AssetDifference(None, listed("a")),
        AssetDifference(listed("b"), listed("b", "y")),
        AssetDifference(listed("c"), None),
    ),
)


@pytest.mark.parametrize(
    ("overview", "says"),
    [
        (Overview(since="0.1"), "published 0.1; `dandifile diff` shows what has changed since"),
        (
            Overview(since="0.1", changes=Comparison("000001", "dandi", PUBLISHED, DRAFT)),
            "published 0.1; nothing has changed since",
        ),
        (Overview(since="0.1", changes=CHANGED), "1 asset added (3 B), 1 replaced (3 B), 1 removed (3 B)"),
        (Overview(since="0.1", changes=CHANGED), "metadata changed: keywords, license"),
        (Overview(owners=("b", "a")), "owners a, b"),
        (Overview(owners=tuple("hgfedcba")), "owners a, b, c, d and 4 more"),
        (Overview(), "owners nobody"),
        (
            Overview(embargo="EMBARGOED", until=date(2027, 6, 1), days_left=184),
            "embargo until 2027-06-01, 184 days left; it ends only when you release it",
        ),
        (Overview(embargo="EMBARGOED", until=date(2027, 6, 1), days_left=1), "2027-06-01, 1 day left;"),
        (
            Overview(embargo="EMBARGOED", until=date(2026, 6, 1), days_left=-3),
            "embargo until 2026-06-01, which was 3 days ago; it ends only when",
        ),
        (Overview(embargo="UNEMBARGOING"), "embargo the archive is releasing it"),
        (Overview(expected=(*PATHS, "sub-A/sub-A_ses-3.nwb")), "missing 1 session of 1 subject not on"),
        (Overview(expected=("sub-C/sub-C_ses-1.nwb",)), "sub-C 1 session: 1"),
    ],
)
def test_a_row_says_it(overview: Overview, says: str) -> None:
    assert says in rows(overview)


def test_what_is_as_it_should_be_has_no_row() -> None:
    text = rows(Overview(expected=tuple(PATHS), owners=("a",)))
    assert "missing" not in text
    assert "embargo" not in text
    assert "published" not in text


@pytest.mark.parametrize(
    ("expected", "there", "missing"),
    [
        (PATHS, PATHS, {}),
        (PATHS, PATHS[:-1], {"B": ["2"]}),
        (PATHS, [], {"A": ["1", "2"], "B": ["1", "2"]}),
        (["sub-A/sub-A_ses-1_x.nwb", "sub-A/sub-A_ses-1_y.nwb"], ["sub-A/sub-A_ses-1_x.nwb"], {}),
        (["sub-A/sub-A.nwb"], [], {"A": []}),
        (["sub-A/sub-A.nwb"], ["sub-A/sub-A_ses-1.nwb"], {}),
        (["notes.txt"], [], {}),
    ],
)
def test_a_session_is_missing_where_the_draft_has_no_file_of_it(
    expected: list[str], there: list[str], missing: dict[str, list[str]]
) -> None:
    assert missing_sessions(expected, there) == missing


def test_programs_get_the_same() -> None:
    overview = Overview(
        owners=("b", "a"),
        embargo="EMBARGOED",
        until=date(2027, 6, 1),
        days_left=184,
        expected=(*PATHS, "sub-A/sub-A_ses-3.nwb"),
        since="0.260218.2052",
        changes=CHANGED,
    )
    assert overview_json(overview, PATHS) == {
        "owners": ["a", "b"],
        "embargo": {"status": "EMBARGOED", "until": "2027-06-01", "days_left": 184},
        "missing_sessions": {"A": ["3"]},
        "unpublished": {
            "since": "0.260218.2052",
            "assets": {"added": 1, "replaced": 1, "moved": 0, "removed": 1, "changed": 0},
            "fields": ["keywords", "license"],
        },
    }
    nothing = overview_json(Overview(), ())
    assert nothing["unpublished"] == {"since": None, "assets": None, "fields": None}


def test_a_large_dandiset_fits_on_a_screen_of_24_lines() -> None:
    paths = [
        f"sub-{subject:03}/sub-{subject:03}_ses-{session}.nwb"
        for subject in range(100)
        for session in range(9)
    ]
    overview = Overview(
        owners=("jdoe", "rroe"),
        embargo="EMBARGOED",
        until=date(2027, 6, 1),
        days_left=184,
        expected=tuple(paths),
        since="0.260218.2052",
        changes=CHANGED,
    )
    text = status_text(Plan(TARGET), Readiness("Valid"), overview, paths[9:], width=80)
    assert len(text.plain.splitlines()) <= 24
    assert "891 sessions of 99 subjects" in text.plain
