"""What a spec needs from the services, and what of it a lock lacks. Pure, and light for every plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dandifile.identifiers import is_foreign_id
from dandifile.lookup.facts import Lock, Term, Unsettled
from dandifile.lookup.terms.outcome import TermKind
from dandifile.model import Location


@dataclass(frozen=True)
class WantedTerm:
    """A name, CURIE or IRI as in the spec, and what it describes."""

    asked: str
    about: TermKind


@dataclass(frozen=True)
class Wanted:
    """What a spec names. DOIs, ORCID iDs and ROR ids are in normal form; duplicates are allowed.

    `locations` are those in NWB files, if the spec takes regions from them.
    """

    dois: tuple[str, ...] = ()
    orcids: tuple[str, ...] = ()
    rors: tuple[str, ...] = ()
    terms: tuple[WantedTerm, ...] = ()
    locations: tuple[Location, ...] = ()


def can_be_pinned(asked: str) -> bool:
    """Whether a term can be in the lock at all."""
    return not is_foreign_id(asked)


def missing_from(wanted: Wanted, lock: Lock) -> tuple[str, ...]:
    """What the lock does not have, in words. What is pinned is not missing, even if nothing was found."""
    return tuple(dict.fromkeys(_unpinned_texts(wanted, lock)))


def _unpinned_texts(wanted: Wanted, lock: Lock) -> Iterator[str]:
    papers = [lock.paper(doi) for doi in wanted.dois]
    yield from (f"doi {doi}" for doi, paper in zip(wanted.dois, papers, strict=True) if paper is None)
    authors = [author for paper in papers if paper for author in paper.authors]
    places = [place.ror for author in authors for place in author.affiliations]
    paying = [funder.ror for paper in papers if paper for funder in paper.funders]
    people = _not_empty(author.orcid for author in authors)
    yield from (f"ORCID iD {each}" for each in (*wanted.orcids, *people) if lock.person(each) is None)
    yield from (
        f"ROR id {each}"
        for each in (*wanted.rors, *_not_empty(places + paying))
        if lock.institution(each) is None
    )
    for term in wanted.terms:
        if lock.term(term.asked, term.about) is None:
            yield f"{term.about.noun} {term.asked}"
    for location in wanted.locations:
        if pinned_location(location, lock) is None:
            yield f"location {location.word}"


def about_of(location: Location) -> str:
    """The `about` of a file's word in the lock: one acronym may be two regions in two species."""
    return "mouse_locations" if location.mouse else "locations"


def pinned_location(location: Location, lock: Lock) -> Term | Unsettled | None:
    key = (location.word, about_of(location))
    return lock.term(*key) or lock.open_word(*key)


def pinned_locations(lock: Lock) -> tuple[Location, ...]:
    """All locations that are pinned."""
    facts: tuple[Term | Unsettled, ...] = (*lock.terms, *lock.unsettled)
    found = (Location(fact.asked, mouse) for fact in facts for mouse in (False, True))
    return tuple(each for each in dict.fromkeys(found) if pinned_location(each, lock))


def _not_empty(ids: Iterable[str]) -> list[str]:
    return [each for each in ids if each]
