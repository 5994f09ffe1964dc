"""From a name or an id to a term: the shipped tables, then OLS4. Only exact names and ids give a match."""

from __future__ import annotations

from dataclasses import replace

from dandifile.identifiers import is_foreign_id, ontology_curie, ontology_of
from dandifile.lookup.client import Asker
from dandifile.lookup.facts import Term
from dandifile.lookup.terms import allen, ols, shipped
from dandifile.lookup.terms.outcome import (
    Absent,
    Candidate,
    Choice,
    Foreign,
    Matched,
    TermKind,
    TermOutcome,
    Unchecked,
    candidates_of,
)
from dandifile.lookup.terms.tables import name_key

MOST = 6  # candidates where no term has the name


def find_term(text: str, kind: TermKind, client: Asker) -> TermOutcome:
    """Find the term of a name, a CURIE or an OBO IRI.

    `client` is asked only for what the tables lack; with an offline client that is `Unchecked`.
    """
    if id_ := ontology_curie(text):
        return _by_id(text, id_, kind, client)
    if is_foreign_id(text):
        return Foreign(text, kind)
    return shipped.by_label(text, kind) or _by_synonym(text, kind) or _by_name_in_ols(text, kind, client)


def name_mismatch(name: str, term: Term) -> str:
    """The warning where a spec gives `name` and `term`'s id, and the name is not known as a name of it.

    "" where it is the term's label or a synonym in the shipped tables.
    """
    row = shipped.by_id(term.asked, term.id, TermKind(term.about))
    known = row if isinstance(row, Matched) else Matched(term, (term.label,))
    if is_name_of(name, known):
        return ""
    return f"{known.term.id} is {known.term.label!r}, but the spec calls it {name!r}"


def is_name_of(name: str, found: Matched) -> bool:
    """Whether a name is one of the term's, for a spec that gives both an id and a name."""
    if name_key(name) in map(name_key, found.names):
        return True
    known = shipped.by_label(name, TermKind(found.term.about))
    return isinstance(known, Matched) and known.term.id == found.term.id


def _by_id(text: str, id_: str, kind: TermKind, client: Asker) -> TermOutcome:
    for other in TermKind:
        if other.prefix == ontology_of(id_) and other is not kind:
            return Choice(
                text, kind, f"it is the id of a {other.noun}; ids of a {kind.noun} begin with {kind.prefix}"
            )
    return shipped.by_id(text, id_, kind) or ols.by_id(text, id_, kind, client)


def _by_synonym(text: str, kind: TermKind) -> TermOutcome | None:
    """The term with this exact synonym. A region must be the same in the Allen atlas, if it has the name."""
    found = shipped.by_synonym(text, kind)
    atlas = allen.find_in_spec(text) if kind is TermKind.REGION else None
    if found is None or atlas is None:
        return found or atlas
    meant = _union(candidates_of(atlas), candidates_of(found))
    if len(meant) == 1:
        return found if isinstance(found, Matched) else atlas
    return Choice(text, kind, "a name of several structures", meant)


def _by_name_in_ols(text: str, kind: TermKind, client: Asker) -> TermOutcome:
    """What OLS has for a name that no live term of the tables has."""
    if retired := shipped.by_retired_name(text, kind):
        return retired
    found = ols.by_name(text, kind, client)
    if isinstance(found, Absent | Unchecked):
        return replace(found, near=_union(shipped.near_terms(text, kind), found.near))
    return found


def _union(*several: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Each term once, as in its first place."""
    by_id: dict[str, Candidate] = {}
    for candidates in several:
        for candidate in candidates:
            by_id.setdefault(candidate.id, candidate)
    return tuple(by_id.values())[:MOST]
