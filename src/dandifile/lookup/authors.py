"""An author from a name and what else a service says, the same way for every service. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from dandifile.identifiers import bare_orcid
from dandifile.lookup.facts import Affiliation, Author
from dandifile.lookup.names import Name, dandi_name
from dandifile.model import JsonObject


def consortium(name: str, affiliations: Iterable[Affiliation] = ()) -> Author:
    """An author that is no person."""
    return Author(name=name, collective=True, affiliations=named(affiliations))


def person(
    name: Name, orcid: str = "", affiliations: Iterable[Affiliation] = (), said_by: str = "deposited"
) -> Author:
    """A person; one whose name could not be split has a `name` alone. `orcid` is sound, or ""."""
    known = Author(orcid=orcid, orcid_from=said_by if orcid else "", affiliations=named(affiliations))
    if not name.given:
        return replace(known, name=name.family)
    return replace(known, family=name.family, given=name.given, suffix=name.suffix, guessed=name.guessed)


def full_name(author: Author) -> str:
    """The name as the archive shall have it."""
    return author.name or dandi_name(Name(author.family, author.given, author.suffix))


def sound(said: str, who: Name) -> tuple[str, list[str]]:
    """The bare ORCID iD, and a warning where there is one that fails its checksum."""
    orcid = bare_orcid(said) or ""
    wrong = bool(said) and not orcid
    return orcid, [f"{dandi_name(who)}: {said} is no ORCID iD (its checksum fails)"] if wrong else []


def credited(
    entries: Iterable[JsonObject], read: Callable[[JsonObject], tuple[Author, list[str]]]
) -> tuple[tuple[Author, ...], tuple[str, ...]]:
    """The authors in a service's list, as `read` gives them with its warnings; the nameless are left out."""
    found = [read(entry) for entry in entries]
    authors = tuple(author for author, _ in found if full_name(author))
    return authors, tuple(warning for _, warnings in found for warning in warnings)


def named(affiliations: Iterable[Affiliation]) -> tuple[Affiliation, ...]:
    """Without the nameless and the doubled."""
    return tuple(dict.fromkeys(each for each in affiliations if each.name))
