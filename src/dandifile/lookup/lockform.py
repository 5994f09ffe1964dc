"""The lock's facts as JSON and back. Pure. What is not known is left out; keys are in the nouns' order."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from dandifile.lookup.facts import (
    Affiliation,
    Author,
    Funder,
    Identifier,
    Institution,
    InstitutionStatus,
    Lock,
    Paper,
    Person,
    PersonStatus,
    Related,
    Relation,
    Term,
    Unsettled,
)
from dandifile.model import Json, JsonObject

_KEPT_EMPTY = {(Identifier, "environment"), (Paper, "title"), (Term, "label")}

SECTIONS = {
    "papers": ("doi",),
    "people": ("orcid",),
    "institutions": ("ror",),
    "terms": ("about", "asked"),
    "unsettled": ("about", "asked"),
    "identifiers": ("environment", "api_url"),
}
"""The lock's lists in the file's order, and the keys that say what an entry of each is about."""


def to_json(lock: Lock) -> dict[str, list[JsonObject]]:
    """The sections of the lock that hold something."""
    sections = {part.name: getattr(lock, part.name) for part in fields(lock)}
    return {name: [_object(item) for item in items] for name, items in sections.items() if items}


def from_json(document: JsonObject) -> Lock:
    """A lock from a document that its schema has passed."""
    return Lock(
        papers=tuple(map(_paper, document.get("papers", ()))),
        people=tuple(_person(entry) for entry in document.get("people", ())),
        institutions=tuple(_institution(entry) for entry in document.get("institutions", ())),
        terms=tuple(Term(**entry) for entry in document.get("terms", ())),
        unsettled=tuple(Unsettled(**entry) for entry in document.get("unsettled", ())),
        identifiers=tuple(Identifier(**entry) for entry in document.get("identifiers", ())),
    )


def identity(section: str, entry: JsonObject) -> tuple[str, ...]:
    """What an entry of a section is about: two entries of one identity are one entry, before and after."""
    return tuple(str(entry.get(key, "")) for key in SECTIONS[section])


def _object(item: Any) -> JsonObject:
    known = {part.name: getattr(item, part.name) for part in fields(item)}
    return {
        name: _value(name, value)
        for name, value in known.items()
        if value not in ("", (), False) or (type(item), name) in _KEPT_EMPTY
    }


def _value(name: str, value: Any) -> Json:
    if name == "filled":
        return dict(value)
    if isinstance(value, tuple):
        return [_value("", each) for each in value]
    if is_dataclass(value):
        return _object(value)
    return value.value if isinstance(value, Enum) else value


def _paper(entry: JsonObject) -> Paper:
    parts: JsonObject = {
        "authors": tuple(map(_author, entry.get("authors", ()))),
        "funders": tuple(Funder(**funder) for funder in entry.get("funders", ())),
        "related": tuple(
            Related(each["doi"], Relation(each["relation"])) for each in entry.get("related", ())
        ),
        "filled": tuple(entry.get("filled", {}).items()),
        "warnings": tuple(entry.get("warnings", ())),
    }
    return Paper(**{**entry, **parts})


def _author(entry: JsonObject) -> Author:
    affiliations = tuple(Affiliation(**each) for each in entry.get("affiliations", ()))
    return Author(**{**entry, "affiliations": affiliations})


def _person(entry: JsonObject) -> Person:
    return Person(**{**entry, "status": PersonStatus(entry["status"])})


def _institution(entry: JsonObject) -> Institution:
    parts = {"status": InstitutionStatus(entry["status"]), "successors": tuple(entry.get("successors", ()))}
    return Institution(**{**entry, **parts})
