"""How numbers, identifiers and other people's text are written for a reader."""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size

from dandifile.identifiers import obo_curie
from dandifile.words import clean

_DANDI_WORD = re.compile(r"(?:dcite|spdx):(?=\S)")  # vocabularies whose prefix tells a reader nothing
_GLUE = "\u00a0"  # a blank at which no line is broken


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
