"""What surrounds a draft: who owns it, who sees it, and what has changed since it was last published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dandifile.model.comparison import Comparison
from dandifile.model.remote import OPEN


@dataclass(frozen=True)
class Overview:
    """What `status` shows next to the plan and the readiness.

    `expected` are the paths of all assets that files here, or lines of the manifest, are to be. `since` is
    the last published version, "" where there is none; `changes` is what differs from it, None where that
    was not compared because there are too many assets. `until` is the day on which the embargo ends.
    """

    owners: tuple[str, ...] = ()
    embargo: str = OPEN
    until: date | None = None
    days_left: int | None = None  # negative: the day has passed
    expected: tuple[str, ...] = ()
    since: str = ""
    changes: Comparison | None = None
