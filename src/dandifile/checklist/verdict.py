"""What a rule of the checklist is, what it answers, and how it looks into a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from dandifile.model import Json, JsonObject


class Verdict(StrEnum):
    PASSED = "pass"
    FAILED = "fail"
    UNKNOWN = "unknown"  # a service was not reached, or only a person can judge


@dataclass(frozen=True)
class Evidence:
    """What the document alone does not say. An id that is not here was not looked up, and counts as good.

    `orcids` (bare iDs) and `rors` (URLs) give the status that the lock holds: `valid` and `active` are good,
    `unreachable` is not known, everything else is bad. `regions_in_files`: assets get regions from NWB files,
    and not all of these are known.
    """

    orcids: Mapping[str, str] = field(default_factory=dict)
    rors: Mapping[str, str] = field(default_factory=dict)
    regions_on_assets: bool = False
    regions_in_files: bool = False


@dataclass(frozen=True)
class Judgement:
    """What one rule says of a document: what it found and, unless it passes, what to write and where."""

    verdict: Verdict
    found: str
    fix: str = ""


Check: TypeAlias = Callable[[JsonObject, Evidence], Judgement]


def document_only(check: Callable[[JsonObject], Judgement]) -> Check:
    """A check that needs no evidence beyond the document."""
    return lambda document, _evidence: check(document)


@dataclass(frozen=True)
class Rule:
    """`title` says what should be there, `why` what it is good for."""

    title: str
    why: str
    check: Check


@dataclass(frozen=True)
class RuleResult:
    """One row of the checklist."""

    rule: str
    title: str
    verdict: Verdict
    found: str
    why: str
    fix: str


def success(found: str) -> Judgement:
    return Judgement(Verdict.PASSED, found)


def failure(found: str, fix: str) -> Judgement:
    return Judgement(Verdict.FAILED, found, fix)


def doubt(found: str, fix: str) -> Judgement:
    return Judgement(Verdict.UNKNOWN, found, fix)


SHOWN = 3
"""Names in a message; the others are counted."""


def objects(document: JsonObject, key: str) -> list[JsonObject]:
    """The objects in a list; of what may be absent, null or of another type."""
    return [item for item in _as_list(document.get(key)) if isinstance(item, dict)]


def texts(document: JsonObject, key: str) -> list[str]:
    """The texts in a list, or the one text: trimmed, without empty ones."""
    trimmed = (item.strip() for item in _as_list(document.get(key)) if isinstance(item, str))
    return [item for item in trimmed if item]


def text(document: JsonObject, key: str) -> str:
    value = document.get(key)
    return value.strip() if isinstance(value, str) else ""


def has_role(contributor: JsonObject, role: str) -> bool:
    return f"dcite:{role}" in texts(contributor, "roleName")


def people(document: JsonObject) -> list[JsonObject]:
    """Contributors who are people."""
    return [item for item in objects(document, "contributor") if item.get("schemaKey", "Person") == "Person"]


def organizations(document: JsonObject) -> list[JsonObject]:
    return [item for item in objects(document, "contributor") if item.get("schemaKey") == "Organization"]


def authors(document: JsonObject) -> list[JsonObject]:
    """People who are cited or have the role Author; the checklist asks more of them."""
    return [p for p in people(document) if p.get("includeInCitation") is True or has_role(p, "Author")]


def names_of(items: Sequence[JsonObject]) -> str:
    """`Doe, Jane; Roe, Richard; and 4 more`."""
    return some_of([text(item, "name").strip(" ,") or "(no name)" for item in items])


def some_of(names: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(names))
    shown = distinct[:SHOWN]
    if more := len(distinct) - len(shown):
        shown.append(f"and {more} more")
    return "; ".join(shown)


def _as_list(value: Json) -> list[Json]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
