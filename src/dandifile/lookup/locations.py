"""What the locations in NWB files are: for mice first the structures of the Allen atlas, else as in a spec.

Nothing that is not exact is taken. A word that is no single region is a fact as well: it is pinned with
what it may be, so that it is told the same everywhere, and asked about once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dandifile.lookup.client import Asks
from dandifile.lookup.facts import Lock, Term, Unsettled
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
from dandifile.lookup.wanted import pinned_location, section_of
from dandifile.model import Location

WHAT = "location"
"""What rows call it. One that is open stops nothing."""


@dataclass(frozen=True)
class SettledLocation:
    """The fact of one word, None where nobody could be asked; and the row that tells it."""

    fact: Term | Unsettled | None
    row: LookupRow


def find_location(location: Location, client: Asks) -> TermOutcome:
    """The region that a file's word is."""
    structure = find_structure(location.word) if location.mouse else None
    return structure or find_term(location.word, TermKind.REGION, client)


def settle_locations(
    wanted: Iterable[Location], lock: Lock, outcomes: Mapping[Location, TermOutcome], today: str
) -> Iterator[SettledLocation]:
    """A fact for each word: as it is pinned, unless it was looked up and came out otherwise."""
    for each in wanted:
        before, outcome = pinned_location(each, lock), outcomes.get(each)
        if outcome is None or (before and isinstance(outcome, Unchecked)):
            assert before
            yield SettledLocation(before, _pinned_row(before))
            continue
        fact, row = _fact(each, outcome, today), _row(outcome)
        same = before is not None and fact is not None and replace(fact, checked=before.checked) == before
        yield SettledLocation(before if same else fact, replace(row, pinned=same))


def _fact(location: Location, outcome: TermOutcome, today: str) -> Term | Unsettled | None:
    about = section_of(location)
    if isinstance(outcome, Unchecked):
        return None
    if isinstance(outcome, Matched):
        term = outcome.term
        return replace(term, asked=location.word, about=about, checked=term.checked or today)
    return Unsettled(location.word, about, _why(outcome), today)


def _row(outcome: TermOutcome) -> LookupRow:
    """As for a term of a spec, but that nobody has to write an id in its place."""
    row = replace(outcome_row(outcome), what=WHAT)
    if isinstance(outcome, Matched | Unchecked):
        return row
    state = LookupState.DOUBTFUL if isinstance(outcome, Foreign) else row.state
    return replace(row, state=state, found="", notes=(_why(outcome),))


def _why(outcome: Choice | Retired | Absent | Foreign) -> str:
    """Why a word is no single region, and what it may be."""
    match outcome:
        case Choice(why=why):
            said = why
        case Retired(id=id_, label=label):
            said = f"{label} ({id_}) is obsolete"
        case Absent():
            said = "UBERON has no region of that name"
        case Foreign():
            said = "an id of no OBO ontology, which nobody here can check"
    perhaps = " or ".join(map(_offer, candidates_of(outcome)))
    return f"{said}; perhaps {perhaps}" if perhaps else said


def _offer(candidate: Candidate) -> str:
    said = f"{candidate.id} {candidate.label}"
    return f"{said} ({candidate.why})" if candidate.why else said


def _pinned_row(fact: Term | Unsettled) -> LookupRow:
    if isinstance(fact, Term):
        return replace(term_row(fact, pinned=True), what=WHAT)
    return LookupRow(WHAT, fact.asked, LookupState.DOUBTFUL, notes=(fact.why,), pinned=True)
