"""The regions of locations in NWB files: for mice first from the Allen atlas, else like terms of a spec.

Only exact matches count. A word that does not identify one region is pinned as well, with the regions that it
may mean, so that all machines report the same and the services are asked only once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dandifile.lookup.client import Asker
from dandifile.lookup.facts import Lock, Term, Unsettled, keep_if_same
from dandifile.lookup.rows import LookupRow, LookupState, outcome_row, term_row
from dandifile.lookup.terms.allen import find_structure
from dandifile.lookup.terms.outcome import (
    Absent,
    Candidate,
    Choice,
    Foreign,
    Matched,
    Retired,
    TermKind,
    TermOutcome,
    Unchecked,
    candidates_of,
)
from dandifile.lookup.terms.search import find_term
from dandifile.lookup.wanted import about_of, pinned_location
from dandifile.model import Location

WHAT = "location"
"""What rows call it. An open one does not stop a plan."""


@dataclass(frozen=True)
class SettledLocation:
    """The fact about one word, None if OLS could not be asked, and its row."""

    fact: Term | Unsettled | None
    row: LookupRow


def find_location(location: Location, client: Asker) -> TermOutcome:
    """Find the region of a word in a file."""
    structure = find_structure(location.word) if location.mouse else None
    return structure or find_term(location.word, TermKind.REGION, client)


def settle_locations(
    wanted: Iterable[Location], lock: Lock, outcomes: Mapping[Location, TermOutcome], today: str
) -> Iterator[SettledLocation]:
    """A fact for each word: the pinned one, unless it was looked up again and the result differs."""
    for each in wanted:
        before, outcome = pinned_location(each, lock), outcomes.get(each)
        if outcome is None or (before and isinstance(outcome, Unchecked)):
            assert before
            yield SettledLocation(before, _pinned_row(before))
            continue
        found = _fact(each, outcome, today)
        fact = keep_if_same(before, found) if found else None
        yield SettledLocation(fact, replace(_row(outcome), pinned=fact is not None and fact is before))


def _fact(location: Location, outcome: TermOutcome, today: str) -> Term | Unsettled | None:
    about = about_of(location)
    if isinstance(outcome, Unchecked):
        return None
    if isinstance(outcome, Matched):
        term = outcome.term
        return replace(term, asked=location.word, about=about, checked=term.checked or today)
    return Unsettled(location.word, about, _why(outcome), today)


def _row(outcome: TermOutcome) -> LookupRow:
    """Like the row of a term in a spec, but without the request to write an id instead."""
    row = replace(outcome_row(outcome), what=WHAT)
    if isinstance(outcome, Matched | Unchecked):
        return row
    state = LookupState.DOUBTFUL if isinstance(outcome, Foreign) else row.state
    return replace(row, state=state, found="", notes=(_why(outcome),))


def _why(outcome: Choice | Retired | Absent | Foreign) -> str:
    """Why a word does not identify one region, and what it may mean."""
    match outcome:
        case Choice(why=why):
            said = why
        case Retired(id=id_, label=label):
            said = f"{label} ({id_}) is obsolete"
        case Absent():
            said = "UBERON has no region of that name"
        case Foreign():
            said = "not the id of an OBO ontology, so it cannot be checked"
    perhaps = " or ".join(map(_candidate_text, candidates_of(outcome)))
    return f"{said}; perhaps {perhaps}" if perhaps else said


def _candidate_text(candidate: Candidate) -> str:
    said = f"{candidate.id} {candidate.label}"
    return f"{said} ({candidate.why})" if candidate.why else said


def _pinned_row(fact: Term | Unsettled) -> LookupRow:
    if isinstance(fact, Term):
        return replace(term_row(fact, pinned=True), what=WHAT)
    return LookupRow(WHAT, fact.asked, LookupState.DOUBTFUL, notes=(fact.why,), pinned=True)
