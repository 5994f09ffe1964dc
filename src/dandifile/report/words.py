"""How numbers, identifiers and other people's text are written for a reader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from dandifile.identifiers import obo_curie

_DANDI_WORD = re.compile(r"(?:dcite|spdx):(?=\S)")  # vocabularies whose prefix tells a reader nothing
_JOINERS = "\u200c\u200d"  # invisible, but they belong to words and emoji
_GLUE = "\u00a0"  # a blank at which no line is broken


def size(count: int) -> str:
    """Bytes in decimal units, as the archive's pages and disk makers count them: `1.2 GB`."""
    number, units = float(count), ["B", "kB", "MB", "GB", "TB", "PB"]
    while len(units) > 1 and round(number, 1) >= 1000:  # noqa: PLR2004 - decimal units
        number, units = number / 1000, units[1:]
    return f"{count} B" if units[0] == "B" else f"{number:,.1f} {units[0]}"


def many(count: int, noun: str, plural: str = "") -> str:
    """`1 file`, `12,345 files`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def first_of(names: Sequence[str]) -> str:
    """`a.nwb`, `a.nwb and 12 more`."""
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1:,} more"


def duration(seconds: float) -> str:
    """`40 ms`, `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 0.095:  # noqa: PLR2004 - in seconds it would be nothing, or twice what it is
        return f"{max(1, round(seconds * 1000))} ms"
    if seconds < 10:  # noqa: PLR2004 - only then a tenth tells something
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def clean(text: str) -> str:
    r"""One line of text that cannot move the cursor, hide or reverse anything.

    Blanks of any sort become one space; control, direction and lone surrogate
    characters are spelled out (`\x1b`).
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_harmless(character) for character in text)


def _harmless(character: str) -> str:
    if character in "\t\n\r\v\f":
        return " "
    if character in _JOINERS or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return character
    return character.encode("unicode_escape").decode("ascii")


def clip(text: str, width: int) -> str:
    """At most `width` columns; `…` stands for what was cut off the end."""
    return text if cell_len(text) <= width else set_cell_size(text, max(width - 1, 0)).rstrip() + "…"


def pad(text: str, width: int) -> str:
    """At least `width` columns; nothing is cut."""
    return text + " " * (width - cell_len(text))


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns, broken at blanks; long words anywhere, paths and URLs nowhere."""
    lines, width = [""], max(width, 8)
    words = text.replace(" · ", f"{_GLUE}· ").split(" ")  # a dot between parts ends a line, it begins none
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


def plain(value: str) -> str:
    """A DANDI string for a reader: ontology IRIs as CURIEs, `dcite:Author` as `Author`."""
    return obo_curie(value) or clean(_DANDI_WORD.sub("", value, count=1).strip())
