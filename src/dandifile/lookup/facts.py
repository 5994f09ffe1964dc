"""What a lookup finds: the contents of the lock, and their JSON form. Pure.

Frozen, plain text, in no service's own form. Texts that are not known are "", and left out of the JSON.
Dates are days, `2026-11-20`. A ROR id is its URL, an ORCID iD is bare, a DOI has the form of
`doi.normal_doi`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum, StrEnum
from typing import Any, TypeVar

from dandifile.model import Json, JsonObject

PAPER_KINDS = {
    "article": "JournalArticle",
    "preprint": "Preprint",
    "dataset": "Dataset",
    "software": "Software",
    "book": "Book",
    "book chapter": "BookChapter",
    "dissertation": "Dissertation",
    "report": "Report",
    "peer review": "PeerReview",
    "conference paper": "ConferencePaper",
    "other": "Text",
}
"""What a paper can be, and DANDI's resource type for it."""


@dataclass(frozen=True)
class Affiliation:
    """Where an author works. `inferred`: the paper's own texts do not say so, only OpenAlex does."""

    name: str
    ror: str = ""
    inferred: bool = False


@dataclass(frozen=True)
class Author:
    """A person (`family` and `given`), or a consortium (`collective` and its `name`).

    A person whose name could not be split has only a `name`. `guessed`: the name came in one piece, so
    where the family name begins is a guess. `orcid_from` says where the ORCID iD comes from:
    `authenticated` and `deposited` came with the paper, `inferred` is OpenAlex's own guess.
    """

    family: str = ""
    given: str = ""
    suffix: str = ""
    name: str = ""
    collective: bool = False
    orcid: str = ""
    orcid_from: str = ""
    corresponding: bool = False
    guessed: bool = False
    affiliations: tuple[Affiliation, ...] = ()


@dataclass(frozen=True)
class Funder:
    """One award of one funder. A funder without a known award has one entry as well.

    `doi` is the funder's own in Crossref's registry, `10.13039/…`.
    """

    name: str
    ror: str = ""
    doi: str = ""
    award: str = ""


class Relation(StrEnum):
    PREPRINT = "preprint"  # the other one is a preprint of this
    PUBLISHED = "published as"  # the other one is the article that this preprint became


@dataclass(frozen=True)
class Related:
    doi: str
    relation: Relation


@dataclass(frozen=True)
class Paper:
    """A paper as the services know it.

    `kind` is one of `PAPER_KINDS`. `source` is the service that gave it. `filled` names the fields that it
    left out and another service gave: (field, service).
    """

    doi: str
    title: str
    kind: str
    source: str = ""
    fetched: str = ""
    filled: tuple[tuple[str, str], ...] = ()
    published: str = ""
    license: str = ""
    abstract: str = ""
    authors: tuple[Author, ...] = ()
    funders: tuple[Funder, ...] = ()
    related: tuple[Related, ...] = ()
    warnings: tuple[str, ...] = ()


class PersonStatus(StrEnum):
    VALID = "valid"
    UNKNOWN = "unknown"  # ORCID has no such record
    DEPRECATED = "deprecated"  # replaced by `successor`
    LOCKED = "locked"
    DEACTIVATED = "deactivated"
    UNCLAIMED = "unclaimed"
    UNREACHABLE = "unreachable"  # not known: ORCID could not be asked


@dataclass(frozen=True)
class Person:
    """What ORCID says about an iD. `name` is the public one, "Last, First" where both are public."""

    orcid: str
    status: PersonStatus
    name: str = ""
    successor: str = ""
    checked: str = ""


class InstitutionStatus(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"  # the institution no longer exists
    WITHDRAWN = "withdrawn"  # the record was a mistake or a duplicate
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Institution:
    """What ROR says about an id. `successors` are ROR ids, none or several."""

    ror: str
    status: InstitutionStatus
    name: str = ""
    successors: tuple[str, ...] = ()
    checked: str = ""


@dataclass(frozen=True)
class Term:
    """A term of an ontology: the text that was looked up, and what was found.

    `asked` is a text of the spec, with `about` regions, disorders, cell_types or phenotypes; or a word of
    NWB files, with `about` locations or mouse_locations. `match` says how it was found (`id`, `label`,
    `exact synonym`, …), `source` where.
    """

    asked: str
    about: str
    id: str  # CURIE
    iri: str
    label: str
    match: str
    source: str
    checked: str = ""


@dataclass(frozen=True)
class Unsettled:
    """A word of an NWB file that does not identify a region, and `why`, with the terms that it may mean."""

    asked: str
    about: str
    why: str
    checked: str = ""


_Fact = TypeVar("_Fact", bound=Paper | Person | Institution | Term | Unsettled)


def keep_if_same(old: _Fact | None, new: _Fact) -> _Fact:
    """`old` if `new` differs only in the day of the lookup, so that the lock stays as it is; else `new`."""
    if old is None or type(old) is not type(new):
        return new
    day: JsonObject = {"fetched": new.fetched} if isinstance(new, Paper) else {"checked": new.checked}
    return old if replace(old, **day) == new else new


@dataclass(frozen=True)
class Identifier:
    """A dandiset that was created from this spec, by environment and archive."""

    environment: str
    api_url: str
    identifier: str


@dataclass(frozen=True)
class PublishedAs:
    """A version that was published from this spec's dandiset, by environment and archive.

    `doi` is bare, and "" where the archive registers none. `published` is the day.
    """

    environment: str
    api_url: str
    identifier: str
    version: str
    url: str
    citation: str
    published: str
    doi: str = ""


@dataclass(frozen=True)
class Lock:
    """Everything that is pinned, in the order of the file."""

    papers: tuple[Paper, ...] = ()
    people: tuple[Person, ...] = ()
    institutions: tuple[Institution, ...] = ()
    terms: tuple[Term, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    published: tuple[PublishedAs, ...] = ()

    def paper(self, doi: str) -> Paper | None:
        return next((paper for paper in self.papers if paper.doi == doi), None)

    def person(self, orcid: str) -> Person | None:
        return next((person for person in self.people if person.orcid == orcid), None)

    def institution(self, ror: str) -> Institution | None:
        return next((institution for institution in self.institutions if institution.ror == ror), None)

    def term(self, asked: str, about: str) -> Term | None:
        return next((term for term in self.terms if (term.asked, term.about) == (asked, about)), None)

    def open_word(self, asked: str, about: str) -> Unsettled | None:
        return next((word for word in self.unsettled if (word.asked, word.about) == (asked, about)), None)


_KEPT_EMPTY = {(Identifier, "environment"), (PublishedAs, "environment"), (Paper, "title"), (Term, "label")}

SECTIONS = {
    "papers": ("doi",),
    "people": ("orcid",),
    "institutions": ("ror",),
    "terms": ("about", "asked"),
    "unsettled": ("about", "asked"),
    "identifiers": ("environment", "api_url"),
    "published": ("environment", "api_url", "identifier", "version"),
}
"""The sections of the lock in the file's order, and the keys that identify an entry in each."""


def lock_to_json(lock: Lock) -> dict[str, list[JsonObject]]:
    """The sections of the lock that are not empty."""
    sections = {part.name: getattr(lock, part.name) for part in fields(lock)}
    return {name: [_object_of(item) for item in items] for name, items in sections.items() if items}


def lock_from_json(document: JsonObject) -> Lock:
    """The lock in a document that is valid by its schema."""
    return Lock(
        papers=tuple(map(_paper_from, document.get("papers", ()))),
        people=tuple(_person_from(entry) for entry in document.get("people", ())),
        institutions=tuple(_institution_from(entry) for entry in document.get("institutions", ())),
        terms=tuple(Term(**entry) for entry in document.get("terms", ())),
        unsettled=tuple(Unsettled(**entry) for entry in document.get("unsettled", ())),
        identifiers=tuple(Identifier(**entry) for entry in document.get("identifiers", ())),
        published=tuple(PublishedAs(**entry) for entry in document.get("published", ())),
    )


def identity_of(section: str, entry: JsonObject) -> tuple[str, ...]:
    """What identifies an entry of a section: with the same values it is the same entry, before and after."""
    return tuple(str(entry.get(key, "")) for key in SECTIONS[section])


def _object_of(item: Any) -> JsonObject:
    known = {part.name: getattr(item, part.name) for part in fields(item)}
    return {
        name: _value_of(name, value)
        for name, value in known.items()
        if value not in ("", (), False) or (type(item), name) in _KEPT_EMPTY
    }


def _value_of(name: str, value: Any) -> Json:
    if name == "filled":
        return dict(value)
    if isinstance(value, tuple):
        return [_value_of("", each) for each in value]
    if is_dataclass(value):
        return _object_of(value)
    return value.value if isinstance(value, Enum) else value


def _paper_from(entry: JsonObject) -> Paper:
    parts: JsonObject = {
        "authors": tuple(map(_author_from, entry.get("authors", ()))),
        "funders": tuple(Funder(**funder) for funder in entry.get("funders", ())),
        "related": tuple(
            Related(each["doi"], Relation(each["relation"])) for each in entry.get("related", ())
        ),
        "filled": tuple(entry.get("filled", {}).items()),
        "warnings": tuple(entry.get("warnings", ())),
    }
    return Paper(**{**entry, **parts})


def _author_from(entry: JsonObject) -> Author:
    affiliations = tuple(Affiliation(**each) for each in entry.get("affiliations", ()))
    return Author(**{**entry, "affiliations": affiliations})


def _person_from(entry: JsonObject) -> Person:
    return Person(**{**entry, "status": PersonStatus(entry["status"])})


def _institution_from(entry: JsonObject) -> Institution:
    parts = {"status": InstitutionStatus(entry["status"]), "successors": tuple(entry.get("successors", ()))}
    return Institution(**{**entry, **parts})
