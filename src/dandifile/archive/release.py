"""The end of an embargo: the archive releases a dandiset in a job of its own, which takes minutes or longer.

Until the job has ended, the archive takes no change of the dandiset. A job that fails leaves it like that.
"""

from __future__ import annotations

from dandifile.archive.reader import Reader
from dandifile.errors import ArchiveError, BlockedError
from dandifile.model import OPEN, RELEASING
from dandifile.waits import QUIET, looks, say_busy
from dandifile.words import duration

LIMIT = 30 * 60.0
"""Seconds to wait for the end of a release; a large dandiset can take longer."""

_FIRST = 0.25
"""Seconds to the second look: a small dandiset is released at once."""


def wait_until_open(reader: Reader) -> None:
    """Waits while the archive releases the dandiset. BlockedError where that takes longer than `LIMIT`."""
    said = False
    for waited in looks(LIMIT, _FIRST):
        if reader.fresh().dandiset()["embargo_status"] != RELEASING:
            return
        if waited >= QUIET and not said:
            said = True
            say_busy(
                f"the archive is releasing the embargo of {reader.identifier}; waiting for up to "
                f"{duration(LIMIT)} (it goes on by itself if you stop here)"
            )
    raise BlockedError(
        f"the archive is still releasing the embargo of {reader.identifier}, after {duration(LIMIT)} of "
        "waiting",
        where=reader.instance.page(reader.identifier or ""),
        fix="run apply again later: it goes on waiting. If it stays like that for a day, the job has "
        "failed: write to the archive's help desk, which can start it again",
    )


def check_open(reader: Reader) -> None:
    """ArchiveError where everyone cannot see the dandiset, by its status or by its own metadata."""
    state = reader.fresh().embargo()
    if state.status == OPEN and state.access in ("", "dandi:OpenAccess"):
        return
    raise ArchiveError(
        f"the archive has ended the release of {reader.identifier}, but says that it is {state.status}, with "
        f"access {state.access}",
        where=reader.instance.page(reader.identifier or ""),
        fix="run apply again; if it fails again, write to the archive's help desk",
    )
