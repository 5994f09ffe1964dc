"""From a name or an id to a term: the shipped tables, then OLS4. Nothing that is not exact is taken."""

from __future__ import annotations

from dataclasses import replace

from dandifile.lookup.client import Asks
from dandifile.lookup.terms import allen, ols, shipped
from dandifile.lookup.terms.near import near
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
from dandifile.lookup.terms.spelled import curie, is_foreign, key, prefix

MOST = 6  # terms that are offered for a name that none has


def find(text: str, kind: Kind, client: Asks) -> Outcome:
    """The term of a name, a CURIE or an OBO IRI, as far as it can be known.

    `client` is asked only for what the tables lack; an offline one makes that `Unchecked`.
    """
    if id_ := curie(text):
        return _by_id(text, id_, kind, client)
    if is_foreign(text):
        return Foreign(text, kind)
    return shipped.by_label(text, kind) or _by_synonym(text, kind) or _elsewhere(text, kind, client)


def goes_by(name: str, found: Matched) -> bool:
    """Whether a term may be called so, for a spec that gives both an id and a name."""
    if key(name) in map(key, found.names):
        return True
    known = shipped.by_label(name, Kind(found.term.about))
    return isinstance(known, Matched) and known.term.id == found.term.id


def offered(outcome: Outcome) -> tuple[Candidate, ...]:
    """The terms that an outcome names, the one that was matched included."""
    match outcome:
        case Matched(term):
            return (Candidate(term.id, term.label, term.match),)
        case Choice(candidates=candidates) | Retired(successors=candidates):
            return candidates
        case Absent(near=candidates) | Unchecked(near=candidates):
            return candidates
        case Foreign():
            return ()


def _by_id(text: str, id_: str, kind: Kind, client: Asks) -> Outcome:
    for other in Kind:
        if other.prefix == prefix(id_) and other is not kind:
            return Choice(
                text, kind, f"the id of a {other.noun}; those of a {kind.noun} begin with {kind.prefix}"
            )
    return shipped.by_id(text, id_, kind) or ols.by_id(text, id_, kind, client)


def _by_synonym(text: str, kind: Kind) -> Outcome | None:
    """An exact synonym; for a region, weighed against what the Allen atlas means by the same text."""
    found = shipped.by_synonym(text, kind)
    atlas = allen.in_a_spec(text) if kind is Kind.REGION else None
    if found is None or atlas is None:
        return found or atlas
    meant = _united(offered(atlas), offered(found))
    if len(meant) == 1:
        return found if isinstance(found, Matched) else atlas
    return Choice(text, kind, "a name of several structures", meant)


def _elsewhere(text: str, kind: Kind, client: Asks) -> Outcome:
    """What OLS says of a name that no live term of the tables has."""
    if retired := shipped.by_retired_name(text, kind):
        return retired
    found = ols.by_name(text, kind, client)
    if isinstance(found, Absent | Unchecked):
        return replace(found, near=_united(near(text, kind), found.near))
    return found


def _united(*several: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Each term once, as it was offered first."""
    by_id: dict[str, Candidate] = {}
    for candidates in several:
        for candidate in candidates:
            by_id.setdefault(candidate.id, candidate)
    return tuple(by_id.values())[:MOST]
