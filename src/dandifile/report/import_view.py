"""What an import wrote: where it is from, what is odd in it, and what to do next; as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from dandifile.model import JsonObject
from dandifile.report.lines import Remark, TableRow, paragraph, sections, table
from dandifile.words import first_of, quantity


@dataclass(frozen=True)
class ImportReport:
    """`odd` are (place in the spec, what is odd), `undeclared` (field of the draft, why it is not declared).

    `left` are assets that no entry of `paths` takes.
    """

    file: str
    shown: str
    version: str
    values: JsonObject
    odd: tuple[tuple[str, str], ...] = ()
    undeclared: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def import_text(report: ImportReport, *, width: int = 100) -> Text:
    """Everything that is odd has its line; the same is a comment in the file."""
    column = max((len(place) for place, _ in (*report.odd, *report.undeclared)), default=0)
    return sections(
        [
            [Text(f"{report.file} written from {report.shown}", "bold")],
            _titled("Odd, each with a comment in the file:", _rows("~", report.odd, width, column)),
            _titled(
                "Not declared, so it stays as it is on the archive:",
                _rows("?", report.undeclared, width, column),
            ),
            [line for note in _notes(report) for line in paragraph("note: ", note, width)],
            paragraph("", _next(report), width),
        ]
    )


def import_json(report: ImportReport) -> JsonObject:
    """Documented in docs/json.md."""
    return {
        "file": report.file,
        "from": report.shown,
        "version": report.version,
        "instance": report.values["instance"],
        "identifier": report.values.get("identifier"),
        "keys": list(report.values),
        "odd": [{"place": place, "what": what} for place, what in report.odd],
        "undeclared": [{"field": field, "why": why} for field, why in report.undeclared],
        "left": list(report.left),
        "notes": list(report.notes),
    }


def _titled(title: str, lines: list[Text]) -> list[Text]:
    return [Text(title), *lines] if lines else []


def _rows(sign: str, found: tuple[tuple[str, str], ...], width: int, column: int) -> list[Text]:
    rows = [TableRow(sign, place, "", marks=(Remark("", what),)) for place, what in found]
    return table(rows, width, column)


def _notes(report: ImportReport) -> Iterator[str]:
    yield from report.notes
    if report.left:
        yield (
            f"no entry of `paths` takes {first_of(report.left, 'asset')}: "
            f"`dandifile pull` leaves {'it' if len(report.left) == 1 else 'them'} out"
        )


def _next(report: ImportReport) -> str:
    counts = f"{quantity(len(report.values), 'key')}, {quantity(len(report.odd), 'odd place')}"
    if report.version != "draft":
        return f"{counts}. Next: `dandifile plan` shows how the draft differs from {report.version}"
    return f"{counts}. Next: `dandifile plan` (it has no changes now)"
