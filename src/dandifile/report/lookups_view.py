"""What was looked up for a spec: what was found and where, what is open, and what changes in the lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from dandifile.report.lines import STYLES, Remark, TableRow, paragraph, sections, table
from dandifile.words import clean, quantity

if TYPE_CHECKING:
    from dandifile.lookup.rows import LookupRow

_SIGNS = {"found": "+", "doubtful": "~", "missing": "!", "unknown": "?"}
_COLUMN = 8  # `ORCID iD`


@dataclass(frozen=True)
class Lookups:
    """All that `resolve` shows. `diff` is what changes in the lock, a line for each fact.

    `written`: whether the lock was written, or only would be. `then` is a sentence about what to do next,
    where something is left to do.
    """

    rows: Sequence[LookupRow]
    diff: Sequence[str]
    warnings: Sequence[str]
    review: Sequence[str]
    file: str
    written: bool
    then: str = ""


def lookups_text(found: Lookups, *, verbose: bool = False, width: int = 100) -> Text:
    """Facts that were in the lock are only counted, unless they have notes, or if `verbose`."""
    shown = [row for row in found.rows if verbose or not row.pinned or row.notes]
    return sections(
        [
            table([_row(row) for row in shown], width, _COLUMN) + _pinned_count(len(found.rows) - len(shown)),
            _list_lines("Warnings:", found.warnings, width),
            _list_lines("Check before you rely on it:", found.review, width),
            _list_lines(f"{found.file}:", found.diff, width),
            [Text(_summary(found), "bold"), *([Text(found.then)] if found.then else [])],
        ]
    )


def _row(row: LookupRow) -> TableRow:
    marks = [row.found, " · ".join(part for part in (row.where, row.how) if part and row.found), *row.notes]
    sign = " " if row.pinned and row.state == "found" else _SIGNS[row.state]
    return TableRow(sign, row.what, row.asked, marks=tuple(Remark("", text) for text in marks if text))


def _pinned_count(count: int) -> list[Text]:
    return [Text(f"    {quantity(count, 'fact')} pinned already", "dim")] if count else []


def _list_lines(title: str, lines: Iterable[str], width: int) -> list[Text]:
    """Lines under a title; the lines of a diff have the colours of their signs."""
    shown = [line for text in lines for line in _line_texts(text, width)]
    return [Text(clean(title), "bold"), *shown] if shown else []


def _line_texts(text: str, width: int) -> list[Text]:
    indent = len(text) - len(text.lstrip())
    lines = paragraph("  " + " " * indent, text.strip(), width)
    for line in lines:
        line.stylize(STYLES.get(text[:1], "") if text[1:2] == " " else "")
    return lines


def _summary(found: Lookups) -> str:
    counts = {state: sum(row.state == state for row in found.rows) for state in _SIGNS}
    said = f"{counts['found']:,} found"
    for state, words in (("doubtful", "to look at"), ("missing", "not found"), ("unknown", "not checked")):
        said += f" · {counts[state]:,} {words}" if counts[state] else ""
    if not found.diff:
        known = counts["found"] == len(found.rows)
        return f"{said} · {found.file} {'is up to date' if known else 'is unchanged'}"
    return f"{said} · {found.file} {'written' if found.written else 'would change'}"
