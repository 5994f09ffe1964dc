"""The data manifest, `dandiset.assets.tsv`: one line an asset, for machines that lack the data.

Tab-separated, sorted by path, with a header; tabs, line ends and backslashes in a name are
escaped. Lines stand for themselves, in any order when read, so that git can merge the file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from dandifile.errors import Problem, SpecError
from dandifile.reading.files import LIST_LIMIT, read_text
from dandifile.writing import replace_content

_MARKER = re.compile(r"(<<<<<<<|\|\|\|\|\|\|\||>>>>>>>)( .*)?|=======")
_SIZE = re.compile("[0-9]{1,19}")
_ESCAPED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_UNESCAPED = {escaped: character for character, escaped in _ESCAPED.items()}
_LONG = 30  # characters of a cell that are shown
_MOST = 20  # problems that are reported: enough to see what kind they are


class Line(NamedTuple):
    """One asset. `validation` is valid, invalid or unchecked; `tools` are what said so, with versions.

    `source` is as in `LocalAsset.source`; several subjects or sessions are joined by commas.
    """

    path: str
    source: str
    size: int
    digest: str
    subject: str
    session: str
    validation: str
    tools: str


_HEADER = "\t".join(Line._fields)
_COLUMNS = len(Line._fields)


def manifest_file(spec_file: Path) -> Path:
    """`dandiset.assets.tsv` for `dandiset.yaml`: every spec has its own."""
    return spec_file.with_suffix(".assets.tsv")


def load(file: Path) -> tuple[Line, ...]:
    """The lines, by path; none where there is no file. SpecError, with every place, where it is broken."""
    if not os.path.lexists(file):
        return ()
    return parse(read_text(file, "the data manifest", LIST_LIMIT), str(file))


def save(file: Path, lines: Iterable[Line]) -> bool:
    """Writes the lines, whole or not at all; False where the file says just that already."""
    text = render(lines).encode()
    if file.exists() and file.read_bytes() == text:
        return False
    replace_content(file, text)
    return True


def render(lines: Iterable[Line]) -> str:
    rows = ("\t".join(map(_escape, map(str, line))) for line in sorted(lines))
    return "\n".join([_HEADER, *rows, ""])


def parse(text: str, name: str) -> tuple[Line, ...]:
    """The lines of a manifest, by path. `name` is the file's, for messages."""
    head, *rows = text.replace("\r\n", "\n").split("\n")
    problems = [] if head == _HEADER else [Problem(f"{name}:1", *_header_problem(head))]
    lines: dict[str, Line] = {}
    for number, row in enumerate(rows, 2):
        cells = row.split("\t")
        if len(cells) == _COLUMNS and _SIZE.fullmatch(cells[2]) and _is_name(cells):
            if "\\" in row:
                cells = [_unescape(cell) for cell in cells]
            path, source, size, *rest = cells
            line = Line(path, source, int(size), *rest)
            if lines.setdefault(path, line) != line:
                problems.append(
                    Problem(f"{name}:{number}", f"{path} has two lines", "delete the one that is wrong")
                )
        elif row:
            problems.append(Problem(f"{name}:{number}", *_line_problem(row, cells)))
    if problems:
        raise SpecError(f"{Path(name).name} cannot be used", problems[:_MOST], fix=_FIX)
    return tuple(sorted(lines.values()))


_FIX = "correct it, or restore it from git; `dandifile scan` writes the lines of files that are here"


def _is_name(cells: list[str]) -> bool:
    """Whether path and source can be what files are called."""
    return "\0" not in cells[0] and "\0" not in cells[1]


def _header_problem(head: str) -> tuple[str, str]:
    if _MARKER.fullmatch(head):
        return _conflict_problem(head)
    return "this is not the header of a data manifest", f"it begins with {_HEADER.expandtabs(1)}"


def _line_problem(row: str, cells: list[str]) -> tuple[str, str]:
    if _MARKER.fullmatch(row):
        return _conflict_problem(row)
    if len(cells) != _COLUMNS:
        return f"{len(cells)} columns, and {_COLUMNS} are needed", "separate them by tabs"
    if not _is_name(cells):
        return "a name contains a NUL character, which no name can", "delete it"
    size = cells[2] if len(cells[2]) <= _LONG else f"{cells[2][:_LONG]}…"
    return f"the size is {size!r}", "give it in bytes, in at most 19 digits"


def _conflict_problem(row: str) -> tuple[str, str]:
    return f"a merge conflict is left here: {row}", "keep the lines of both sides and delete the marker"


def _escape(cell: str) -> str:
    if cell.isprintable() and "\\" not in cell:
        return cell
    return re.sub(r"[\\\t\n\r]", lambda found: _ESCAPED[found[0]], cell)


def _unescape(cell: str) -> str:
    return re.sub(r"\\[\\tnr]", lambda found: _UNESCAPED[found[0]], cell)
