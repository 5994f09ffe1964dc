"""Characters that a name cannot hold: which they are, where, and the name without them. Pure.

Word processors write dashes and quotation marks that are no ASCII, and macOS writes accents as
characters of their own. Both look right, so that a message must say what they are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

Takes = Callable[[str], bool]
"""Whether a name may hold this one character."""

_QUOTES = "'\"`"


def named(text: str, takes: Takes) -> str:
    """The first character of `text` that it may not hold, in words; "" where there is none."""
    for place, character in enumerate(text):
        if not takes(character):
            accented = unicodedata.combining(character) and place
            after = f" after {text[place - 1]!r}" if accented else ""
            shown = "" if accented or not character.isprintable() else f"{character!r}, "
            return f"{shown}{_name(character)}{after}, character {place + 1}"
    return ""


def _name(character: str) -> str:
    return unicodedata.name(character, f"U+{ord(character):04X}")


def mended(text: str, takes: Takes) -> str:
    """The text in characters that it may hold: accents composed or dropped, letters in Latin script."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(character if takes(character) else _instead(character, takes) for character in composed)


def _instead(character: str, takes: Takes) -> str:
    from anyascii import anyascii

    plain = anyascii(character)
    kept = "".join(one for one in plain if takes(one))
    seen = unicodedata.category(character)[0] not in "CM"  # a control character, a mark on another one
    return kept if kept or not plain or plain in _QUOTES or not seen else "-"
