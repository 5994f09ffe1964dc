"""The nouns of the checklist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from dandifile.model import JsonObject


class Verdict(StrEnum):
    PASSED = "pass"
    FAILED = "fail"
    UNKNOWN = "unknown"  # a service was not reached, or only a person can judge


@dataclass(frozen=True)
class Facts:
    """What the document alone does not tell. What is not here was not looked up, and counts as good.

    `orcids` and `rors` give the status that the lock holds: `valid` or `active` are good,
    `unreachable` is not known, all else is bad. ORCID iDs are bare, RORs are URLs. `regions_in_files`:
    assets get regions from NWB files, and not all of these are known.
    """

    orcids: Mapping[str, str] = field(default_factory=dict)
    rors: Mapping[str, str] = field(default_factory=dict)
    regions_on_assets: bool = False
    regions_in_files: bool = False


@dataclass(frozen=True)
class Finding:
    """How a document does by one rule: what was found, and what to write where unless it passes."""

    verdict: Verdict
    found: str
    fix: str = ""


Check: TypeAlias = Callable[[JsonObject, Facts], Finding]


def alone(check: Callable[[JsonObject], Finding]) -> Check:
    """A check that needs no facts beside the document."""
    return lambda document, _facts: check(document)


@dataclass(frozen=True)
class Rule:
    """`title` says what should be so, `why` what for."""

    title: str
    why: str
    check: Check


@dataclass(frozen=True)
class Result:
    """One row of the checklist."""

    rule: str
    title: str
    verdict: Verdict
    found: str
    why: str
    fix: str


def passed(found: str) -> Finding:
    return Finding(Verdict.PASSED, found)


def failed(found: str, fix: str) -> Finding:
    return Finding(Verdict.FAILED, found, fix)


def unknown(found: str, fix: str) -> Finding:
    return Finding(Verdict.UNKNOWN, found, fix)
