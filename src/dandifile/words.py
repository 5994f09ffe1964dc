"""Numbers, lists and other people's text, as every message writes them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_JOINERS = "\u200c\u200d"  # invisible, but they belong to words and emoji


def size(count: int) -> str:
    """Bytes in decimal units, as the archive's pages and disk makers count them: `1.2 GB`."""
    number, units = float(count), ["B", "kB", "MB", "GB", "TB", "PB"]
    while len(units) > 1 and round(number, 1) >= 1000:  # noqa: PLR2004 - decimal units
        number, units = number / 1000, units[1:]
    return f"{count} B" if units[0] == "B" else f"{number:,.1f} {units[0]}"


def quantity(count: int, noun: str, plural: str = "") -> str:
    """`1 file`, `12,345 files`; with a plural of its own `1 asset is`, `2 assets are`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def first_of(names: Sequence[str], noun: str = "") -> str:
    """`a.nwb`, `a.nwb and 12 more`; with a noun `a.nwb and 1 more file`."""
    more = len(names) - 1
    if not more:
        return names[0]
    return f"{names[0]} and {quantity(more, f'more {noun}')}" if noun else f"{names[0]} and {more:,} more"


def duration(seconds: float) -> str:
    """`40 ms`, `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 0.095:  # noqa: PLR2004 - one digit after the point would not be enough
        return f"{max(1, round(seconds * 1000))} ms"
    if seconds < 10:  # noqa: PLR2004 - above, tenths are noise
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
    return "".join(_escape_control(character) for character in text)


def _escape_control(character: str) -> str:
    if character in "\t\n\r\v\f":
        return " "
    if character in _JOINERS or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return character
    return character.encode("unicode_escape").decode("ascii")
