"""What must hold at every write to a dandiset, also hours after the plan was made.

While a plan is made and shown, and while its files are sent, others can release the embargo or publish. So
the archive is asked before the first write, and again before one that comes a while after the last look.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from dandifile.errors import BlockedError
from dandifile.model import EMBARGOED

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader

AGE = 10.0
"""Seconds for which a look is good: one small request, however many writes there are meanwhile."""


@dataclass
class Guard:
    """Threads share one. `hides` is the key of the spec that asks for an embargo, "" where none does."""

    hides: str = ""
    _looked: float = field(default=-AGE)
    _lock: Lock = field(default_factory=Lock)

    def check(self, reader: Reader) -> None:
        """BlockedError where a write would show what the spec hides, or would end a publication."""
        if reader.identifier is None:
            return
        with self._lock:
            if time.monotonic() - self._looked < AGE:
                return
            self._refuse(reader)
            self._looked = time.monotonic()

    def _refuse(self, reader: Reader) -> None:
        now = reader.fresh().dandiset()
        page = reader.instance.page(str(reader.identifier))
        if self.hides and now["embargo_status"] != EMBARGOED:
            raise BlockedError(
                f"the spec asks for an embargo ({self.hides}), but somebody has released {reader.identifier} "
                "since the plan was made: everyone would see what is written now",
                where=page,
                fix="run plan again: it says what can be done",
            )
        if now["draft_version"].get("status") == "Publishing":
            raise BlockedError(
                "the archive has begun to publish the dandiset since the plan was made, and a change now "
                "would make it give up",
                where=page,
                fix="run again when it has ended, in a minute",
            )
