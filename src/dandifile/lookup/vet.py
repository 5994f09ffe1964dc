"""A paper in the light of what ORCID and ROR say of the ids in it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from dandifile.lookup.authors import full_name
from dandifile.lookup.facts import (
    Affiliation,
    Author,
    Funder,
    InstitutionStatus,
    Lock,
    Paper,
    PersonStatus,
)
from dandifile.lookup.matching import split_otherwise
from dandifile.lookup.names import split

_Placed = TypeVar("_Placed", Affiliation, Funder)


def vetted(paper: Paper, lock: Lock) -> tuple[Paper, list[str]]:
    """The paper with ids that hold, and what was changed about them.

    A deprecated ORCID iD, and a withdrawn ROR id with one successor, give way to it; ids that
    are unknown are dropped. An institution that is no more stays the one that the authors
    worked at. A funder gets ROR's name. What could not be asked stays.
    """
    warnings: list[str] = []
    authors = tuple(_author(author, lock, warnings) for author in paper.authors)
    funders = tuple(_funder(funder, lock, warnings) for funder in paper.funders)
    return replace(paper, authors=authors, funders=funders), list(dict.fromkeys(warnings))


def _author(author: Author, lock: Lock, warnings: list[str]) -> Author:
    affiliations = tuple(_placed(each, lock, warnings) for each in author.affiliations)
    author = replace(author, affiliations=affiliations)
    person = lock.person(author.orcid) if author.orcid else None
    if author.guessed and person and person.name and split_otherwise(person.name, full_name(author)):
        name = split(person.name)  # people know their own family name
        author = replace(author, family=name.family, given=name.given, guessed=False)
    if person and person.status is PersonStatus.DEPRECATED and person.successor:
        warnings.append(f"{full_name(author)}: ORCID iD {author.orcid} is now {person.successor}")
        return replace(author, orcid=person.successor)
    if person and person.status is PersonStatus.UNKNOWN:
        warnings.append(f"{full_name(author)}: ORCID has no {author.orcid}; it is left out")
        return replace(author, orcid="", orcid_from="")
    return author


def _funder(funder: Funder, lock: Lock, warnings: list[str]) -> Funder:
    funder = _placed(funder, lock, warnings)
    known = lock.institution(funder.ror) if funder.ror else None
    return replace(funder, name=known.name) if known and known.name else funder


def _placed(item: _Placed, lock: Lock, warnings: list[str]) -> _Placed:
    known = lock.institution(item.ror) if item.ror else None
    if known and known.status is InstitutionStatus.UNKNOWN:
        warnings.append(f"{item.name}: ROR has no {item.ror}; it is left out")
        return replace(item, ror="")
    if known and known.status is InstitutionStatus.WITHDRAWN and len(known.successors) == 1:
        warnings.append(f"{item.name}: {item.ror} was withdrawn for {known.successors[0]}")
        return replace(item, ror=known.successors[0])
    return item


def concerns(papers: Sequence[Paper]) -> list[str]:
    """What the services noticed of the papers, and papers that belong to them and are not named."""
    named = {paper.doi for paper in papers}
    told = [f"{paper.doi}: {warning}" for paper in papers for warning in paper.warnings]
    return told + [
        f"{paper.doi}: {'has a preprint' if each.relation == 'preprint' else 'was published as'} {each.doi};"
        " name it under `doi` too if the dandiset belongs to both"
        for paper in papers
        for each in paper.related
        if each.doi not in named
    ]
