"""What a search for a term can give, and how each result is reported.

Only `Matched` is an answer. Each of the others needs something from the user, and `message_of` says what.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from dandifile.lookup.facts import Term

BROWSER = "https://www.ebi.ac.uk/ols4"


class TermKind(StrEnum):
    """What a term describes, named as in the spec and in `facts.Term.about`."""

    REGION = "regions"
    DISORDER = "disorders"
    CELL_TYPE = "cell_types"
    PHENOTYPE = "phenotypes"

    @property
    def prefix(self) -> str:
        """The ontology in which names of this kind are looked up, as its CURIEs begin."""
        return _PREFIX[self]

    @property
    def noun(self) -> str:
        """One of them, for messages."""
        return _NOUN[self]


_PREFIX = {
    TermKind.REGION: "UBERON",
    TermKind.DISORDER: "DOID",
    TermKind.CELL_TYPE: "CL",
    TermKind.PHENOTYPE: "HP",
}
_NOUN = {
    TermKind.REGION: "brain region",
    TermKind.DISORDER: "disorder",
    TermKind.CELL_TYPE: "cell type",
    TermKind.PHENOTYPE: "phenotype",
}


@dataclass(frozen=True)
class Candidate:
    """A term that may be meant, and why, such as "related synonym"."""

    id: str  # CURIE
    label: str
    why: str = ""


@dataclass(frozen=True)
class Matched:
    """The term, and all of its exact names: its label and its exact synonyms."""

    term: Term
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Open:
    """The text that was looked up did not give a term."""

    asked: str
    kind: TermKind


@dataclass(frozen=True)
class Choice(Open):
    """The text may mean any of these terms, of which there may be none; `why` says why none is used."""

    why: str
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Retired(Open):
    """An obsolete term. With `replaced` there is one successor, else they are its ontology's suggestions."""

    id: str
    label: str
    successors: tuple[Candidate, ...] = ()
    replaced: bool = False


@dataclass(frozen=True)
class Absent(Open):
    """There is no such term: OLS was asked as well. `near` are terms with similar names."""

    near: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Unchecked(Open):
    """Not known: the shipped tables do not have it, and OLS could not be reached, and `why`."""

    why: str
    near: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Foreign(Open):
    """An IRI or a CURIE from outside the OBO ontologies: used as written, for it cannot be checked."""


TermOutcome: TypeAlias = Matched | Choice | Retired | Absent | Unchecked | Foreign


def candidates_of(outcome: TermOutcome) -> tuple[Candidate, ...]:
    """The terms that an outcome names, including the matched one."""
    match outcome:
        case Matched(term):
            return (Candidate(term.id, term.label, term.match),)
        case Choice(candidates=candidates) | Retired(successors=candidates):
            return candidates
        case Absent(near=candidates) | Unchecked(near=candidates):
            return candidates
        case Foreign():
            return ()


def message_of(outcome: TermOutcome) -> tuple[str, str] | None:
    """What is wrong and what to do next; None for a match. Why OLS was not asked is `Unchecked.why`."""
    match outcome:
        case Matched():
            return None
        case Retired():
            return _obsolete_message(outcome)
        case Choice(asked, kind, why, candidates):
            return f"{asked!r} does not identify a {kind.noun}: {why}", _choose(candidates) or _look_up(kind)
        case Absent(asked, kind, near):
            return f"{kind.prefix} has no {kind.noun} {asked!r}", _choose(near) or _look_up(kind)
        case Unchecked(asked, kind, _, near):
            what = f"dandifile's tables have no {kind.noun} {asked!r}, and OLS could not be reached"
            return what, _choose(near) or "run again when OLS can be reached"
        case Foreign(asked, kind):
            what = f"{asked!r} is used as written: only ids of OBO ontologies can be checked"
            return what, f"if {kind.prefix} has this {kind.noun}, write the id from there"


def _obsolete_message(term: Retired) -> tuple[str, str]:
    name = f"{term.id} ({term.label})" if term.label else term.id
    asked = term.asked.strip()
    what = f"{name} is obsolete" if asked == term.id else f"{asked!r} is {name}, which is obsolete"
    if not term.successors:
        return what, _look_up(term.kind)
    which = "it was replaced: write" if term.replaced else "write one that its ontology suggests:"
    return what, f"{which} {_list(term.successors)}"


def _choose(candidates: Iterable[Candidate]) -> str:
    listed = _list(candidates)
    return f"write the id of the one that you mean: {listed}" if listed else ""


def _look_up(kind: TermKind) -> str:
    return f"look for it at {BROWSER} and write its id ({kind.prefix}:…)"


def _list(candidates: Iterable[Candidate]) -> str:
    return ", ".join(map(_candidate_text, candidates))


def _candidate_text(candidate: Candidate) -> str:
    details = ", ".join(filter(None, (candidate.label, candidate.why)))
    return f"{candidate.id} ({details})" if details else candidate.id
