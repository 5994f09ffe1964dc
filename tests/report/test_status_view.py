"""What the archive says of a draft, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dandifile.model import Change, Complaint, Health, Key, Plan, Target
from dandifile.report.status_view import (
    MOST_COMPLAINTS,
    links_json,
    links_text,
    neurosift_url,
    sessions_by_subject,
    status_json,
)
from tests.report.shown import status_text

TARGET = Target("dandi", "https://api.dandiarchive.org/api", "https://dandiarchive.org", "000001", "T")
WRONG = Complaint("license", "it is missing", "add `license:`")
ASSET = Complaint("keywords", "5 is not of type 'array'", "correct it", "sub-1/a.nwb", "raw/s1.nwb")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Health("Valid"), "Valid, ready to publish"),
        (Health("Valid", waiting=1), "Valid, 1 asset or more still being validated"),
        (Health("Valid", (ASSET,)), "Valid, not ready to publish"),
        (Health("Valid", (ASSET,), waiting=3), "Valid, not ready to publish"),
        (Health("Valid", in_the_way=("no summary",)), "Valid, not ready to publish"),
        (Health("Valid", in_the_way=("a Zarr",), waiting=1), "Valid, not ready to publish"),
        (Health("Invalid"), "Invalid, not ready to publish"),
        (Health("Pending"), "Pending, not finished yet: run status again in a moment"),
        (Health("Validating", waiting=2), "Validating, not finished yet: run status again in a moment"),
        (Health("Publishing"), "Publishing, do not change anything until it is done"),
        (Health("Published"), "Published, as it was last published"),
    ],
)
def test_whether_it_can_be_published(given: Health, said: str) -> None:
    lines = status_text(Plan(TARGET), given, ()).plain.splitlines()
    assert f"The archive's own validation: {said}" in lines
    assert status_json(given)["ready"] == (said == "Valid, ready to publish")


def test_a_draft_that_is_not_as_declared_is_not_simply_ready() -> None:
    plan = Plan(TARGET, (Change(Key("metadata", "keywords"), ["a"], ["b"]),))
    text = status_text(plan, Health("Valid"), ()).plain
    assert "ready to publish as it is now, not as the spec declares it" in text


def test_every_fault_has_its_field_asset_file_and_fix() -> None:
    text = status_text(Plan(TARGET), Health("Invalid", (WRONG, ASSET)), ()).plain
    for part in ("license", "it is missing", "add `license:`"):
        assert part in text
    for part in ("sub-1/a.nwb", "keywords: 5 is not of type 'array'", "file: raw/s1.nwb", "correct it"):
        assert part in text


def test_assets_with_the_same_fault_share_a_row_and_many_faults_are_folded() -> None:
    same = [Complaint("keywords", "wrong", "correct it", f"{n}.nwb") for n in range(30)]
    text = status_text(Plan(TARGET), Health("Valid", tuple(same)), ()).plain
    assert ("0.nwb and 29 more" in text, "not on this machine" in text, text.count("wrong")) == (
        True,
        True,
        1,
    )
    many = tuple(
        Complaint("keywords", f"wrong {n}", "correct it", f"{n}.nwb") for n in range(MOST_COMPLAINTS + 5)
    )
    assert "and 6 more; -v shows all" in status_text(Plan(TARGET), Health("Valid", many), ()).plain
    assert "wrong 14" in status_text(Plan(TARGET), Health("Valid", many), (), verbose=True).plain


DRAFT = Target("dandi", "https://api.dandiarchive.org/api", "https://dandiarchive.org", "000001", "T")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("sub-A/sub-A_ses-1_ecephys.nwb", {"A": ["1"]}),
        ("sub-A/ses-1/ieeg/sub-A_ses-1_ieeg.nwb", {"A": ["1"]}),
        ("sub-A/sub-A_ses-20240101T10-x_obj-3.nwb", {"A": ["20240101T10-x"]}),
        ("sub-A/sub-A.nwb", {"A": []}),
        ("derivatives/sorting/sub-B/ses-2/x.nwb", {"B": ["2"]}),
        ("participants.tsv", {}),
        ("notes/about-sub-x_ses-1.txt", {}),
    ],
)
def test_subjects_and_sessions_come_from_the_path(path: str, expected: dict[str, list[str]]) -> None:
    assert sessions_by_subject([path]) == expected


def test_sessions_are_listed_by_subject() -> None:
    paths = [f"sub-{subject}/sub-{subject}_ses-{session}.nwb" for subject in "BA" for session in (2, 1)]

    assert links_text(DRAFT, [*paths, "sub-C/sub-C.nwb"]).plain.splitlines() == [
        "page       https://dandiarchive.org/dandiset/000001/draft",
        "Neurosift  https://neurosift.app/dandiset/000001?dandisetVersion=draft",
        "sessions   sub-A  2 sessions: 1, 2",
        "           sub-B  2 sessions: 1, 2",
        "           sub-C",
    ]


def test_many_subjects_and_sessions_are_folded() -> None:
    paths = [
        f"sub-{subject:02}/sub-{subject:02}_ses-{session}.nwb"
        for subject in range(30)
        for session in range(9)
    ]
    lines = links_text(DRAFT, paths).plain.splitlines()

    assert len(lines) == 14
    assert lines[2] == "sessions   sub-00  9 sessions: 0, 1, 2, 3, 4, 5, 6, …"
    assert lines[-1] == "           … and 19 more subjects with 171 sessions; -v shows all"
    assert "sub-29" in links_text(DRAFT, paths, verbose=True).plain


def test_neurosift_is_named_only_where_it_would_show_this_very_dandiset() -> None:
    assert neurosift_url(replace(DRAFT, instance="dandi-sandbox")) == ""
    assert neurosift_url(replace(DRAFT, instance="local")) == ""
    assert neurosift_url(replace(DRAFT, identifier=None)) == ""
    assert links_json(replace(DRAFT, instance="local"), [])["neurosift"] is None
