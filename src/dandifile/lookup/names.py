"""People's names as the archive takes them: "Last, First". Pure.

The archive's pattern for a person is letters, digits, blanks, dots, hyphens and apostrophes, then a comma
and a blank, then the same again. We correct what it rejects if only ornament gets lost, and report the rest.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from dandifile.identifiers import PERSON_NAME
from dandifile.lookup.answer_fields import one_line
from dandifile.spelling import repeat_until_stable

_REFUSED = re.compile(r"[^\w\s\-.']+")

_PARTICLES = frozenset({
    "af", "al", "av", "ben", "bin", "d'", "da", "das", "de", "del", "dela", "della", "den", "der", "des",
    "di", "do", "dos", "du", "e", "el", "ibn", "in", "la", "las", "le", "los", "op", "ould", "st", "st.",
    "'t", "te", "ten", "ter", "van", "vande", "vander", "vom", "von", "y", "z", "zu", "zum", "zur",
})  # fmt: skip
_ONLY_LOWER = frozenset({
    "al", "ben", "da", "das", "do", "e", "el", "in", "la", "las", "los", "op", "st", "st.", "te", "y", "z",
})  # fmt: skip
"""With a capital letter these are given names, initials or the beginning of a surname."""

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
        ";": ",",
    }
)

_DOUBLE = frozenset({
    "欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "司徒", "东方", "東方", "皇甫", "尉迟", "尉遲",
    "慕容", "令狐", "夏侯", "남궁", "황보", "제갈", "선우", "독고", "사공", "서문",
})  # fmt: skip
"""Family names of two signs."""


_SHORT_FAMILIES = frozenset({
    "an", "bo", "co", "do", "du", "fu", "ge", "gu", "he", "ho", "hu", "ji", "ko", "le", "li", "lo", "lu",
    "ma", "na", "ng", "oh", "qi", "su", "ta", "tu", "vu", "wu", "xi", "xu", "ye", "yi", "yu",
})  # fmt: skip
"""Two letters that are more likely a family name than two initials: Wei XU, but Doe JA."""

_CAPITALISED_FIRST = frozenset({"al", "ben", "di", "el", "la", "le", "lo"})
"""Particles that usually have a capital at the beginning of a family name: Di Marco, Le Cun."""


@dataclass(frozen=True)
class Name:
    """A person's name, in `family` alone if it could not be split.

    `guessed`: the text does not show where the family name begins: Rodrigo Quian Quiroga, Mary Ann Smith.
    """

    family: str
    given: str = ""
    suffix: str = ""
    guessed: bool = False


def is_collective(text: str) -> bool:
    """Whether this is the name of a consortium, a laboratory or the like, not of a person."""
    return bool(_COLLECTIVE.search(text)) or text.lower().startswith(("the ", "for the "))


def split_name(text: str) -> Name:
    """A name from one text, "Last, First", "First Last" or "姓名"."""
    name = _split_text(tidy_name(text))
    if not name.given:
        return name
    return replace(name_of_parts(name.family, name.given, name.suffix), guessed=name.guessed)


def _split_text(text: str) -> Name:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    parts = [part for number, part in enumerate(parts) if number == 0 or not _is_degree(part, parts)]
    suffix = next((part for part in parts[1:] if _SUFFIX.fullmatch(part)), "")
    parts = [part for number, part in enumerate(parts) if number == 0 or part != suffix]
    if len(parts) > 1:
        return name_of_parts(parts[0], " ".join(parts[1:]), suffix)
    words = parts[0].split() if parts else []
    if words and _is_far_eastern(words):
        return _split_family_first(words, suffix)
    while len(words) > 1 and _is_degree_word(words[-1]) and (len(words) > 2 or not _is_initials(words[-1])):  # noqa: PLR2004
        words.pop()
    if len(words) > 2 and not suffix and _SUFFIX.fullmatch(words[-1]):  # noqa: PLR2004  two names before it
        suffix = words.pop()
    if behind := _count_trailing_initials(words):
        return Name(*_normal_case_of_parts(" ".join(words[:-behind]), " ".join(words[-behind:])), suffix)
    if shouted := [word for word in words if _is_shouted_word(word)]:
        given = [word for word in words if word not in shouted]
        if any(not word.isupper() for word in given):  # DOE Jane, Jane DOE
            return Name(" ".join(map(_normal_case_of_last, shouted)), " ".join(given), suffix)
    if len(words) < 2 or (_is_particle(words[0]) and words[0].islower()):  # noqa: PLR2004
        return Name(" ".join(words), "", suffix)  # a family name alone
    start = _family_start(words)
    guessed = start > 1 and not _is_initials(words[start - 1])
    return Name(*_normal_case_of_parts(" ".join(words[start:]), " ".join(words[:start])), suffix, guessed)


def _is_degree(part: str, parts: list[str]) -> bool:
    """Whether a part after a comma is a degree: `Jane Doe, M.A.`, and not the initials of `Doe, M.A.`."""
    if not _is_degree_word(part):
        return False
    alone = len(parts) == 2 and (len(parts[0].split()) == 1 or parts[0][:1].islower())  # noqa: PLR2004
    spaced = re.fullmatch(r"(?:[^\W\d_]\. )+[^\W\d_]\.?", part)
    return not ((alone and _is_initials(part)) or spaced)


def _is_degree_word(word: str) -> bool:
    """`PhD`, `M.A.`, `MSc`; not `Ma` and `MA`, which are family names as well."""
    lone = len(word) == 2 and (not word.isupper() or word.lower() in _SHORT_FAMILIES)  # noqa: PLR2004
    return bool(_DEGREE.fullmatch(word)) and not (word.islower() or lone)


def name_of_parts(family: str, given: str, suffix: str = "") -> Name:
    """A name that came in parts. If the family name holds the whole name, it is split."""
    family, given, suffix = (_clean_text(part).strip(" ,") for part in (family, given, suffix))
    if not (family and given):
        return split_name(f"{family or given}, {suffix}" if suffix else family or given)
    family, given = (_drop_degrees(part) for part in (family, given))
    family, given = _normal_case_of_parts(family, given)
    words = family.split()
    if not suffix and len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
        family, suffix = " ".join(words[:-1]), words[-1]
    words = given.split()
    if not suffix and len(words) > 1 and _SUFFIX.fullmatch(words[-1]) and not words[-1].isdigit():
        given, suffix = " ".join(words[:-1]), words[-1]
    return _move_particles(family, given, suffix)


def _drop_degrees(part: str) -> str:
    """`Martin Luther, Jr.` → `Martin Luther Jr.`, `Jane, PhD` → `Jane`."""
    first, *more = (each.strip() for each in part.split(","))
    return " ".join(filter(None, [first, *(each for each in more if not _is_degree_word(each))])) or part


def dandi_name(name: Name) -> str:
    """As in "Doe, Jane". The suffix goes after the given names, as the archive takes only one comma."""
    given = " ".join(filter(None, (name.given, name.suffix)))
    return f"{name.family}, {given}" if given else name.family


def name_fault(name: str) -> str:
    """Why the archive does not take this as a person's name; "" if it does."""
    if PERSON_NAME.fullmatch(name):
        return ""
    if refused := sorted(set(_REFUSED.findall(name.replace(",", "")))):
        vowel_signs = all(unicodedata.category(sign).startswith("M") for sign in "".join(refused))
        signs = "vowel signs of this script" if vowel_signs else " ".join(refused)
        return f"the archive's pattern for names does not allow {signs}"
    if "," not in name:
        return 'the archive requires "Last, First", and this is a single name'
    return 'the archive requires "Last, First", with one comma and a blank after it'


def tidy_name(text: str) -> str:
    """One line, composed letters (NFC), plain apostrophes and hyphens, no footnote marks, titles or asides.

    Names in capitals get small letters, except for initials.
    """
    return repeat_until_stable(text, _tidy_once)


def _tidy_once(text: str) -> str:
    text = _clean_text(text)
    if _is_shouted_text(text):
        head, comma, tail = text.partition(",")
        if comma:
            text = ", ".join(_normal_case_of_parts(head.strip(), tail.strip()))
        else:
            words = text.split()
            text = " ".join(_normal_case(word, inside=place > 0) for place, word in enumerate(words))
    return text.strip(" ;,")


def _clean_text(text: str) -> str:
    """The tidy text, with its capitals unchanged."""
    text = one_line(unicodedata.normalize("NFC", text)).translate(_MENDED)
    text = _ASIDE.sub("", _MARKS.sub("", text))
    text = _TITLE.sub("", text, count=1) if _TITLE.match(text) else text
    return " ".join(text.split()).strip(" ;,")


def _is_shouted_text(text: str, least: int = 4) -> bool:
    """Whether all letters are capitals, and a word is too long for initials. Never without case."""
    lengths = [len(word) for word in re.findall(r"[^\W\d_]+", text)] or [0]
    too_long = max(lengths) >= least or (len(lengths) > 1 and min(lengths) > 2)  # noqa: PLR2004  ANN LEE
    return text.isupper() and too_long


def _normal_case_of_parts(family: str, given: str) -> tuple[str, str]:
    """The parts without the capitals of a form: `DOE`, `JANE` → `Doe`, `Jane`; `DOE`, `JA` → `Doe`, `JA`.

    A family name in capitals is a habit; two consonants (`KC`) may be meant. Given names of three letters
    are names where the family name is in capitals, too, and initials elsewhere.
    """
    loud = family.isupper() and not _is_initials(family, longest=1)
    if _is_shouted_text(given, 3 if loud else 4):
        given = " ".join(_normal_case(word, inside=place > 0) for place, word in enumerate(given.split()))
    if loud and (len(family) > 2 or family.lower() in _SHORT_FAMILIES or re.search("[AEIOUY]", family)):  # noqa: PLR2004
        *first, last = family.split()
        before = [
            word.capitalize()
            if not place and word.lower() in _CAPITALISED_FIRST
            else _normal_case(word, inside=True)
            for place, word in enumerate(first)
        ]
        family = " ".join([*before, _normal_case_of_last(last)])
    return family, given


def _normal_case_of_last(word: str) -> str:
    return _normal_case(word) if len(word) > 2 else word.capitalize()  # noqa: PLR2004


def _is_shouted_word(word: str) -> bool:
    longer = len(word) > 2 or word.lower() in _SHORT_FAMILIES  # noqa: PLR2004
    return word.isupper() and word.replace("-", "").replace("'", "").isalpha() and longer


def _is_initials(word: str, longest: int = 2) -> bool:
    """`J`, `J.`, `J.-P.`, `JA`; without dots no more than `longest` letters."""
    if re.fullmatch(r"(?:[^\W\d_]\.[- ]?){1,4}|[^\W\d_](?:-[^\W\d_])+", word):
        return True
    return word.isupper() and word.isalpha() and len(word) <= longest


def _count_trailing_initials(words: list[str]) -> int:
    """The number of words at the end that are initials after a family name: `Doe J`, `Doe JA`."""
    behind = 0
    while behind < len(words) - 1 and _is_initials(words[-1 - behind], longest=1):
        behind += 1
    first, last = words[0] if words else "", words[-1] if words else ""
    if not behind and len(words) > 1 and _is_initials(last) and last.isascii():
        behind = int(last.lower() not in _SHORT_FAMILIES and last not in _CONSONANTS)
    return 0 if _is_initials(first) or first.isupper() else behind


_CONSONANTS = frozenset({"KC", "GC", "BK", "NG"})  # family names, mostly of Nepal


def _normal_case(word: str, *, inside: bool = False) -> str:
    """`BUZSÁKI` → `Buzsáki`, `MRSIC-FLOGEL` → `Mrsic-Flogel`, `MCDONALD` → `McDonald`; `J.-P.` stays.

    Particles (`VAN`) and generations (`III`) are written as usual. Particles of two letters (`DE`) may be
    initials, unless they are `inside` a name.
    """
    low = word.lower()
    if re.fullmatch(r"[IVX]{2,4}", word) and _SUFFIX.fullmatch(word):
        return word
    if low in _PARTICLES and (len(word) > 2 or (inside and len(word) == 2)):  # noqa: PLR2004
        return low
    small = re.sub(r"[^\W\d_]{3,}", lambda part: part[0].capitalize(), word)
    small = re.sub(r"\bMc([a-z])(?=[a-z]{2})", lambda part: f"Mc{part[1].upper()}", small)
    return small.capitalize() if small in {"JR", "SR", "JR.", "SR."} else small


def _family_start(words: list[str]) -> int:
    """Where the family name starts: at the last word or the particles before it, never at the first word."""
    start = len(words) - 1
    while start > 1 and (_is_particle(words[start - 1]) or words[start] in _JOINS):
        joins = words[start - 1] in _JOINS
        start -= 2 if joins and start > 2 else 1  # noqa: PLR2004  a given name remains
    return start


def _is_particle(word: str) -> bool:
    low = word.lower()
    return low in _PARTICLES and (word == low or low not in _ONLY_LOWER)


def _move_particles(family: str, given: str, suffix: str) -> Name:
    """Move particles at the end of the given names ("Anne van der", "Berg") to the family name."""
    words = given.split()
    end = len(words)
    while end > 1 and words[end - 1] == words[end - 1].lower() and _is_particle(words[end - 1]):
        end -= 1
    return Name(" ".join([*words[end:], family]), " ".join(words[:end]), suffix)


def _is_far_eastern(words: list[str]) -> bool:
    """Whether all signs are Han, Hangul or kana: the family name then comes first."""
    return all(_is_han(sign) or _is_hangul(sign) or _is_kana(sign) for sign in "".join(words))


def _split_family_first(words: list[str], suffix: str) -> Name:
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
