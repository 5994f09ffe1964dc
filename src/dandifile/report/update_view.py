"""What `import --update` takes over from the archive into the spec, with the diff of the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from dandifile.model import JsonObject
from dandifile.report.lines import Remark, TableRow, paragraph, sections, table
from dandifile.words import clean, quantity

_OWN_KINDS = ("owners", "embargo")
_COLORS = {"+": "green", "-": "red", "@": "cyan"}


@dataclass(frozen=True)
class UpdateReport:
    """`archive` names the draft. The lists hold fields of the draft; `stuck` are (field, why).

    `lost` are (file:line, comment).
    """

    file: str
    archive: str
    before: str
    after: str
    taken: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    stuck: tuple[tuple[str, str], ...] = ()
    lost: tuple[tuple[str, str], ...] = ()
    overwritten: tuple[str, ...] = ()  # of those taken, the ones that the user named
    is_check: bool = False

    @property
    def diff(self) -> tuple[str, ...]:
        """A unified diff of the file, line by line."""
        names = (f"{self.file} (now)", f"{self.file} (with what the archive has)")
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), *names, lineterm="")
        return tuple(lines)


def update_text(report: UpdateReport, *, width: int = 100) -> Text:
    """The diff is last: a person reads it before the question whether to write it."""
    return sections(
        [
            [Text(f"{report.file} and {report.archive}", "bold")],
            table(list(_rows(report)), width, len("metadata")),
            [line for note in _notes(report) for line in paragraph("note: ", note, width)],
            [Text(clean(line), _COLORS.get(line[:1], "")) for line in report.diff],
            [Text(_summary(report), "bold")],
        ]
    )


def update_json(report: UpdateReport) -> JsonObject:
    """Documented in docs/json.md."""
    return {
        "file": report.file,
        "archive": report.archive,
        "taken": list(report.taken),
        "unsure": list(report.unsure),
        "left": list(report.left),
        "conflicts": list(report.conflicts),
        "stuck": [{"field": name, "why": why} for name, why in report.stuck],
        "lost_comments": [{"place": place, "comment": comment} for place, comment in report.lost],
        "diff": list(report.diff),
    }


def _rows(report: UpdateReport) -> Iterator[TableRow]:
    for name in report.taken:
        yield _row("~", name, _why_taken(name, report))
    for name in report.left:
        yield _row(" ", name, "changed in the spec: apply sets it on the archive")
    for name in report.conflicts:
        theirs = f"`dandifile import --update --overwrite-spec {name}` takes the archive's"
        ours = f"`dandifile apply --overwrite-remote {name}` sets the spec's"
        yield _row("!", name, "changed on the archive and in the spec", theirs, ours)
    for name, why in report.stuck:
        yield _row("!", name, f"not taken over: {why}", "edit the spec by hand")


def _why_taken(name: str, report: UpdateReport) -> str:
    if name in report.overwritten:
        return "the archive's value, as --overwrite-spec asks"
    return "differs from the archive" if name in report.unsure else "changed on the archive"


def _row(sign: str, name: str, *marks: str) -> TableRow:
    kind = name if name in _OWN_KINDS else "metadata"
    return TableRow(sign, kind, name, marks=tuple(Remark("", mark, alone=True) for mark in marks))


def _notes(report: UpdateReport) -> Iterator[str]:
    if report.unsure:
        yield (
            f"{', '.join(report.unsure)}: which side has changed is not known: this folder has no record "
            "of an apply or import of it. If you changed the spec, this undoes your edit: look at the diff. "
            "--field FIELD takes over only this field"
        )
    for place, comment in report.lost:
        yield f"{place}: this comment is removed with its line: {comment}"


def _summary(report: UpdateReport) -> str:
    if not report.taken:
        same = "" if _open(report) else " The spec has what the archive has."
        return f"Nothing to take over.{same}"
    count = quantity(len(report.taken), "field")
    return f"{count} to take over.{' Nothing was written.' if report.is_check else ''}"


def _open(report: UpdateReport) -> Sequence[object]:
    return (*report.left, *report.conflicts, *report.stuck)
