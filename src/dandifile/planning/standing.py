"""Where a planned change stands when the archive is looked at again."""

from __future__ import annotations

from enum import StrEnum

from dandifile.model import Json
from dandifile.planning.merge import same


class Standing(StrEnum):
    DUE = "due"  # as it was when the plan was made: do it
    DONE = "done"  # as the plan wants it already
    STALE = "stale"  # neither: what was reviewed is not what would be done


def standing(before: Json, after: Json, now: Json) -> Standing:
    """`after` is asked first: a change that was done may be done only once."""
    if same(after, now):
        return Standing.DONE
    if same(before, now):
        return Standing.DUE
    return Standing.STALE
