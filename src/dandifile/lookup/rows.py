"""The result of a lookup as rows for a table, one for each thing that was looked up. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dandifile.lookup.authors import can_be_same, is_same_name
from dandifile.lookup.facts import (
    Affiliation,
    Institution,
    InstitutionStatus,
    Paper,
    Person,
    PersonStatus,
    Term,
)
from dandifile.lookup.services import TITLES
from dandifile.lookup.terms.outcome import Absent, Foreign, Matched, TermOutcome, Unchecked, message_of
from dandifile.words import quantity


class LookupState(StrEnum):
    """How a lookup ended."""

    FOUND = "found"
    DOUBTFUL = "doubtful"  # found, but somebody should look at it
    MISSING = "missing"  # the service does not have it
    UNKNOWN = "unknown"  # no service could be asked


@dataclass(frozen=True)
class LookupRow:
    """`what` it is, what was `asked` and `found`, `where` and `how`. `pinned`: it is in the lock already."""

    what: str
    asked: str
    state: LookupState
    found: str = ""
    where: str = ""
    how: str = ""
    notes: tuple[str, ...] = ()
    pinned: bool = False


def paper_row(paper: Paper, notes: Iterable[str] = (), *, pinned: bool) -> LookupRow:
    parts = [
        paper.kind,
        paper.published,
        quantity(len(paper.authors), "author"),
        quantity(len(paper.funders), "award"),
    ]
    where = ", ".join(dict.fromkeys([paper.source, *(service for _, service in paper.filled)]))
    found = f"{paper.title} ({', '.join(filter(None, parts))})"
    names = ", ".join(TITLES[service] for service in where.split(", ") if service)
    return LookupRow("paper", paper.doi, LookupState.FOUND, found, names, "DOI", tuple(notes), pinned)


def no_paper_row(doi: str, notes: Iterable[str], *, unreachable: bool) -> LookupRow:
    return LookupRow(
        "paper", doi, LookupState.UNKNOWN if unreachable else LookupState.MISSING, notes=tuple(notes)
    )


def person_row(person: Person, author: str, why: str = "", *, pinned: bool) -> LookupRow:
    """`author` has this iD in the paper, or is ""; `why` says why ORCID could not be asked, or is ""."""
    note = {
        PersonStatus.UNKNOWN: "ORCID has no such record: correct it, or leave it out",
        PersonStatus.DEPRECATED: f"replaced by {person.successor or 'another one'}: use that one",
        PersonStatus.LOCKED: "locked by ORCID: ask the person",
        PersonStatus.DEACTIVATED: "closed by its owner: ask the person",
        PersonStatus.UNCLAIMED: "not yet claimed by its owner",
    }.get(person.status)
    state = {
        PersonStatus.VALID: LookupState.FOUND,
        PersonStatus.UNKNOWN: LookupState.MISSING,
        PersonStatus.UNREACHABLE: LookupState.UNKNOWN,
    }.get(person.status, LookupState.DOUBTFUL)
    is_other = (
        author and person.name and not (is_same_name(author, person.name) or can_be_same(author, person.name))
    )
    other = f"ORCID says that this is {person.name}, but the paper says {author}" if is_other else None
    notes = tuple(filter(None, (note, other, why)))
    return LookupRow("ORCID iD", person.orcid, state, person.name or author, "ORCID", "id", notes, pinned)


def institution_row(place: Institution, why: str = "", *, pinned: bool) -> LookupRow:
    successors = " or ".join(place.successors)
    instead = f": use {successors}" if successors else ""
    note = {
        InstitutionStatus.UNKNOWN: "ROR has no such record: correct it, or leave it out",
        InstitutionStatus.INACTIVE: f"the institution no longer exists{instead}",
        InstitutionStatus.WITHDRAWN: f"ROR has withdrawn it{instead}",
    }.get(place.status)
    state = {
        InstitutionStatus.ACTIVE: LookupState.FOUND,
        InstitutionStatus.UNKNOWN: LookupState.MISSING,
        InstitutionStatus.UNREACHABLE: LookupState.UNKNOWN,
    }.get(place.status, LookupState.DOUBTFUL)
    notes = tuple(filter(None, (note, why)))
    return LookupRow("ROR id", place.ror, state, place.name, "ROR", "id", notes, pinned)


def ror_rows(matched: Mapping[str, Affiliation]) -> list[LookupRow]:
    """Funders and affiliations whose ROR id was found, by the DOI or text in the request."""
    return [
        LookupRow(
            "ROR id",
            asked,
            LookupState.FOUND,
            f"{place.name} ({place.ror})",
            "ROR",
            "funder DOI" if asked.startswith("10.13039/") else "affiliation",
        )
        for asked, place in matched.items()
    ]


def term_row(term: Term, notes: Iterable[str] = (), *, pinned: bool) -> LookupRow:
    return LookupRow(
        "term",
        term.asked,
        LookupState.FOUND,
        f"{term.label} ({term.id})",
        term.source,
        term.match,
        tuple(notes),
        pinned,
    )


def outcome_row(outcome: TermOutcome) -> LookupRow:
    """The row of a term that is not pinned."""
    if isinstance(outcome, Matched):
        return term_row(outcome.term, pinned=False)
    if isinstance(outcome, Foreign):
        note = "used as written: only ids of OBO ontologies can be checked"
        return LookupRow("term", outcome.asked, LookupState.FOUND, outcome.asked, notes=(note,))
    states = {Absent: LookupState.MISSING, Unchecked: LookupState.UNKNOWN}
    state = states.get(type(outcome), LookupState.DOUBTFUL)
    return LookupRow("term", outcome.asked, state, notes=_notes(outcome))


def _notes(outcome: TermOutcome) -> tuple[str, ...]:
    """What is wrong and what to write; then why OLS was not asked, if it was not."""
    said = message_of(outcome)
    unasked = (outcome.why,) if isinstance(outcome, Unchecked) else ()
    return ("; ".join(said), *unasked) if said else ()
