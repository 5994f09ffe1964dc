"""Misspelt words and unfit characters: what is wrong with a spelling, and what may have been meant. Pure.

The names of subjects, files and people may not hold every character. Word processors write dashes and
quotation marks outside ASCII, and macOS writes an accent as a character of its own. Both look right, so a
message has to say which character it is.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator

_RIVAL = 0.15
"""A second word that is nearly as near as the first may be meant as well: Cited is Cites or IsCitedBy."""

_SHARED = 0.5
"""The share of the words of two names that both have, from which on the names are similar."""

_MISSPELT = 0.85
"""The likeness of a name and a misspelt one, as difflib measures it."""

_ROUNDS = 8
_QUOTES = "'\"`"

Takes = Callable[[str], bool]
"""Whether a name may hold this one character."""


def near_words(word: str, allowed: Iterable[str], *, likeness: float = 0.65) -> list[str]:
    """The allowed words that may have been meant, the likeliest first. Case does not count."""
    by_lower = {candidate.lower(): candidate for candidate in allowed}
    low = word.lower()
    mixed_up = [candidate for candidate in by_lower if sorted(candidate) == sorted(low)]
    if mixed_up:
        return [by_lower[candidate] for candidate in mixed_up]
    found = difflib.get_close_matches(low, by_lower, n=3, cutoff=likeness)
    alike = {candidate: difflib.SequenceMatcher(None, low, candidate).ratio() for candidate in found}
    return [by_lower[candidate] for candidate in found if alike[candidate] > alike[found[0]] - _RIVAL]


def nearest_word(word: str, allowed: Iterable[str], *, likeness: float = 0.65) -> str | None:
    """The one allowed word that was probably meant; None where it may be several."""
    found = near_words(word, allowed, likeness=likeness)
    return found[0] if len(found) == 1 else None


def suggest(word: str, allowed: Iterable[str]) -> str:
    """What to do about a wrong word: the right ones that may be meant, then all that are allowed."""
    allowed = list(allowed)
    near = " or ".join(f"`{candidate}`" for candidate in near_words(word, allowed))
    return (f"did you mean {near}? " if near else "") + f"Allowed: {', '.join(allowed)}"


def similar_names(name: str, names: Collection[str]) -> list[str]:
    """The names of several words that share half of their words with `name` or misspell it, the best first.

    All names must be normalised in the same way. A name can come twice.
    """
    return [other for _, other in sorted(_likenesses(name, names), reverse=True)]


def _likenesses(name: str, names: Collection[str]) -> Iterator[tuple[float, str]]:
    asked = words_of(name)
    for other in names:
        words = words_of(other)
        shared = len(asked & words) / (len(asked | words) or 1)
        if shared >= _SHARED:
            yield shared, other
    for other in difflib.get_close_matches(name, names, cutoff=_MISSPELT):
        yield difflib.SequenceMatcher(a=name, b=other).ratio(), other


def words_of(name: str) -> frozenset[str]:
    """The words of a name, without punctuation."""
    return frozenset(re.findall(r"[^\W_]+", name))


def first_unfit(text: str, takes: Takes) -> str:
    """The first character of `text` that it may not hold, in words; "" where there is none."""
    for place, character in enumerate(text):
        if not takes(character):
            accented = unicodedata.combining(character) and place
            after = f" after {text[place - 1]!r}" if accented else ""
            shown = "" if accented or not character.isprintable() else f"{character!r}, "
            name = unicodedata.name(character, f"U+{ord(character):04X}")
            return f"{shown}{name}{after}, character {place + 1}"
    return ""


def respell(text: str, takes: Takes) -> str:
    """The text in characters that it may hold: accents composed or dropped, letters in Latin script."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(character if takes(character) else _substitute(character, takes) for character in composed)


def _substitute(character: str, takes: Takes) -> str:
    from anyascii import anyascii

    plain = anyascii(character)
    kept = "".join(one for one in plain if takes(one))
    visible = unicodedata.category(character)[0] not in "CM"  # not a control character or a combining mark
    return kept if kept or not plain or plain in _QUOTES or not visible else "-"


def repeat_until_stable(text: str, step: Callable[[str], str]) -> str:
    """Apply `step` until it changes nothing, so that normalising a normal form changes nothing.

    One round is not enough in general. To take a letter apart may give one that has another case, to fold
    a case one with an accent, and an entity may stand for the beginning of an entity.
    """
    for _ in range(_ROUNDS):
        before, text = text, step(text)
        if text == before:
            break
    return text
