from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dandifile.lookup.facts import InstitutionStatus, Lock, PersonStatus
from dandifile.lookup.resolution import Resolution, resolve
from dandifile.lookup.rows import LookupRow, LookupState
from dandifile.lookup.terms.outcome import TermKind
from dandifile.lookup.wanted import Wanted, WantedTerm
from dandifile.run.state import MemoryCache
from tests.lookup.conftest import NOW
from tests.lookup.made_up import (
    COLUMBIA,
    DOI,
    JANE,
    NIH,
    OTHER,
    PREPRINT,
    RICHARD,
    SIMONS,
    TOULOUSE,
    all_well,
    openalex_work,
    orcid_person,
    ror_record,
)
from tests.lookup.replay import HURRIED, Replay, Said, text

Run = Callable[..., Resolution]
PAPER = Wanted(dois=(DOI,))


@pytest.fixture
def run(replay: Replay) -> Run:
    """Resolve against the replay server, with a new cache each time."""

    def go(wanted: Wanted, lock: Lock | None = None, **changed: Any) -> Resolution:
        known: dict[str, Any] = {"now": NOW, "patience": HURRIED}
        return resolve(wanted, lock or Lock(), replay.services, MemoryCache(), **(known | changed))

    return go


@pytest.fixture(autouse=True)
def services(replay: Replay) -> None:
    all_well(replay)


def row(resolution: Resolution, asked: str) -> LookupRow:
    return next(each for each in resolution.rows if each.asked == asked)


def test_a_doi_becomes_a_lock(run: Run) -> None:
    found = run(PAPER)
    assert [paper.doi for paper in found.lock.papers] == [DOI]
    assert [(person.orcid, person.status) for person in found.lock.people] == [
        (JANE, "valid"),
        (RICHARD, "valid"),
    ]
    assert {place.ror for place in found.lock.institutions} == {COLUMBIA, NIH, SIMONS, TOULOUSE}
    assert {each.state for each in found.rows} == {LookupState.FOUND}
    assert row(found, DOI).where == "OpenAlex, Crossref"
    assert row(found, JANE).found == "Doe, Jane"
    assert PREPRINT in found.warnings[0]


def test_what_is_pinned_is_not_asked_again(run: Run, replay: Replay) -> None:
    first = run(PAPER)
    asked = replay.count()
    second = run(PAPER, first.lock, now=NOW + timedelta(days=90))
    assert second.lock == first.lock
    assert replay.count() == asked
    assert all(each.pinned for each in second.rows if each.how in {"DOI", "id"})


@pytest.mark.parametrize(("what", "service"), [("doi", "openalex"), ("orcid", "orcid"), ("ror", "ror")])
def test_refreshing_the_same_facts_changes_nothing(run: Run, replay: Replay, what: str, service: str) -> None:
    first = run(PAPER)
    replay.asked.clear()
    second = run(PAPER, first.lock, refresh=frozenset({what}), now=NOW + timedelta(days=90))
    assert second.lock == first.lock
    assert replay.count(service) > 0
    assert replay.count("orcid" if service != "orcid" else "openalex") == 0


def test_refreshing_takes_what_is_new(run: Run, replay: Replay) -> None:
    first = run(PAPER)
    replay.says(f"openalex/works/doi:{DOI}", openalex_work(title="Corrected"))
    replay.says(f"orcid/{JANE}/person", Said(409, {"error-code": 9018}))
    later = run(PAPER, first.lock, refresh=frozenset({"doi", "orcid"}), now=NOW + timedelta(days=1))
    assert (later.lock.papers[0].title, later.lock.papers[0].fetched) == ("Corrected", "2026-11-21")
    assert [(each.status, each.checked) for each in later.lock.people] == [
        (PersonStatus.LOCKED, "2026-11-21"),
        (PersonStatus.VALID, "2026-11-20"),
    ]


def test_services_that_are_down_change_no_fact_and_are_reported(run: Run, replay: Replay) -> None:
    first = run(PAPER)
    for path in list(replay.answers):
        replay.says(path, text(503, "down"))
    second = run(PAPER, first.lock, refresh=frozenset({"doi", "orcid", "ror"}))
    assert second.lock == first.lock
    assert any("the lock keeps the record of" in note for note in row(second, DOI).notes)
    assert row(second, JANE).notes[0].startswith("ORCID: ")
    assert row(second, NIH).notes[0].startswith("ROR: ")


def test_one_registry_down_keeps_the_whole_pinned_paper(run: Run, replay: Replay) -> None:
    first = run(PAPER)
    replay.says(f"crossref/works/{DOI}", Said(500))
    assert run(PAPER, first.lock, refresh=frozenset({"doi"})).lock.papers == first.lock.papers


def test_who_could_not_be_asked_is_asked_the_next_time(run: Run, replay: Replay) -> None:
    replay.says(f"orcid/{JANE}/person", text(429, "quota"))
    wanted = Wanted(orcids=(JANE,), rors=(NIH,))
    first = run(wanted)
    assert first.lock.people[0].status is PersonStatus.UNREACHABLE
    assert row(first, JANE).state is LookupState.UNKNOWN
    replay.says(f"orcid/{JANE}/person", orcid_person())
    second = run(wanted, first.lock)
    assert second.lock.people[0].status is PersonStatus.VALID
    assert replay.count("ror") == 1


def test_verdicts_that_need_a_person_say_what_to_do(run: Run, replay: Replay) -> None:
    replay.says(
        f"orcid/{JANE}/person", Said(301, {"error-code": 9007}, headers={"Location": f"x/{OTHER}/person"})
    )
    replay.says(
        f"ror/organizations/{NIH[-9:]}", ror_record(NIH, "NIH", status="withdrawn", successors=(SIMONS,))
    )
    found = run(Wanted(orcids=(JANE, OTHER), rors=(NIH, "https://ror.org/04xeg9z08")))
    assert (row(found, JANE).state, OTHER in row(found, JANE).notes[0]) == (LookupState.DOUBTFUL, True)
    assert (row(found, OTHER).state, found.lock.people[1].status) == (
        LookupState.MISSING,
        PersonStatus.UNKNOWN,
    )
    assert (row(found, NIH).state, SIMONS in row(found, NIH).notes[0]) == (LookupState.DOUBTFUL, True)
    assert found.lock.institutions[1].status is InstitutionStatus.UNKNOWN


def test_an_orcid_of_somebody_else_is_reported(run: Run, replay: Replay) -> None:
    replay.says(f"orcid/{JANE}/person", orcid_person("Poe", "Edgar"))
    assert "Poe, Edgar" in row(run(PAPER), JANE).notes[0]


def test_a_paper_that_is_not_there_is_a_row_and_no_fact(run: Run, replay: Replay) -> None:
    found = run(Wanted(dois=("10.5555/nowhere",)))
    assert found.lock == Lock()
    assert (row(found, "10.5555/nowhere").state, "correct it" in row(found, "10.5555/nowhere").notes[0]) == (
        LookupState.MISSING,
        True,
    )


def test_funders_and_affiliations_get_their_ror_ids(run: Run, replay: Replay) -> None:
    replay.says(f"openalex/works/doi:{DOI}", Said(404))
    nih = ror_record(NIH, "National Institutes of Health", fundref="100000002")
    replay.says('ror/organizations?query.advanced=external_ids.all:"100000002"', {"items": [nih]})
    text_ = "Zuckerman Institute, Columbia University, New York"
    chosen = {"organization": ror_record(COLUMBIA, "Columbia University"), "chosen": True}
    replay.says(f"ror/organizations?affiliation={text_}", {"items": [chosen]})
    paper = run(PAPER).lock.papers[0]
    assert [funder.ror for funder in paper.funders] == [NIH, NIH, ""]
    assert paper.funders[0].name == "National Institutes of Health"
    assert paper.authors[0].affiliations[0].ror == COLUMBIA
    assert row(run(PAPER), text_).how == "affiliation"


def test_a_ror_that_is_down_keeps_the_ids_that_were_found(run: Run, replay: Replay) -> None:
    test_funders_and_affiliations_get_their_ror_ids(run, replay)
    first = run(PAPER)
    for path in list(replay.answers):
        if path.startswith("ror/"):
            replay.says(path, Said(500))
    second = run(PAPER, first.lock, refresh=frozenset({"doi"}))
    assert second.lock == first.lock
    assert "--refresh doi" in row(second, DOI).notes[0]


def test_offline_only_what_is_pinned_is_known(run: Run, replay: Replay) -> None:
    known = run(PAPER).lock
    replay.asked.clear()
    found = run(replace(PAPER, orcids=(OTHER,)), known, offline=True)
    assert found.lock.papers == known.papers
    assert found.lock.people[-1].status is PersonStatus.UNREACHABLE
    assert "offline" in row(found, OTHER).notes[0]
    assert replay.count() == 0


def test_terms_are_pinned_and_what_is_not_exact_is_not(run: Run) -> None:
    wanted = Wanted(
        terms=(
            WantedTerm("nucleus accumbens", TermKind.REGION),
            WantedTerm("no such thing at all", TermKind.REGION),
        )
    )
    found = run(wanted, offline=True)
    assert [(term.asked, term.id, term.checked) for term in found.lock.terms] == [
        ("nucleus accumbens", "UBERON:0001882", "2026-11-20")
    ]
    assert row(found, "no such thing at all").state is LookupState.UNKNOWN
    again = run(wanted, found.lock, offline=True, refresh=frozenset({"terms"}), now=NOW + timedelta(days=9))
    assert again.lock == found.lock


def test_order_is_kept_and_new_ones_come_behind(run: Run) -> None:
    first = run(Wanted(rors=(SIMONS, NIH))).lock
    second = run(Wanted(rors=(COLUMBIA, NIH, SIMONS)), first).lock
    assert [place.ror for place in second.institutions] == [SIMONS, NIH, COLUMBIA]
    third = run(Wanted(rors=(COLUMBIA, NIH)), second).lock
    assert [place.ror for place in third.institutions] == [NIH, COLUMBIA]


SOUND = [
    f"https://ror.org/0{number:06d}{98 - int(str(number), 32) * 100 % 97:02d}" for number in range(1, 13)
]


def test_services_are_asked_at_once_and_no_more_than_they_allow(run: Run, replay: Replay) -> None:
    for ror in SOUND:
        replay.says(f"ror/organizations/{ror[-9:]}", Said(body=ror_record(ror, "X"), delay=0.05))
    found = run(Wanted(rors=tuple(SOUND)))
    assert {place.status for place in found.lock.institutions} == {"active"}
    assert 1 < replay.at_once["ror"] <= 4


def test_a_quota_that_is_used_up_is_met_only_by_those_under_way(run: Run, replay: Replay) -> None:
    orcids = [f"0000-0000-0000-{number:04d}" for number in range(40)]  # whoever they are
    for orcid in orcids:
        replay.says(f"orcid/{orcid}/person", text(429, "quota"))
    found = run(Wanted(orcids=tuple(orcids)))
    assert {person.status for person in found.lock.people} == {"unreachable"}
    assert replay.count("orcid") <= 4


def test_each_question_is_asked_once(run: Run, replay: Replay) -> None:
    run(Wanted(dois=(DOI, DOI), orcids=(JANE, JANE, RICHARD), rors=(NIH, NIH)))
    paths = [each.path for each in replay.asked if "?" not in each.path and not each.query]
    assert len(paths) == len(set(paths))
