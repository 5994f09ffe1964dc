"""What the pinned records of ORCID and ROR say about the ids in papers and in the spec. Pure.

Every plan needs this, so that it imports the rest only where there is something to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from dandifile.lookup.facts import (
    Affiliation,
    Author,
    Funder,
    InstitutionStatus,
    Lock,
    Paper,
    PersonStatus,
)

_Placed = TypeVar("_Placed", Affiliation, Funder)


def update_ids(paper: Paper, lock: Lock) -> tuple[Paper, list[str]]:
    """The paper with its ids up to date, and a line for each change.

    A deprecated ORCID iD, and a withdrawn ROR id with one successor, are replaced by the new one. Unknown ids
    are removed. An institution that no longer exists stays, as the authors worked there. A funder gets ROR's
    name. An id that could not be checked stays.
    """
    warnings: list[str] = []
    authors = tuple(_update_author(author, lock, warnings) for author in paper.authors)
    funders = tuple(_update_funder(funder, lock, warnings) for funder in paper.funders)
    return replace(paper, authors=authors, funders=funders), list(dict.fromkeys(warnings))


def _update_author(author: Author, lock: Lock, warnings: list[str]) -> Author:
    from dandifile.lookup.authors import full_name, is_split_otherwise
    from dandifile.lookup.names import split_name

    affiliations = tuple(_update_ror(each, lock, warnings) for each in author.affiliations)
    author = replace(author, affiliations=affiliations)
    person = lock.person(author.orcid) if author.orcid else None
    if author.guessed and person and person.name and is_split_otherwise(person.name, full_name(author)):
        name = split_name(person.name)  # people know their own family name
        author = replace(author, family=name.family, given=name.given, guessed=False)
    if person and person.status is PersonStatus.DEPRECATED and person.successor:
        warnings.append(f"{full_name(author)}: ORCID iD {author.orcid} is now {person.successor}")
        return replace(author, orcid=person.successor)
    if person and person.status is PersonStatus.UNKNOWN:
        warnings.append(f"{full_name(author)}: ORCID has no record {author.orcid}, so it is left out")
        return replace(author, orcid="", orcid_from="")
    return author


def _update_funder(funder: Funder, lock: Lock, warnings: list[str]) -> Funder:
    funder = _update_ror(funder, lock, warnings)
    known = lock.institution(funder.ror) if funder.ror else None
    return replace(funder, name=known.name) if known and known.name else funder


def _update_ror(item: _Placed, lock: Lock, warnings: list[str]) -> _Placed:
    known = lock.institution(item.ror) if item.ror else None
    if known and known.status is InstitutionStatus.UNKNOWN:
        warnings.append(f"{item.name}: ROR has no record {item.ror}, so it is left out")
        return replace(item, ror="")
    if known and known.status is InstitutionStatus.WITHDRAWN and len(known.successors) == 1:
        warnings.append(f"{item.name}: {item.ror} was replaced by {known.successors[0]}")
        return replace(item, ror=known.successors[0])
    return item


_IN_ORDER = (
    PersonStatus.VALID,
    PersonStatus.UNREACHABLE,
    InstitutionStatus.ACTIVE,
    InstitutionStatus.UNREACHABLE,
)


def outdated_ids(names: Mapping[str, str], lock: Lock) -> Iterator[str]:
    """A line for each id that is no longer valid, or never was. `names` has the spec's names by normal id."""
    for id_, name in names.items():
        person, place = lock.person(id_), lock.institution(id_)
        if person and person.status not in _IN_ORDER:
            from dandifile.lookup.rows import person_row

            yield f"{name}: {id_}: {'; '.join(person_row(person, '', pinned=True).notes)}"
        if place and place.status not in _IN_ORDER:
            from dandifile.lookup.rows import institution_row

            yield f"{name}: {id_}: {'; '.join(institution_row(place, pinned=True).notes)}"


def mismatched_orcids(names: Mapping[str, str], lock: Lock) -> Iterator[str]:
    """A line for each ORCID iD that belongs to somebody with another name."""
    for id_, name in names.items():
        person = lock.person(id_)
        if person and person.name and name and person.name != name:
            from dandifile.lookup.authors import can_be_same, is_same_name

            if not (is_same_name(name, person.name) or can_be_same(name, person.name)):
                yield f"{name}: {id_} belongs to {person.name}, says ORCID"
