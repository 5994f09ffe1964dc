"""What to tell of a name that is not a term yet: what is wrong, and what to write."""

from __future__ import annotations

from collections.abc import Iterable

from dandifile.lookup.terms.outcome import (
    Absent,
    Candidate,
    Choice,
    Foreign,
    Kind,
    Matched,
    Outcome,
    Retired,
    Unchecked,
)

BROWSER = "https://www.ebi.ac.uk/ols4"


def complaint(outcome: Outcome) -> tuple[str, str] | None:
    """What is wrong and what to do next; None for a match. Why nobody was asked is `Unchecked.why`."""
    match outcome:
        case Matched():
            return None
        case Retired():
            return _obsolete(outcome)
        case Choice(asked, kind, why, candidates):
            what = f"{asked!r} is not taken for a {kind.noun}: {why}"
            fix = (
                f"write the id of the one that is meant: {_listed(candidates)}" if candidates else _look(kind)
            )
        case Absent(asked, kind, near):
            what = f"{kind.prefix} has no {kind.noun} {asked!r}"
            fix = f"write the id of the one that is meant: {_listed(near)}" if near else _look(kind)
        case Unchecked(asked, kind, _, near):
            what = f"no {kind.noun} {asked!r} is known here, and nobody else could be asked"
            again = "run again when the service can be reached"
            fix = f"write the id of the one that is meant: {_listed(near)}" if near else again
        case Foreign(asked, kind):
            what = f"{asked!r} is kept as it is: only ids of OBO ontologies can be checked"
            fix = f"where {kind.prefix} has the {kind.noun}, write that id"
    return what, fix


def _obsolete(term: Retired) -> tuple[str, str]:
    name = f"{term.id} ({term.label})" if term.label else term.id
    asked = term.asked.strip()
    what = f"{name} is obsolete" if asked == term.id else f"{asked!r} is {name}, which is obsolete"
    if not term.successors:
        return what, _look(term.kind)
    which = "it was replaced: write" if term.replaced else "write one that its ontology suggests:"
    return what, f"{which} {_listed(term.successors)}"


def renamed(name: str, found: Matched) -> str:
    """The warning for a name that is not one of the id's (`find.goes_by`)."""
    return f"{found.term.id} is {found.term.label!r}; the spec calls it {name!r}"


def _listed(candidates: Iterable[Candidate]) -> str:
    return ", ".join(map(_one, candidates))


def _one(candidate: Candidate) -> str:
    said = ", ".join(filter(None, (candidate.label, candidate.why)))
    return f"{candidate.id} ({said})" if said else candidate.id


def _look(kind: Kind) -> str:
    return f"look for it at {BROWSER} and write its id ({kind.prefix}:…)"
