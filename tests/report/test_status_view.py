"""What the archive says of a draft, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dandifile.model import Blocker, Health, Obstacle, Overview, Plan, Readiness, Target
from dandifile.report.readiness_view import MOST_BLOCKERS
from dandifile.report.sessions_view import sessions_by_subject
from dandifile.report.status_view import (
    links_json,
    links_text,
    neurosift_url,
    status_json,
)
from tests.report.shown import status_text

TARGET = Target("dandi", "https://api.dandiarchive.org/api", "https://dandiarchive.org", "000001", "T")
WRONG = Blocker(Obstacle.METADATA, "license: it is missing", "license", "add `license:`")
ASSET = Blocker(
    Obstacle.ASSETS, "1 asset is not valid: keywords: 5 is not of type 'array'", "sub-1/a.nwb", "correct it",
    ("sub-1/a.nwb",), ("raw/s1.nwb",),
)  # fmt: skip


def blocked(*codes: str) -> tuple[Blocker, ...]:
    return tuple(Blocker(Obstacle(code), f"{code} prevents it", "here", "mend it") for code in codes)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Readiness("Valid"), "Valid, ready to publish"),
        (
            Readiness("Valid", blocked("plan")),
            "Valid, ready to publish as it is now, not as the spec declares it",
        ),
        (Readiness("Valid", blocked("pending")), "Valid, not finished yet: run `dandifile status --watch`"),
        (Readiness("Valid", blocked("assets")), "Valid, not ready to publish"),
        (Readiness("Valid", blocked("assets", "pending")), "Valid, not ready to publish"),
        (Readiness("Invalid", blocked("metadata")), "Invalid, not ready to publish"),
        (
            Readiness("Pending", blocked("pending")),
            "Pending, not finished yet: run `dandifile status --watch`",
        ),
        (
            Readiness("Valid", blocked("releasing", "pending")),
            "Valid, not finished yet: run `dandifile status --watch`",
        ),
        (
            Readiness("Publishing", blocked("publishing")),
            "Publishing: change nothing until that is done",
        ),
        (Readiness("Published", blocked("unchanged")), "Published, and unchanged since its last version"),
        (
            Readiness("Published", blocked("plan", "unchanged")),
            "Published, and unchanged since its last version",
        ),
    ],
)
def test_whether_it_can_be_published(given: Readiness, said: str) -> None:
    lines = status_text(Plan(TARGET), given, Overview(), ()).plain.splitlines()
    assert f"The archive's own validation: {said}" in lines
    found = status_json(Health(given.status), given, Overview(), TARGET, ())
    assert found["validation"]["ready"] == ("ready to publish" in said and "not ready" not in said)
    assert found["readiness"]["ready"] == (said == "Valid, ready to publish")


def test_every_blocker_has_its_place_file_and_fix() -> None:
    text = status_text(Plan(TARGET), Readiness("Invalid", (WRONG, ASSET)), Overview(), ()).plain
    for part in ("license", "license: it is missing", "add `license:`"):
        assert part in text
    for part in ("sub-1/a.nwb", "keywords: 5 is not of type 'array'", "file: raw/s1.nwb", "correct it"):
        assert part in text
    assert (
        "not on this machine"
        in status_text(Plan(TARGET), Readiness("Valid", blocked("assets")), Overview(), ()).plain
    )


def test_notes_are_shown_below() -> None:
    assert (
        "note: 1 upload"
        in status_text(Plan(TARGET), Readiness("Valid", (), ("1 upload",)), Overview(), ()).plain
    )


def test_many_blockers_are_folded() -> None:
    many = Readiness(
        "Invalid",
        tuple(replace(WRONG, what=f"wrong {number}") for number in range(MOST_BLOCKERS + 5)),
    )
    assert "and 6 more; -v shows all" in status_text(Plan(TARGET), many, Overview(), ()).plain
    assert "wrong 14" in status_text(Plan(TARGET), many, Overview(), (), verbose=True).plain


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
