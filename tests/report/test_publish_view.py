"""What is shown of a publication: what would be made of the draft, what prevents it, and what came of it."""

from __future__ import annotations

from dataclasses import replace

from dandifile.model import Blocker, Obstacle, Publication, Readiness, Target
from dandifile.report.publish_view import blocked_text, outcome_text, prospect_text, publish_json

TARGET = Target("dandi", "https://api.dandiarchive.org/api", "https://dandiarchive.org", "000123", "Cells")
URL = "https://dandiarchive.org/dandiset/000123/0.260101.1200"
DOI = "10.48324/dandi.000123/0.260101.1200"
MADE = Publication("0.260101.1200", URL, "Doe, Jane (2026) Cells", "2026-01-01", 12, 3_400_000, DOI, "# New")
DRAFT = {
    "asset_count": 1,
    "size": 10,
    "metadata": {
        "citation": "Doe, Jane (2026) Cells (Version draft) [Data set]. DANDI Archive. https://x/000123/draft",
        "url": "https://x/000123/draft",
    },
}


def test_a_version_is_shown_as_it_is_quoted() -> None:
    assert outcome_text(TARGET, MADE, "dandiset.lock.yaml", made=True, noted=True).plain.splitlines() == [
        "published  0.260101.1200 of 000123 (12 assets, 3.4 MB)",
        f"doi        {DOI}",
        f"page       {URL}",
        "citation   Doe, Jane (2026) Cells",
        "lock       dandiset.lock.yaml has it; commit that",
        "",
        "release notes",
        "  # New",
    ]


def test_one_that_was_there_is_said_to_be_so() -> None:
    text = " ".join(outcome_text(TARGET, MADE, "dandiset.lock.yaml", made=False, noted=False).plain.split())
    assert "Nothing to publish. The draft has not changed since its last version." in text
    assert ("commit" in text, "# New" in text) == (False, False)


def test_an_archive_without_dois_and_one_without_pages() -> None:
    text = outcome_text(TARGET, replace(MADE, doi=""), "", made=True, noted=False).plain
    assert ("doi        none yet; where the archive" in text, "lock" in text) == (True, False)
    embedded = replace(TARGET, instance="local", web_url="")
    text = outcome_text(embedded, replace(MADE, url=""), "", made=True, noted=False).plain
    assert "a rehearsal: the embedded archive registers no DOI" in text
    assert "run `dandifile archive serve`, then open /dandiset/000123/0.260101.1200 there" in text
    found = publish_json(embedded, Readiness("Valid"), "", replace(MADE, url="", doi=""), lock="")
    assert (found["published"]["url"], found["published"]["doi"], found["lock"]) == (None, None, None)


def test_the_citation_of_a_draft_leaves_room_for_version_and_doi() -> None:
    text = " ".join(prospect_text(TARGET, DRAFT, "", ("a note",)).plain.split())
    assert "Cells (Version …) [Data set]. DANDI Archive. https://doi.org/… note a note" in text
    assert "--notes auto" in text
    assert "draft as it is now: 1 asset, 10 B" in text


def test_release_notes_cannot_move_the_cursor() -> None:
    text = prospect_text(TARGET, DRAFT, "one\n\n\x1b[2Jtwo", ()).plain
    assert ("\x1b" in text, "two" in text) == (False, True)


def test_what_only_takes_time_is_not_counted_as_a_reason() -> None:
    waits = Blocker(Obstacle.PENDING, "not validated", "the draft", "wait")
    assert "the archive is still at work" in blocked_text(TARGET, Readiness("Pending", (waits,))).plain
    wrong = Blocker(Obstacle.ZARR, "a Zarr", "a.zarr", "another dandiset")
    text = blocked_text(TARGET, Readiness("Pending", (wrong, waits), ("a note",))).plain
    for part in ("for 2 reasons", "! zarr", "? pending", "another dandiset", "note: a note"):
        assert part in text


def test_what_the_plan_will_change_is_not_also_called_unchanged() -> None:
    plan = Blocker(Obstacle.PLAN, "2 changes", "dandiset.yaml", "apply")
    same = Blocker(Obstacle.UNCHANGED, "nothing to publish", "its page", "apply first")
    text = blocked_text(TARGET, Readiness("Published", (plan, same))).plain
    assert ("for 1 reason:" in text, "unchanged" in text) == (True, False)
