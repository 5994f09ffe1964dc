"""What extracting metadata has to say about one file's content: remarks, and values that it cannot take."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from dandifile.model import JsonObject


class Remark(NamedTuple):
    """As a finding of validation: `severity` is a name of `model.Severity`, `within` a place in the file."""

    check: str
    message: str
    severity: str
    within: str = "/"

    def as_finding(self) -> JsonObject:
        return dict(self._asdict())


class RefusedValueError(Exception):
    """A value that cannot be put into the metadata: why, and what to do.

    Both are the same for every file with that value, so that they can be told once for all of them.
    """

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix


Reason: TypeAlias = tuple[str, str]
"""What is wrong with a file, and what to do about it."""
