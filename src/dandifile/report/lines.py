"""The table that plans and results are printed in: rows of sign, kind, name, size and marks.

Signs and words carry the meaning; colour only repeats it. Names, which are mostly paths, are never cut:
what is next to a long one moves to the next line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from dandifile.words import clean

STYLES = {"-": "red", "→": "cyan", "~": "yellow", "+": "green", "!": "bold red", "?": "magenta"}
_GAP = "   "
_ROOM = 36  # columns that are kept free for marks, where there are long ones
_ENOUGH = 45  # columns that make several lines of marks readable next to a name
_SIZE = 9  # columns of the longest size: `1,023.4 PB` is rare enough


@dataclass(frozen=True)
class Remark:
    """One remark in a row; `sign` is `-`, `+`, `~`, or "" for a change without a sign.

    `alone`: it begins a line of its own, as a sentence that says what to do.
    """

    sign: str
    text: str
    alone: bool = False

    def __str__(self) -> str:
        return f"{self.sign} {self.text}" if self.sign else self.text


@dataclass(frozen=True)
class TableRow:
    sign: str
    kind: str
    name: str
    size: str = ""
    marks: tuple[Remark, ...] = ()


def table(rows: Sequence[TableRow], width: int, kind_width: int) -> list[Text]:
    """The lines of rows that belong together: they share columns for names and sizes."""
    if not rows:
        return []
    rows = [_clean_row(row) for row in rows]
    indent = 4 + kind_width + 2
    sizes = any(row.size for row in rows)
    space = min(max((_length(row.marks) for row in rows if row.marks), default=0) + 2, _ROOM)
    room = max(width - indent - space - (_SIZE + 2 if sizes else 0), 12)
    names = [cell_len(row.name) for row in rows]
    column = max((length for length in names if length <= room), default=0)
    return [line for row in rows for line in _row_lines(row, indent, column, sizes=sizes, width=width)]


def _clean_row(row: TableRow) -> TableRow:
    marks = tuple(replace(mark, text=clean(mark.text)) for mark in row.marks)
    return TableRow(row.sign, clean(row.kind), clean(row.name), row.size, marks)


def _row_lines(row: TableRow, indent: int, column: int, *, sizes: bool, width: int) -> list[Text]:
    head = Text(" " * 2)
    head.append(row.sign, STYLES.get(row.sign, ""))
    head.append(f" {pad(row.kind, indent - 6)}  ")
    lines = _name_lines(head, row.name, indent, width)
    tidy = len(lines) == 1 and cell_len(row.name) <= column
    sizes = sizes and not _has_room_without_size(row, indent + column + 2, width)
    if tidy and (row.marks or row.size):
        lines[0].append(" " * (indent + column - lines[0].cell_len))
    if sizes and (row.size or (row.marks and tidy)):
        lines[-1].append(f"  {row.size:>{_SIZE}}" if tidy else f"  {row.size}")
    return _append_marks(lines, row.marks, indent, tidy=tidy, width=width)


def _has_room_without_size(row: TableRow, start: int, width: int) -> bool:
    """Whether the marks of a row without a size fit only if its empty column of sizes is left out."""
    need = start + _length(row.marks)
    return not row.size and need <= width < need + _SIZE + 2


def _length(marks: Sequence[Remark]) -> int:
    return sum(cell_len(str(mark)) for mark in marks) + len(_GAP) * (len(marks) - 1)


def _name_lines(head: Text, name: str, indent: int, width: int) -> list[Text]:
    """The name on the row's first line; a move that is too long is broken at its arrow."""
    old, arrow, new = name.partition(" → ")
    if not arrow or indent + cell_len(name) <= width:
        return [head.append(name)]
    return [head.append(old), Text(" " * indent + "→ " + new)]


def _append_marks(
    lines: list[Text], marks: Sequence[Remark], indent: int, *, tidy: bool, width: int
) -> list[Text]:
    """Adds marks next to the name where they fit, else below it."""
    if not marks:
        return lines
    start = lines[-1].cell_len + (2 if lines[-1].plain[indent:] else 0)
    if start + _length(marks) <= width or (tidy and width - start >= _ENOUGH):
        first, *rest = _pack(marks, width - start)
        lines[-1].append(" " * (start - lines[-1].cell_len)).append_text(first)
        return [*lines, *(Text(" " * start).append_text(line) for line in rest)]
    start = indent + 2
    return [*lines, *(Text(" " * start).append_text(line) for line in _pack(marks, width - start))]


def _pack(marks: Iterable[Remark], width: int) -> list[Text]:
    """Marks side by side on as few lines as possible; each change begins a line."""
    lines: list[Text] = []
    for mark in marks:
        text = Text(str(mark), STYLES.get(mark.sign, ""), end="")
        joins = bool(lines) and mark.sign != "~" and not mark.alone
        if joins and lines[-1].cell_len + len(_GAP) + text.cell_len <= width:
            lines[-1] = Text.assemble(lines[-1], _GAP, text)
        else:
            lines += _wrap_mark(mark, width)
    return lines


def _wrap_mark(mark: Remark, width: int) -> list[Text]:
    """A mark on its own lines, wrapped under its text and not under its sign."""
    hang = 2 if mark.sign else 0
    pieces = wrap(mark.text, width - hang)
    signs = [f"{mark.sign} " if hang else "", *[" " * hang] * (len(pieces) - 1)]
    return [Text(sign + piece, STYLES.get(mark.sign, "")) for sign, piece in zip(signs, pieces, strict=True)]


def paragraph(lead: str, text: str, width: int, style: str = "", hang: int = 0) -> list[Text]:
    """`lead`, then the text, wrapped under its own beginning, and `hang` columns to the right of it."""
    first, *rest = wrap(clean(text), width - cell_len(lead) - hang)
    margin = " " * (cell_len(lead) + hang)
    return [Text.assemble((lead, style), first), *(Text(margin + line) for line in rest)]


def join_parts(parts: Sequence[str], separator: str, width: int) -> list[str]:
    """Parts on as few lines as possible, broken only between parts."""
    lines = [parts[0]] if parts else []
    for part in parts[1:]:
        if cell_len(lines[-1] + separator + part) <= width:
            lines[-1] += separator + part
        else:
            lines.append(part)
    return lines


def sections(parts: Iterable[Sequence[Text]]) -> Text:
    """The parts that are not empty, as one page with an empty line between them."""
    filled = [part for part in parts if part]
    return page(
        line for number, part in enumerate(filled) for line in ([Text("")] if number else []) + [*part]
    )


def page(lines: Iterable[Text]) -> Text:
    """Lines as one text, without blanks at line ends or a newline at the end."""
    trimmed = [line.copy() for line in lines]
    for line in trimmed:
        line.rstrip()
    return Text("\n").join(trimmed)


_GLUE = "\u00a0"  # a blank at which no line is broken


def clip(text: str, width: int) -> str:
    """Cuts text to `width` columns; `…` marks what was cut off."""
    return text if cell_len(text) <= width else set_cell_size(text, max(width - 1, 0)).rstrip() + "…"


def pad(text: str, width: int) -> str:
    """Fills text up to `width` columns; nothing is cut."""
    return text + " " * (width - cell_len(text))


def wrap(text: str, width: int) -> list[str]:
    """Breaks text into lines of `width` columns at blanks; within long words, but never in paths and URLs."""
    lines, width = [""], max(width, 8)
    words = text.replace(" · ", f"{_GLUE}· ").split(" ")  # a dot between parts may end a line, not begin one
    for word in (piece for part in words for piece in _pieces(part, width)):
        if lines[-1] and cell_len(lines[-1]) + 1 + cell_len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return [line.replace(f"{_GLUE}·", " ·") for line in lines]


def _pieces(word: str, width: int) -> list[str]:
    if cell_len(word) <= width or "/" in word or "\\" in word:
        return [word]
    pieces = [""]
    for character in word:
        if cell_len(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
