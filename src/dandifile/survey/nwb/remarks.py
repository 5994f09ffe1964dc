"""What the reading of an NWB file has to say about it: defects, values that are refused, and remarks.

No text here names the file, so that the same fault in many files is reported once, with a count.
"""

from __future__ import annotations

from typing import NamedTuple

from dandifile.model import JsonObject


class Defect(NamedTuple):
    """Why a file cannot be used, and what to do about it."""

    reason: str
    fix: str

    @property
    def message(self) -> str:
        """Both in one line, for findings."""
        return f"{self.reason} ({self.fix})"


class RefusedValueError(Exception):
    """A value that the metadata cannot hold."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.defect = Defect(reason, fix)


class NwbRemark(NamedTuple):
    """A finding of extraction: `severity` is a name of `model.Severity`, `within` a place in the file."""

    check: str
    message: str
    severity: str
    within: str = "/"

    def as_finding(self) -> JsonObject:
        return dict(self._asdict())


def and_more(count: int) -> str:
    """The end of a message about the first of several defects; `count` are the others."""
    return f" (and {count:,} more like it)" if count else ""
