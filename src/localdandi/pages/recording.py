"""The facts that lead an asset's page: whom and what it was recorded from, when and how."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from localdandi.document import Json, JsonObject
from localdandi.pages.documents import Link, natural, objects, terms, text, texts, web_url_or_none
from localdandi.pages.subjects import session_of, subjects_of

Facts = list[tuple[str, list[Link]]]
"""Titles with their values; what is not known is not there."""

_DURATION = re.compile(
    r"P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")


def facts(
    path: str, document: JsonObject, subject_url: Callable[[str], str | None], devices: list[Link]
) -> Facts:
    """What an asset's metadata says, the most telling first; `devices` are those that its content names."""
    names = subjects_of(path, document.get("wasAttributedTo"))
    session = session_of(path, document.get("wasGeneratedBy"))
    found: Facts = [
        ("Subject", [Link(name, subject_url(name)) for name in names]),
        ("Session", [Link(session)] if session else []),
        ("Recorded", [Link(when(start)) for start in _starts(document)]),
        *about_subjects([document]),
        ("Devices", _devices(document) or devices),
        ("Approach", _links(document.get("approach"))),
        ("Technique", _links(document.get("measurementTechnique"))),
        ("Variables", _variables(document.get("variableMeasured"))),
        ("About the session", [Link(one) for one in _descriptions(document)]),
        ("Type", [Link(one) for one in [text(document.get("encodingFormat"))] if one]),
    ]
    return [(title, values) for title, values in found if values]


def about_subjects(documents: Iterable[JsonObject]) -> Facts:
    """What is said of the subjects of some assets, each value once."""
    participants = [
        one
        for document in documents
        for one in objects(document.get("wasAttributedTo"))
        if one.get("schemaKey", "Participant") == "Participant"
    ]
    ages = set(filter(None, (age_in_words(one.get("age")) for one in participants)))
    found: Facts = [
        ("Age", [Link(age) for age in sorted(ages, key=natural)]),
        ("Species", _each(participants, "species")),
        ("Sex", _each(participants, "sex")),
        ("Genotype", _each(participants, "genotype")),
        ("Strain", _each(participants, "strain")),
    ]
    return [(title, values) for title, values in found if values]


def _each(participants: list[JsonObject], field: str) -> list[Link]:
    values = (one.get(field) for one in participants)
    return list(dict.fromkeys(link for value in values for link in _links([value]) or _plain(value)))


def _links(values: Json) -> list[Link]:
    return [Link(one.name, one.url) for one in terms(values)]


def _variables(values: Json) -> list[Link]:
    names = [text(one.get("value")) for one in objects(values)] + list(texts(values))
    return [Link(name) for name in names if name]


def _plain(value: Json) -> list[Link]:
    return [Link(one) for one in (texts(value) or ([text(value)] if text(value) else []))]


def age_in_words(age: Json) -> str:
    """`P90D` of a PropertyValue as `90 days`; `P80D/P100D` as `80 days to 100 days`; else as it is."""
    if not isinstance(age, dict):
        return ""
    ends = [_duration(end) for end in text(age.get("value")).split("/")]
    words = " to ".join(end for end in ends if end)
    reference = age.get("valueReference")
    gestational = isinstance(reference, dict) and text(reference.get("value")).endswith(
        "GestationalReference"
    )
    return f"{words} of gestation" if gestational and words else words


def _duration(value: str) -> str:
    found = _DURATION.fullmatch(value)
    if not found or not any(found.groups()):
        return value
    parts = [(amount, unit) for amount, unit in zip(found.groups(), _UNITS, strict=True) if amount]
    return ", ".join(f"{amount} {unit}{'' if float(amount) == 1 else 's'}" for amount, unit in parts)


def when(stamp: str) -> str:
    """`2024-03-01T10:30:00+00:00` as `2024-03-01 10:30 (UTC+00:00)`, anything else as it is."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?", stamp)
    if not found:
        return stamp
    zone = {"Z": " UTC", "+00:00": " UTC", None: ""}.get(found[3], f" (UTC{found[3]})")
    return f"{found[1]} {found[2]}{zone}"


def _sessions(document: JsonObject) -> list[JsonObject]:
    return [one for one in objects(document.get("wasGeneratedBy")) if one.get("schemaKey") == "Session"]


def _starts(document: JsonObject) -> list[str]:
    return [text(one.get("startDate")) for one in _sessions(document) if text(one.get("startDate"))]


def _descriptions(document: JsonObject) -> list[str]:
    return [text(one.get("description")) for one in _sessions(document) if text(one.get("description"))]


def _devices(document: JsonObject) -> list[Link]:
    used = (thing for one in objects(document.get("wasGeneratedBy")) for thing in objects(one.get("used")))
    return [
        Link(text(one.get("name")), web_url_or_none(one.get("url"))) for one in used if text(one.get("name"))
    ]
