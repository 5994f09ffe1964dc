"""Looking into a document that others may have written: anything can be absent, null or of another type."""

from __future__ import annotations

from collections.abc import Sequence

from dandifile.model import Json, JsonObject

SHOWN = 3
"""Names in a message; the others are counted."""


def objects(document: JsonObject, key: str) -> list[JsonObject]:
    """The objects of a list."""
    return [item for item in _list(document.get(key)) if isinstance(item, dict)]


def texts(document: JsonObject, key: str) -> list[str]:
    """The texts of a list, or the one text, trimmed and without empty ones."""
    trimmed = (item.strip() for item in _list(document.get(key)) if isinstance(item, str))
    return [item for item in trimmed if item]


def text(document: JsonObject, key: str) -> str:
    value = document.get(key)
    return value.strip() if isinstance(value, str) else ""


def has_role(contributor: JsonObject, role: str) -> bool:
    return f"dcite:{role}" in texts(contributor, "roleName")


def people(document: JsonObject) -> list[JsonObject]:
    """Contributors who are persons."""
    return [item for item in objects(document, "contributor") if item.get("schemaKey", "Person") == "Person"]


def organizations(document: JsonObject) -> list[JsonObject]:
    return [item for item in objects(document, "contributor") if item.get("schemaKey") == "Organization"]


def authors(document: JsonObject) -> list[JsonObject]:
    """Persons who are cited or have the role; of these the checklist asks more."""
    return [p for p in people(document) if p.get("includeInCitation") is True or has_role(p, "Author")]


def named(items: Sequence[JsonObject]) -> str:
    """`Doe, Jane; Roe, Richard; and 4 more`."""
    return some([text(item, "name").strip(" ,") or "(no name)" for item in items])


def some(names: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(names))
    shown = distinct[:SHOWN]
    if more := len(distinct) - len(shown):
        shown.append(f"and {more} more")
    return "; ".join(shown)


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 author`, `2 authors`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def _list(value: Json) -> list[Json]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
