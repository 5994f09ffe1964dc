"""Whether two names are the same person's, or the same institution's, whatever their spelling. Pure."""

from __future__ import annotations

import re
import unicodedata

from dandifile.lookup.names import split

_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "þ": "th",
    }
)


def normalised(text: str) -> str:
    """Without case, accents and punctuation, words parted by one blank: `György Buzsáki` → `gyorgy buzsaki`.

    Scripts other than Latin keep their letters. Apostrophes go; hyphens and dots part words.
    """
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    bare = "".join(sign for sign in folded if not unicodedata.combining(sign)).translate(_LETTERS)
    bare = unicodedata.normalize("NFC", re.sub("['`\u2019\u02bc]", "", bare))
    return " ".join(re.findall(r"\w+", bare))


def same_name(one: str, other: str) -> bool:
    """Two full names of people that are the same but for spelling, in whatever order they are written."""
    return bool(one and other) and _key(one) == _key(other)


def may_be_same(one: str, other: str) -> bool:
    """The same family name, and given names of which one is short for the other.

    `Miller, Lee` and `Miller, Lee E`; `Miller, L. E.` and `Miller, Lee`; never `Miller, Lee`
    and `Miller, Laura`. A name without a given one is nobody's.
    """
    (family, given), (other_family, other_given) = _key(one), _key(other)
    if family != other_family or not (given and other_given):
        return False
    return all(a.startswith(b) or b.startswith(a) for a, b in zip(given, other_given, strict=False)) and all(
        a == b or 1 in (len(a), len(b)) for a, b in zip(given, other_given, strict=False)
    )


def _key(text: str) -> tuple[str, tuple[str, ...]]:
    """Family name as one word, and the given names. Initials without dots (`JA`) are one each."""
    name = split(text)
    given = (
        [*word] if word.isupper() and len(word) <= 3 and word.isascii() else [word]  # noqa: PLR2004
        for word in re.split(r"[\s.\-]+", name.given)
        if word
    )
    words = tuple(normalised(part) for word in given for part in word)
    return normalised(name.family).replace(" ", ""), words


def award_key(award: str) -> str:
    """`R01 NS095251`, `R01-NS095251` and `r01ns095251` are one award."""
    return "".join(re.findall(r"\w", award.casefold()))


def lone_name(lone: str, full: str) -> bool:
    """Whether a name that could not be split is the full one without its parts, or a part of it."""
    if "," in lone or "," not in full:
        return False
    words = normalised(lone).split()
    family, given = _key(full)
    return words in ([family], [*given, family], [family, *given]) or normalised(lone) == normalised(
        split(full).family
    )
