"""An author from a name and what else a service says, the same way for every service. Pure."""

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


def consortium(name: str, affiliations: Iterable[Affiliation] = ()) -> Author:
    """An author that is no person."""
    return Author(name=name, collective=True, affiliations=unique_affiliations(affiliations))


def person(
    name: Name, orcid: str = "", affiliations: Iterable[Affiliation] = (), said_by: str = "deposited"
) -> Author:
    """A person; one whose name could not be split has a `name` alone. `orcid` is sound, or ""."""
    known = Author(
        orcid=orcid, orcid_from=said_by if orcid else "", affiliations=unique_affiliations(affiliations)
    )
    if not name.given:
        return replace(known, name=name.family)
    return replace(known, family=name.family, given=name.given, suffix=name.suffix, guessed=name.guessed)


def full_name(author: Author) -> str:
    """The name as the archive shall have it."""
    return author.name or dandi_name(Name(author.family, author.given, author.suffix))


def check_orcid(said: str, who: Name) -> tuple[str, list[str]]:
    """The bare ORCID iD, and a warning where there is one that fails its checksum."""
    orcid = bare_orcid(said) or ""
    wrong = bool(said) and not orcid
    return orcid, [f"{dandi_name(who)}: {said} is no ORCID iD (its checksum fails)"] if wrong else []


def read_authors(
    entries: Iterable[JsonObject], read: Callable[[JsonObject], tuple[Author, list[str]]]
) -> tuple[tuple[Author, ...], tuple[str, ...]]:
    """The authors in a service's list, as `read` gives them with its warnings; the nameless are left out."""
    found = [read(entry) for entry in entries]
    authors = tuple(author for author, _ in found if full_name(author))
    return authors, tuple(warning for _, warnings in found for warning in warnings)


def unique_affiliations(affiliations: Iterable[Affiliation]) -> tuple[Affiliation, ...]:
    """Without the nameless and the doubled."""
    return tuple(dict.fromkeys(each for each in affiliations if each.name))


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


def normalise(text: str) -> str:
    """Without case, accents and punctuation, words parted by one blank: `György Buzsáki` → `gyorgy buzsaki`.

    Scripts other than Latin keep their letters. Apostrophes go; hyphens and dots part words. Normalising
    twice changes nothing: compatibility letters (mathematical bold ones) go before the case is folded.
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
    """Two full names of people that are the same but for spelling, in whatever order they are written."""
    return bool(one and other) and _name_parts(one) == _name_parts(other)


def can_be_same(one: str, other: str) -> bool:
    """The same family name, and given names of which one is short for the other.

    `Miller, Lee` and `Miller, Lee E`; `Miller, L. E.` and `Miller, Lee`; never `Miller, Lee`
    and `Miller, Laura`. A name without a given one is nobody's.
    """
    (family, given), (other_family, other_given) = _name_parts(one), _name_parts(other)
    if family != other_family or not (given and other_given):
        return False
    return all(_is_short_for(a, b) for a, b in zip(given, other_given, strict=False))


def is_split_otherwise(one: str, other: str) -> bool:
    """The same words in the same order, with the family name beginning elsewhere; a word may be an initial.

    `Quiroga, Rodrigo Quian` and `Quian Quiroga, R.`
    """
    words = [_words_in_speech(text) for text in (one, other)]
    if len(words[0]) != len(words[1]) or len(words[0]) < 3 or words[0][-1] != words[1][-1]:  # noqa: PLR2004
        return False
    return all(map(_is_short_for, *words))


def is_alike(one: str, other: str) -> bool:
    """Whether two names may be one person's."""
    return is_same_name(one, other) or can_be_same(one, other) or is_split_otherwise(one, other)


def _is_short_for(one: str, other: str) -> bool:
    """The same word, or one the initial of the other."""
    return one == other or (1 in (len(one), len(other)) and one[:1] == other[:1])


def _words_in_speech(text: str) -> list[str]:
    """The words of a name, given names first."""
    name = split_name(text)
    _, given = _name_parts(text)
    return [*(word for part in given for word in part.split()), *normalise(name.family).split()]


def with_fuller_name(one: Author, other: Author) -> Author:
    """`one` with the name of whichever account writes the person's name more fully.

    A family name that came as such goes before a guess, full given names before initials, and accents and
    inner capitals before their lack: these get lost on the way, and are not made up.
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
    """A name that was parted by a guess, parted where the same person's other one is, if that is no guess."""
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
    """Family name as one word, and the given names. Initials without dots (`JA`) are one each."""
    name = split_name(text)
    given = (
        [*word] if word.isupper() and len(word) <= 3 and word.isascii() else [word]  # noqa: PLR2004
        for word in re.split(r"[\s.\-]+", name.given)
        if word
    )
    words = tuple(normalise(part) for word in given for part in word)
    return normalise(name.family).replace(" ", ""), words


def is_part_of(lone: str, full: str) -> bool:
    """Whether a name that could not be split is the full one without its parts, or a part of it."""
    if "," in lone or "," not in full:
        return False
    words = normalise(lone).split()
    family, given = _name_parts(full)
    return words in ([family], [*given, family], [family, *given]) or normalise(lone) == normalise(
        split_name(full).family
    )
