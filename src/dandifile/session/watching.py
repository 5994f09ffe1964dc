"""Waits until the archive has ended what it does with a draft in the background. Reads only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dandifile.kinds.readiness import work_left
from dandifile.waits import looks
from dandifile.words import duration

if TYPE_CHECKING:
    from dandifile.session.session import Session

MINUTES = 60.0
"""How long is waited unless it is said: the archive validates some 3,000 assets a minute."""

LONGER = "run the same command again, with a longer --timeout if need be"
"""What to do where the time was up."""

_EMBEDDED = 0.2  # seconds to the second look at the embedded archive, which is as quick as this machine


def watch(session: Session, minutes: float, say: Callable[[str, float], None]) -> str:
    """What the archive is still doing when the time is up, in words; "" once it has ended or found a fault.

    `say` is called at each look, with these words and the seconds since the first.
    """
    left = ""
    for spent in looks(minutes * 60, first_pause(session)):
        reader = session.reader
        left = work_left(reader.draft(), reader.dandiset()["embargo_status"])
        say(left, spent)
        if not left:
            return ""
    return left


def still_busy(minutes: float, left: str) -> str:
    """What `watch` found when these minutes were up, as a sentence."""
    return f"after {duration(minutes * 60)} the archive still {left}"


def first_pause(session: Session) -> float:
    """Seconds to the second look; 0: as is usual."""
    return _EMBEDDED if session.instance.is_embedded else 0.0
