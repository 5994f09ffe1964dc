"""People's names as the archive takes them: "Last, First". Pure.

The archive's pattern for a person is letters, digits, blanks, dots, hyphens and apostrophes,
one comma with a blank behind it, and the same again. What it refuses is mended where that
loses nothing but ornament, and told where it cannot be.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from dandifile.identifiers import PERSON_NAME
from dandifile.lookup.text import line

_REFUSED = re.compile(r"[^\w\s\-.']+")

_PARTICLES = frozenset({
    "af", "al", "av", "ben", "bin", "d'", "da", "das", "de", "del", "dela", "della", "den", "der", "des",
    "di", "do", "dos", "du", "e", "el", "ibn", "in", "la", "las", "le", "los", "op", "ould", "st", "st.",
    "'t", "te", "ten", "ter", "van", "vande", "vander", "vom", "von", "y", "z", "zu", "zum", "zur",
})  # fmt: skip
_ONLY_LOWER = frozenset({
    "al", "ben", "da", "das", "do", "e", "el", "in", "la", "las", "los", "op", "st", "st.", "te", "y", "z",
})  # fmt: skip
"""With a capital these are given names, initials or beginnings of surnames."""

_JOINS = frozenset({"y", "e", "i"})  # join two surnames: Ramón y Cajal

_SUFFIX = re.compile(r"(?:jr|sr|junior|senior|ii|iii|iv|2nd|3rd|4th)\.?", re.IGNORECASE)
_DEGREE = re.compile(
    r"(?:ph\.?\s?d|m\.?\s?d|d\.?phil|m\.?\s?sc|b\.?\s?sc|m\.?\s?s|m\.?\s?a|b\.?\s?a|dr\.?\s?med|dvm|d\.?sc|mph|mbbs"
    r"|m\.?eng|rn|esq)\.?",
    re.IGNORECASE,
)
_TITLE = re.compile(r"(?:dr|prof|professor|mr|mrs|ms)\.?\s+", re.IGNORECASE)
_MARKS = re.compile(r"[*†‡§¶‖#^°¹²³⁰⁴-⁹]+|(?<=[^\W\d])\d+(?:,\d+)*$")
_ASIDE = re.compile(r"\s*[(\[{\"“«][^)\]}\"”»]*[)\]}\"”»]")

_COLLECTIVE = re.compile(
    r"\b(?:consorti(?:um|a)|collaborat(?:ion|ive)|collaborators|laborator(?:y|ies)|labs?|network|initiative|teams?"
    r"|investigators|committee|society|institut(?:e|ion)|university|universit\w+|association|foundation"
    r"|alliance|program(?:me)?|project|working group|study group|research group|group|members|cent(?:er|re)"
    r"|department|council|organi[sz]ation|partnership|commission)\b",
    re.IGNORECASE,
)

_MENDED = str.maketrans(  # typographers' apostrophes and hyphens; what cannot be seen
    {
        **dict.fromkeys("`\u2018\u2019\u02bc\u02b9\u02bb\u2032\u00b4\uff07", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"),
        **dict.fromkeys("\uff0e\uff61", "."),  # full-width, half-width
        **dict.fromkeys("\uff0c\u3001\u060c", ","),  # full-width, ideographic, Arabic
        **dict.fromkeys("\u30fb\u00b7\u2022", " "),  # dots between names
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f", ""),
        "/": " ",
    }
)

_DOUBLE = frozenset({
    "欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "司徒", "东方", "東方", "皇甫", "尉迟", "尉遲",
    "慕容", "令狐", "夏侯", "남궁", "황보", "제갈", "선우", "독고", "사공", "서문",
})  # fmt: skip
"""Family names of two signs."""


@dataclass(frozen=True)
class Name:
    """A person's name. `family` alone: it could not be split."""

    family: str
    given: str = ""
    suffix: str = ""


def is_collective(text: str) -> bool:
    """Whether this names a consortium, a laboratory or the like rather than a person."""
    return bool(_COLLECTIVE.search(text)) or text.lower().startswith(("the ", "for the "))


def split(text: str) -> Name:
    """A name from one text, "Last, First", "First Last" or "姓名"."""
    text = tidy(text)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    parts = [part for number, part in enumerate(parts) if number == 0 or not _DEGREE.fullmatch(part)]
    suffix = next((part for part in parts[1:] if _SUFFIX.fullmatch(part)), "")
    parts = [part for number, part in enumerate(parts) if number == 0 or part != suffix]
    if len(parts) > 1:
        return of_parts(parts[0], " ".join(parts[1:]), suffix)
    words = parts[0].split() if parts else []
    if words and _far_eastern(words):
        return _family_first(words, suffix)
    while len(words) > 2 and _DEGREE.fullmatch(words[-1]) and not words[-1].islower():  # noqa: PLR2004
        words.pop()
    if len(words) > 2 and not suffix and _SUFFIX.fullmatch(words[-1]):  # noqa: PLR2004  two names before it
        suffix = words.pop()
    if shouted := [word for word in words if _is_shouted(word)]:
        given = [word for word in words if word not in shouted]
        if any(not word.isupper() for word in given):  # DOE Jane, Jane DOE
            return Name(" ".join(map(_calmed, shouted)), " ".join(given), suffix)
    if len(words) < 2 or (_is_particle(words[0]) and words[0].islower()):  # noqa: PLR2004
        return Name(" ".join(words), "", suffix)  # a family name alone
    start = _family_start(words)
    return Name(" ".join(words[start:]), " ".join(words[:start]), suffix)


def of_parts(family: str, given: str, suffix: str = "") -> Name:
    """A name that came in parts. A family name that holds everything is split after all."""
    family, given, suffix = tidy(family).strip(" ,"), tidy(given).strip(" ,"), tidy(suffix).strip(" ,")
    if not (family and given):
        return split(f"{family or given}, {suffix}" if suffix else family or given)
    words = family.split()
    if not suffix and len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
        family, suffix = " ".join(words[:-1]), words[-1]
    words = given.split()
    if not suffix and len(words) > 1 and _SUFFIX.fullmatch(words[-1]) and not words[-1].isdigit():
        given, suffix = " ".join(words[:-1]), words[-1]
    return _particles_to_family(family, given, suffix)


def dandi_name(name: Name) -> str:
    """As in "Doe, Jane". The suffix goes behind the given names: the archive takes one comma."""
    given = " ".join(filter(None, (name.given, name.suffix)))
    return f"{name.family}, {given}" if given else name.family


def refusal(name: str) -> str:
    """Why the archive does not take this as a person's name, and "" where it does."""
    if PERSON_NAME.fullmatch(name):
        return ""
    if refused := sorted(set(_REFUSED.findall(name.replace(",", "")))):
        vowel_signs = all(unicodedata.category(sign).startswith("M") for sign in "".join(refused))
        signs = "vowel signs of this script" if vowel_signs else " ".join(refused)
        return f"the archive's pattern for names does not take {signs}"
    if "," not in name:
        return 'the archive wants "Last, First", and this is one name'
    return 'the archive wants "Last, First", with one comma and a blank behind it'


def tidy(text: str) -> str:
    """One line, composed letters (NFC), plain apostrophes and hyphens, no footnote marks, titles or asides.

    What is written in capitals alone gets small letters, unless it is initials.
    """
    text = line(unicodedata.normalize("NFC", text)).translate(_MENDED)
    text = _ASIDE.sub("", _MARKS.sub("", text))
    text = _TITLE.sub("", text, count=1) if _TITLE.match(text) else text
    words = [_calmed(word) for word in text.split()] if _shouts(text) else text.split()
    return " ".join(words).strip(" ;,")


def _shouts(text: str) -> bool:
    words = re.findall(r"[^\W\d_]{4,}", text)
    return bool(words) and text.isupper()


def _is_shouted(word: str) -> bool:
    return word.isupper() and word.replace("-", "").replace("'", "").isalpha() and len(word) > 2  # noqa: PLR2004


def _calmed(word: str) -> str:
    """`BUZSÁKI` → `Buzsáki`, `MRSIC-FLOGEL` → `Mrsic-Flogel`; initials (`DE`, `J.-P.`) stay."""
    small = re.sub(r"[^\W\d_]{3,}", lambda part: part[0].capitalize(), word)
    return word.lower() if word.lower() in _PARTICLES and len(word) > 2 else small  # noqa: PLR2004


def _family_start(words: list[str]) -> int:
    """Where the family name starts: at the last word, or at the particles before it; never at the first."""
    start = len(words) - 1
    while start > 1 and (_is_particle(words[start - 1]) or words[start] in _JOINS):
        joins = words[start - 1] in _JOINS
        start -= 2 if joins and start > 2 else 1  # noqa: PLR2004  a given name remains
    return start


def _is_particle(word: str) -> bool:
    low = word.lower()
    return low in _PARTICLES and (word == low or low not in _ONLY_LOWER)


def _particles_to_family(family: str, given: str, suffix: str) -> Name:
    """Given names that end in particles ("Anne van der", "Berg") lend them to the family name."""
    words = given.split()
    end = len(words)
    while end > 1 and words[end - 1] == words[end - 1].lower() and _is_particle(words[end - 1]):
        end -= 1
    return Name(" ".join([*words[end:], family]), " ".join(words[:end]), suffix)


def _far_eastern(words: list[str]) -> bool:
    """Written in Han or Hangul, where the family name comes first; not in kana alone."""
    return all(_is_han(sign) or _is_hangul(sign) or _is_kana(sign) for sign in "".join(words))


def _family_first(words: list[str], suffix: str) -> Name:
    if len(words) > 1:
        return Name(words[0], " ".join(words[1:]), suffix)
    word = words[0]
    if word[:2] in _DOUBLE and len(word) > 2:  # noqa: PLR2004
        return Name(word[:2], word[2:], suffix)
    if len(word) in (2, 3) and not any(map(_is_kana, word)):
        return Name(word[0], word[1:], suffix)
    return Name(word, "", suffix)


def _is_han(sign: str) -> bool:
    return "\u3400" <= sign <= "\u9fff" or sign == "々"


def _is_hangul(sign: str) -> bool:
    return "\uac00" <= sign <= "\ud7a3"


def _is_kana(sign: str) -> bool:
    return "\u3040" <= sign <= "\u30ff"
