"""Names and ids against the shipped tables: pure, offline, and never a guess."""

from __future__ import annotations

from collections.abc import Iterable

from dandifile.identifiers import obo_iri
from dandifile.lookup.facts import Term
from dandifile.lookup.terms.outcome import Candidate, Choice, Kind, Matched, Outcome, Retired
from dandifile.lookup.terms.reviewed import Reviewed, common_names
from dandifile.lookup.terms.spelled import curie, is_abbreviation, key
from dandifile.lookup.terms.table import Row, Table, table

OURS = "dandifile's own list"


def by_label(asked: str, kind: Kind) -> Outcome | None:
    """The exact label, else what a review says of the name: some synonyms mislead."""
    found = table(kind)
    if found and (ids := found.labels.get(key(asked))):
        return _one_of(asked, kind, found, ids, "label")
    if kind is Kind.REGION and (row := common_names().get(key(asked))):
        return reviewed(asked, row, "common name")
    return None


def by_synonym(asked: str, kind: Kind) -> Outcome | None:
    """The exact synonym; one that is an abbreviation is only offered."""
    found = table(kind)
    ids = found.synonyms.get(key(asked)) if found else None
    if found is None or not ids:
        return None
    if is_abbreviation(asked):
        return Choice(asked, kind, "an abbreviation", _candidates(found, ids, "exact synonym"))
    return _one_of(asked, kind, found, ids, "exact synonym")


def by_retired_name(asked: str, kind: Kind) -> Outcome | None:
    """The obsolete term that had the name as a label or a synonym."""
    found = table(kind)
    ids = found.retired.get(key(asked)) if found else None
    return by_id(asked, ids[0], kind) if ids else None


def by_id(asked: str, id_: str, kind: Kind) -> Matched | Retired | None:
    """The term of a CURIE, where the table has it."""
    found = table(kind)
    row = found.rows.get(id_) if found else None
    if found is None or row is None:
        return None
    if row.obsolete:
        successors = [row.replaced_by] if row.replaced_by else list(row.consider)
        ids = (curie(successor) or successor for successor in successors)
        candidates = _candidates(found, (id_ for id_ in ids if not _obsolete(found, id_)))
        return Retired(asked, kind, id_, row.label, candidates, replaced=bool(row.replaced_by))
    return matched(asked, kind, row, "id", found.source)


def reviewed(asked: str, row: Reviewed, how: str) -> Outcome:
    """What a review says of a region's name. `how` is said in the lock."""
    found = table(Kind.REGION)
    assert found, "regions are shipped"
    if row.take:
        return matched(asked, Kind.REGION, found.rows[row.ids[0]], how, f"{OURS}, {found.source}")
    return Choice(asked, Kind.REGION, row.why, _candidates(found, row.ids))


def matched(asked: str, kind: Kind, row: Row, how: str, source: str) -> Matched:
    iri = obo_iri(row.id)
    term = Term(asked=asked, about=kind.value, id=row.id, iri=iri, label=row.label, match=how, source=source)
    return Matched(term, row.names)


def _obsolete(found: Table, id_: str) -> bool:
    row = found.rows.get(id_)
    return bool(row and row.obsolete)


def _one_of(asked: str, kind: Kind, found: Table, ids: list[str], how: str) -> Outcome:
    if len(ids) == 1:
        return matched(asked, kind, found.rows[ids[0]], how, found.source)
    return Choice(asked, kind, f"the {how} of several terms", _candidates(found, ids, how))


def _candidates(found: Table, ids: Iterable[str], why: str = "") -> tuple[Candidate, ...]:
    return tuple(found.candidate(id_, why) for id_ in ids)
