"""What prevents publishing a draft: every blocker with its place and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from dandifile.model import Blocker, JsonObject, Obstacle, Readiness
from dandifile.report.lines import Remark, TableRow, table
from dandifile.words import first_of

if TYPE_CHECKING:
    from rich.text import Text

MOST_BLOCKERS = 10
"""Blockers that are shown unless all are asked for: enough to see what they are about."""

_COLUMN = 10  # `publishing`
_WORDS = {Obstacle.ASSETS: "asset", Obstacle.NO_FILES: "no files"}


def blocker_lines(blockers: Sequence[Blocker], width: int, *, verbose: bool = False) -> list[Text]:
    """A row for each: what sort it is, where, what is wrong, the file here, and what to do."""
    rows = list(map(_row, blockers))
    if not verbose and len(rows) > MOST_BLOCKERS:
        more = f"… and {len(rows) - MOST_BLOCKERS + 1:,} more; -v shows all"
        rows = [*rows[: MOST_BLOCKERS - 1], TableRow("!", "", more)]
    return table(rows, width, _COLUMN)


def readiness_json(readiness: Readiness) -> JsonObject:
    """Documented in docs/json.md."""
    return {
        "blockers": [{**asdict(blocker), "passes": blocker.passes} for blocker in readiness.blockers],
        "notes": list(readiness.notes),
        "ready": readiness.is_ready,
        "waiting": readiness.is_waiting,
    }


def _row(blocker: Blocker) -> TableRow:
    kind = _WORDS.get(blocker.code, blocker.code.value)
    return TableRow("?" if blocker.passes else "!", kind, blocker.where, marks=tuple(_marks(blocker)))


def _marks(blocker: Blocker) -> Iterator[Remark]:
    yield Remark("", blocker.what, alone=True)
    if blocker.code is Obstacle.ASSETS:
        sources = blocker.sources
        yield Remark("", f"file: {first_of(sources) if sources else 'not on this machine'}", alone=True)
    yield Remark("", blocker.fix, alone=True)
