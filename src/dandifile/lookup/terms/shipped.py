"""Search the shipped tables by name and by id. Pure and offline; similar names are only candidates."""

from __future__ import annotations

from collections.abc import Iterable

from dandifile.identifiers import obo_iri, ontology_curie
from dandifile.lookup.facts import Term
from dandifile.lookup.terms.outcome import Candidate, Choice, Matched, Retired, TermKind, TermOutcome
from dandifile.lookup.terms.tables import (
    Reviewed,
    Table,
    TermRow,
    common_names,
    is_abbreviation,
    name_key,
    table,
)
from dandifile.spelling import similar_names

OURS = "dandifile's own list"


def by_label(asked: str, kind: TermKind) -> TermOutcome | None:
    """The term with this label, else what the reviewed list has for it, as some synonyms mislead."""
    found = table(kind)
    if found and (ids := found.labels.get(name_key(asked))):
        return _match_or_choice(asked, kind, found, ids, "label")
    if kind is TermKind.REGION and (row := common_names().get(name_key(asked))):
        return reviewed_outcome(asked, row, "common name")
    return None


def by_synonym(asked: str, kind: TermKind) -> TermOutcome | None:
    """The term with this exact synonym. For an abbreviation, a choice of the terms that have it."""
    found = table(kind)
    ids = found.synonyms.get(name_key(asked)) if found else None
    if found is None or not ids:
        return None
    if is_abbreviation(asked):
        return Choice(asked, kind, "an abbreviation", _candidates(found, ids, "exact synonym"))
    return _match_or_choice(asked, kind, found, ids, "exact synonym")


def by_retired_name(asked: str, kind: TermKind) -> TermOutcome | None:
    """The obsolete term that had the name as a label or a synonym."""
    found = table(kind)
    ids = found.retired.get(name_key(asked)) if found else None
    return by_id(asked, ids[0], kind) if ids else None


def by_id(asked: str, id_: str, kind: TermKind) -> Matched | Retired | None:
    """The term of a CURIE, where the table has it."""
    found = table(kind)
    row = found.rows.get(id_) if found else None
    if found is None or row is None:
        return None
    if row.obsolete:
        successors = [row.replaced_by] if row.replaced_by else list(row.consider)
        ids = (ontology_curie(successor) or successor for successor in successors)
        candidates = _candidates(found, (id_ for id_ in ids if not _is_obsolete(found, id_)))
        return Retired(asked, kind, id_, row.label, candidates, replaced=bool(row.replaced_by))
    return _match(asked, kind, row, "id", found.source)


def reviewed_outcome(asked: str, row: Reviewed, how: str) -> TermOutcome:
    """What the reviewed list says about a name of a region. `how` goes into the lock."""
    found = table(TermKind.REGION)
    assert found, "regions are shipped"
    if row.take:
        return _match(asked, TermKind.REGION, found.rows[row.ids[0]], how, f"{OURS}, {found.source}")
    return Choice(asked, TermKind.REGION, row.why, _candidates(found, row.ids))


def near_terms(name: str, kind: TermKind, most: int = 5) -> tuple[Candidate, ...]:
    """Terms of the shipped table with a similar name, the best first. For messages only."""
    found = table(kind)
    if found is None:
        return ()
    names = _all_names(found, kind)
    best: dict[str, Candidate] = {}
    for other in similar_names(name_key(name), names):
        for id_ in names[other]:
            best.setdefault(id_, found.candidate(id_, "" if other in found.labels else f"also “{other}”"))
    return tuple(best.values())[:most]


def _all_names(found: Table, kind: TermKind) -> dict[str, list[str]]:
    names = {**found.synonyms, **found.labels}
    if kind is TermKind.REGION:
        names |= {name: list(row.ids) for name, row in common_names().items() if row.take}
    return names


def _match(asked: str, kind: TermKind, row: TermRow, how: str, source: str) -> Matched:
    iri = obo_iri(row.id)
    term = Term(asked=asked, about=kind.value, id=row.id, iri=iri, label=row.label, match=how, source=source)
    return Matched(term, row.names)


def _is_obsolete(found: Table, id_: str) -> bool:
    row = found.rows.get(id_)
    return bool(row and row.obsolete)


def _match_or_choice(asked: str, kind: TermKind, found: Table, ids: list[str], how: str) -> TermOutcome:
    if len(ids) == 1:
        return _match(asked, kind, found.rows[ids[0]], how, found.source)
    return Choice(asked, kind, f"the {how} of several terms", _candidates(found, ids, how))


def _candidates(found: Table, ids: Iterable[str], why: str = "") -> tuple[Candidate, ...]:
    return tuple(found.candidate(id_, why) for id_ in ids)
