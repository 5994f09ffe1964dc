"""Expected errors. Anything that is not a `UserError` is a bug and keeps its traceback.

A `UserError` says what is wrong, where, and what to do next; one `boundary`
prints it and turns it into an exit code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """What a command's exit code means; a CI job can rely on it."""

    DONE = 0  # done, or nothing to do
    FAILED = 1  # a step failed; the rest was done; run again
    CHANGES = 2  # with --detailed-exitcode: there are changes
    INPUT = 3  # usage, spec, credentials, unreachable archive
    BLOCKED = 4  # validation, policy, a guard, a stale plan
    INTERRUPTED = 130
    UNREAD = 141  # the reader of the output ended, as `head` does


class UserError(Exception):
    """Something that the user can mend. `fix` is the next thing to do, as an imperative."""

    exit_code = Exit.INPUT

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix
        for label, text in (("at", where), ("hint", fix)):
            if text:
                self.add_note(f"{label}: {text}")  # shown below the message, where it is not caught


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a file: `where` is file:line:column or a JSON path."""

    where: str
    what: str
    fix: str = ""


class SpecError(UserError):
    """The spec, the lock or a plan file cannot be used as it is; holds every problem at once."""

    def __init__(self, what: str, problems: Sequence[Problem], *, fix: str = "") -> None:
        super().__init__(what, fix=fix)
        self.problems = tuple(problems)
        for problem in self.problems:
            fix = f" ({problem.fix})" if problem.fix else ""
            self.add_note(f"{problem.where}: {problem.what}{fix}")


class CredentialsError(UserError):
    """No key, a key that the archive refuses, or one that lacks the right."""


class ArchiveError(UserError):
    """The archive cannot be reached (`status` None) or said no (`status` is the HTTP code)."""

    def __init__(self, what: str, *, status: int | None = None, where: str = "", fix: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.status = status


class DataError(UserError):
    """A file of the lab's cannot be read or used."""


class GivenUpError(DataError):
    """A file on which a step hung or crashed: it was given up, and the others went on."""


class UnfinishedError(UserError):
    """What the archive was asked to do did not come about, or not as it should: look, and run again."""

    exit_code = Exit.FAILED


class BlockedError(UserError):
    """A guard, a policy or a stale plan: nothing was written."""

    exit_code = Exit.BLOCKED
