"""How names and ids of terms are written, made comparable."""

from __future__ import annotations

import re
import unicodedata

from dandifile.identifiers import OBO, OBO_PREFIXES, obo_curie
from dandifile.lookup.text import settled

_SAME = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})  # noqa: RUF001
_DASHES = re.compile(r"[‐‑‒–—−]")  # noqa: RUF001
_SHORT = re.compile(r"([A-Za-z]+)\s?[:_]\s?([0-9]\w*)")
_OTHER_ID = re.compile(r"[A-Za-z][\w+.-]*:\S+")
_ABBREVIATION = 4

_BY_LOWER = {prefix.lower(): prefix for prefix in (*OBO_PREFIXES, "MBA")}
"""Prefixes that are known in any case; ids with another need an IRI."""


def key(name: str) -> str:
    """Names that differ in case, blanks, accents, or the form of quotes and dashes are one name."""
    if name.isascii():  # nearly all are, and a table has ten thousand
        return " ".join(name.replace("`", "'").casefold().split())
    return settled(name, _key)


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.translate(_SAME))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(_DASHES.sub("-", plain).casefold().split())


def words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", key(name)))


def is_abbreviation(name: str) -> bool:
    """So short that it means other things, too: in UBERON, `EC`, `AM` and `MHb` are parts of fish."""
    return len(name.strip()) <= _ABBREVIATION


def curie(text: str) -> str | None:
    """`UBERON:0002421` from itself, `UBERON_0002421`, `uberon:0002421` or its IRI; None for other texts."""
    text = text.strip().removeprefix("<").removesuffix(">")
    if whole := obo_curie(re.sub(r"^obo\.", OBO, text)):
        letters, _, number = whole.partition(":")
        return f"{_prefix(letters)}:{number}"
    if (found := _SHORT.fullmatch(text)) and found[1].lower() in _BY_LOWER:
        return f"{_prefix(found[1])}:{found[2]}"
    return None


def is_foreign(text: str) -> bool:
    """Whether it is an id of no OBO ontology, or an IRI: nobody here can check those."""
    return curie(text) is None and bool(_OTHER_ID.fullmatch(text.strip()))


def prefix(curie: str) -> str:
    return curie.partition(":")[0]


def _prefix(text: str) -> str:
    return _BY_LOWER.get(text.lower(), text)
