"""Authors, made the same way from every service's answer, and compared across spellings of a name. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace

from dandifile.identifiers import bare_orcid
from dandifile.lookup.facts import Affiliation, Author
from dandifile.lookup.names import Name, dandi_name, split_name
from dandifile.model import JsonObject
from dandifile.spelling import repeat_until_stable

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


def consortium(name: str, affiliations: Iterable[Affiliation] = ()) -> Author:
    """An author that is not a person."""
    return Author(name=name, collective=True, affiliations=unique_affiliations(affiliations))


def person(
    name: Name, orcid: str = "", affiliations: Iterable[Affiliation] = (), said_by: str = "deposited"
) -> Author:
    """A person; if the name could not be split, with only a `name`. `orcid` is valid, or ""."""
    known = Author(
        orcid=orcid, orcid_from=said_by if orcid else "", affiliations=unique_affiliations(affiliations)
    )
    if not name.given:
        return replace(known, name=name.family)
    return replace(known, family=name.family, given=name.given, suffix=name.suffix, guessed=name.guessed)


def full_name(author: Author) -> str:
    """The name in the archive's form."""
    return author.name or dandi_name(Name(author.family, author.given, author.suffix))


def check_orcid(said: str, who: Name) -> tuple[str, list[str]]:
    """The bare ORCID iD if it is valid, else "" and, if there was a text, a warning."""
    orcid = bare_orcid(said) or ""
    if orcid or not said:
        return orcid, []
    return "", [f"{dandi_name(who)}: {said} is not a valid ORCID iD (its checksum is wrong)"]


def read_authors(
    entries: Iterable[JsonObject], read: Callable[[JsonObject], tuple[Author, list[str]]]
) -> tuple[tuple[Author, ...], tuple[str, ...]]:
    """The authors in a service's list, and the warnings about them. Those without a name are left out."""
    found = [read(entry) for entry in entries]
    authors = tuple(author for author, _ in found if full_name(author))
    return authors, tuple(warning for _, warnings in found for warning in warnings)


def unique_affiliations(affiliations: Iterable[Affiliation]) -> tuple[Affiliation, ...]:
    """Without duplicates and those that have no name."""
    return tuple(dict.fromkeys(each for each in affiliations if each.name))


def normalise(text: str) -> str:
    """Without case, accents and punctuation, and with single blanks: `György Buzsáki` → `gyorgy buzsaki`.

    Scripts other than Latin keep their letters. Apostrophes are removed; hyphens and dots separate words.
    Normalising twice changes nothing: compatibility letters (mathematical bold) are replaced before the case.
    """
    return repeat_until_stable(text, _strip_marks)


def _strip_marks(text: str) -> str:
    split_up = unicodedata.normalize(
        "NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    )
    bare = "".join(sign for sign in split_up if not unicodedata.combining(sign)).translate(_LETTERS)
    joined = unicodedata.normalize("NFC", re.sub("['`\u2019\u02bc]", "", bare))
    return " ".join(re.findall(r"\w+", joined))


def is_same_name(one: str, other: str) -> bool:
    """Whether two full names differ only in spelling and in the order of their parts."""
    return bool(one and other) and _name_parts(one) == _name_parts(other)


def can_be_same(one: str, other: str) -> bool:
    """Whether the family names are the same, and the given names of one may be short for the other's.

    `Miller, Lee` and `Miller, Lee E`; `Miller, L. E.` and `Miller, Lee`; never `Miller, Lee` and
    `Miller, Laura`, and never a name without given names.
    """
    (family, given), (other_family, other_given) = _name_parts(one), _name_parts(other)
    if family != other_family or not (given and other_given):
        return False
    return all(_is_short_for(a, b) for a, b in zip(given, other_given, strict=False))


def is_split_otherwise(one: str, other: str) -> bool:
    """Whether the words are the same, but the family name begins at another one. Initials match words.

    `Quiroga, Rodrigo Quian` and `Quian Quiroga, R.`
    """
    words = [_words_in_speech(text) for text in (one, other)]
    if len(words[0]) != len(words[1]) or len(words[0]) < 3 or words[0][-1] != words[1][-1]:  # noqa: PLR2004
        return False
    return all(map(_is_short_for, *words))


def can_be_one_person(one: str, other: str) -> bool:
    """Whether two names may be those of one person."""
    return is_same_name(one, other) or can_be_same(one, other) or is_split_otherwise(one, other)


def _is_short_for(one: str, other: str) -> bool:
    """Whether the words are the same, or one is the initial of the other."""
    return one == other or (1 in (len(one), len(other)) and one[:1] == other[:1])


def _words_in_speech(text: str) -> list[str]:
    """The words of a name, given names first."""
    name = split_name(text)
    _, given = _name_parts(text)
    return [*(word for part in given for word in part.split()), *normalise(name.family).split()]


def with_fuller_name(one: Author, other: Author) -> Author:
    """`one`, with the person's name from the account that has it more fully.

    A family name that came as one is better than a guess, full given names are better than initials, and a
    name with accents and inner capitals is better than one without: accents get lost, but are not invented.
    """
    names = [_split_like(one, other), _split_like(other, one)]
    best = names[1] if _fullness(names[1]) > _fullness(names[0]) else names[0]
    return replace(
        one,
        family=best.family,
        given=best.given,
        name=best.name,
        suffix=one.suffix or other.suffix,
        guessed=best.guessed,
    )


def _split_like(author: Author, other: Author) -> Author:
    """A name that was split by a guess, split like the same person's other name if that is not a guess."""
    if not author.guessed or other.guessed or not other.family:
        return author
    words, family = f"{author.given} {author.family}".split(), normalise(other.family).replace(" ", "")
    for start in range(1, len(words)):
        if normalise(" ".join(words[start:])).replace(" ", "") == family:
            return replace(
                author, given=" ".join(words[:start]), family=" ".join(words[start:]), guessed=False
            )
    return author


def _fullness(author: Author) -> tuple[bool | int, ...]:
    words = [word for word in re.split(r"[\s.\-]+", author.given) if word]
    full = [word for word in words if len(normalise(word)) > 1 and not (word.isupper() and len(word) <= 3)]  # noqa: PLR2004
    whole = f"{author.family} {author.given}"
    inner = len(re.findall(r"(?<=[^\W\d_])(?=[^\W\d_])[A-Z](?=[a-z])", whole))
    accents = sum(unicodedata.combining(sign) != 0 for sign in unicodedata.normalize("NFD", whole))
    return bool(author.family), not author.guessed, len(full), len(words), accents, inner, whole.count("-")


def _name_parts(text: str) -> tuple[str, tuple[str, ...]]:
    """The family name as one word, and the given names. Initials without dots (`JA`) are separate words."""
    name = split_name(text)
    given = (
        [*word] if word.isupper() and len(word) <= 3 and word.isascii() else [word]  # noqa: PLR2004
        for word in re.split(r"[\s.\-]+", name.given)
        if word
    )
    words = tuple(normalise(part) for word in given for part in word)
    return normalise(name.family).replace(" ", ""), words


def is_part_of(lone: str, full: str) -> bool:
    """Whether a name that could not be split has the words of the full one, or is its family name."""
    if "," in lone or "," not in full:
        return False
    words = normalise(lone).split()
    family, given = _name_parts(full)
    return words in ([family], [*given, family], [family, *given]) or normalise(lone) == normalise(
        split_name(full).family
    )
