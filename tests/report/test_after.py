"""Where to look now, and which sessions are there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dandifile.model import Target
from dandifile.report.after import after_text, neurosift, sessions
from dandifile.report.jsonform import after_json

TARGET = Target("dandi", "https://api.dandiarchive.org/api", "https://dandiarchive.org", "000001", "T")


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
    assert sessions([path]) == expected


def test_sessions_are_listed_by_subject() -> None:
    paths = [f"sub-{subject}/sub-{subject}_ses-{session}.nwb" for subject in "BA" for session in (2, 1)]

    assert after_text(TARGET, [*paths, "sub-C/sub-C.nwb"]).plain.splitlines() == [
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
    lines = after_text(TARGET, paths).plain.splitlines()

    assert len(lines) == 14
    assert lines[2] == "sessions   sub-00  9 sessions: 0, 1, 2, 3, 4, 5, 6, …"
    assert lines[-1] == "           … and 19 more subjects with 171 sessions; -v shows all"
    assert "sub-29" in after_text(TARGET, paths, verbose=True).plain


def test_neurosift_is_named_only_where_it_would_show_this_very_dandiset() -> None:
    assert neurosift(replace(TARGET, instance="dandi-sandbox")) == ""
    assert neurosift(replace(TARGET, instance="local")) == ""
    assert neurosift(replace(TARGET, identifier=None)) == ""
    assert after_json(replace(TARGET, instance="local"), [])["neurosift"] is None
