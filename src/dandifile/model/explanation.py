"""Why something is planned, or is not: what is said about it, by whom and where, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dandifile.model.plan import Change
from dandifile.model.values import Json


class Voice(StrEnum):
    """Who says something."""

    SPEC = "spec"
    LOCK = "lock"
    FILE = "file"
    DRAFT = "draft"
    RECORD = "record"  # the note of the last apply from here
    MANIFEST = "manifest"
    CHECK = "check"  # validation
    RULE = "rule"  # how dandifile decides
    ARCHIVE = "archive"


class Verdict(StrEnum):
    """What the plan does about a thing."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    MOVE = "move"
    DELETE = "delete"
    UNCHANGED = "unchanged"  # it is as declared
    BLOCKED = "blocked"
    HELD = "held"  # a permit is missing
    NOT_DECLARED = "not_declared"  # so it stays as it is
    NOT_TAKEN = "not_taken"  # a file that becomes no asset
    ELSEWHERE = "elsewhere"  # not on this machine, so nothing is known


@dataclass(frozen=True)
class Saying:
    """One thing that is said: by whom, where (file:line:column, a path, a page; "" for a rule), and what.

    `value` is what is said to be so, where that is a value; None: it is all in the words.
    """

    voice: Voice
    says: str
    where: str = ""
    value: Json = None


@dataclass(frozen=True)
class Explanation:
    """One asset, file or field: what happens to it, all that led to that, and what would change it.

    `change` is the one that the plan has for it.
    """

    kind: str
    name: str
    verdict: Verdict
    sayings: tuple[Saying, ...] = ()
    remedies: tuple[str, ...] = ()
    change: Change | None = None
