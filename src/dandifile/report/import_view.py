"""What an import wrote: where it is from, what is odd in it, and what to do next; as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from dandifile.model import JsonObject
from dandifile.report.lines import Remark, TableRow, page, paragraph, sections, table
from dandifile.words import first_of, quantity

_MOST_FILES = 10  # of one sort
_FILE_COLUMN = 9  # `only here`


@dataclass(frozen=True)
class MatchedFiles:
    """Files in folders of data next to the assets. Pairs are (file here, path of the asset).

    All but the `matched` ones are left out of `paths`: those that `differ`, those whose content is there
    under another name (`renamed`), and those that are `only_here`. `unused`: folders without a matched file.
    """

    matched: int
    differ: tuple[tuple[str, str], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    only_here: tuple[str, ...] = ()
    only_there: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


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
    repairs: int = 0  # what `--fix` would propose
    files: MatchedFiles | None = None  # where folders of data were given


@dataclass(frozen=True)
class Proposal:
    """Repairs: the `diff` of the spec, and what was done, as (field of DANDI, words)."""

    diff: tuple[str, ...]
    done: tuple[tuple[str, str], ...]
    file: str
    written: bool = False


def import_text(report: ImportReport, *, width: int = 100) -> Text:
    """Everything that is odd has its line; the same is a comment in the file."""
    column = max((len(place) for place, _ in (*report.odd, *report.undeclared)), default=0)
    return sections(
        [
            [Text(f"{report.file} written from {report.shown}", "bold")],
            _titled("Odd; each has a comment in the file:", _rows("~", report.odd, width, column)),
            _titled(
                "Not declared, so it stays as it is on the archive:",
                _rows("?", report.undeclared, width, column),
            ),
            _titled("Files here and on the archive:", _file_lines(report.files, width)),
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
        "repairs": report.repairs,
        "files": _files_json(report.files),
    }


def _files_json(files: MatchedFiles | None) -> JsonObject | None:
    if files is None:
        return None
    return {
        "matched": files.matched,
        "differ": [{"source": source, "path": path} for source, path in files.differ],
        "renamed": [{"source": source, "path": path} for source, path in files.renamed],
        "only_here": list(files.only_here),
        "only_there": list(files.only_there),
        "unused": list(files.unused),
    }


def _file_lines(files: MatchedFiles | None, width: int) -> list[Text]:
    """How many files match, then those that do not: they are excluded, until a person decides."""
    if files is None:
        return []
    groups = (
        [
            TableRow("!", "differs", source, marks=(Remark("", f"from {path}, excluded"),))
            for source, path in files.differ
        ],
        [
            TableRow("→", "renamed", source, marks=(Remark("", f"is {path} there, excluded"),))
            for source, path in files.renamed
        ],
        [TableRow("+", "only here", source, marks=(Remark("", "excluded"),)) for source in files.only_here],
        [
            TableRow("?", "not here", path, marks=(Remark("", "`dandifile pull` fetches it"),))
            for path in files.only_there
        ],
        [
            TableRow("?", "unused", folder, marks=(Remark("", "none of its files is on the archive"),))
            for folder in files.unused
        ],
    )
    rows = [TableRow("=", "matched", quantity(files.matched, "file"))]
    for group in groups:
        rows += group[:_MOST_FILES]
        if len(group) > _MOST_FILES:
            more = len(group) - _MOST_FILES
            rows.append(TableRow(group[0].sign, group[0].kind, f"… and {more:,} more; --format json has all"))
    return table(rows, width, _FILE_COLUMN)


def proposal_text(proposed: Proposal, *, width: int = 100) -> Text:
    """The diff, then each repair in words."""
    if not proposed.diff:
        return Text("Nothing to repair. Nothing in the metadata is surely wrong.")
    rows = [TableRow("~", field, "", marks=(Remark("", what),)) for field, what in proposed.done]
    column = max(len(field) for field, _ in proposed.done)
    return sections(
        [[Text(line, _STYLES.get(line[:1], "")) for line in proposed.diff], table(rows, width, column)]
    )


_STYLES = {"-": "red", "+": "green", "@": "dim"}


def outcome_text(proposed: Proposal, *, width: int = 100) -> Text:
    """Whether the repaired spec was written, and what to do next."""
    said = "Nothing was written: add --yes to write the repaired spec"
    if proposed.written:
        said = (
            f"{proposed.file} written with the repairs. Next: `dandifile plan` shows what the repairs change"
        )
    elif not proposed.diff:
        said = "Nothing was written: run the command without --fix"
    return page([Text(""), *paragraph("", said, width)])


def proposal_json(proposed: Proposal) -> JsonObject:
    """Documented in docs/json.md."""
    return {
        "file": proposed.file,
        "diff": list(proposed.diff),
        "repairs": [{"field": field, "what": what} for field, what in proposed.done],
        "written": proposed.written,
    }


def _titled(title: str, lines: list[Text]) -> list[Text]:
    return [Text(title), *lines] if lines else []


def _rows(sign: str, found: tuple[tuple[str, str], ...], width: int, column: int) -> list[Text]:
    rows = [TableRow(sign, place, "", marks=(Remark("", what),)) for place, what in found]
    return table(rows, width, column)


def _notes(report: ImportReport) -> Iterator[str]:
    yield from report.notes
    if report.repairs:
        yield f"{quantity(report.repairs, 'repair')} can be made: add --fix to see the diff"
    if report.left:
        yield (
            f"no entry of `paths` takes {first_of(report.left, 'asset')}: "
            f"`dandifile pull` leaves {'it' if len(report.left) == 1 else 'them'} out"
        )


_HEAD = {"dandifile", "instance", "identifier"}


def _next(report: ImportReport) -> str:
    keys = len(report.values) - len(_HEAD & report.values.keys())
    counts = f"{quantity(keys, 'key')}, {quantity(len(report.odd), 'odd place')}"
    if report.version != "draft":
        return f"{counts}. Next: `dandifile plan` shows how the draft differs from {report.version}"
    return f"{counts}. Next: `dandifile plan` (it has no changes now)"
