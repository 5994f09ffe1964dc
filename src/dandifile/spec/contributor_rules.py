"""What the archive asks of the contributors of a dandiset."""

from __future__ import annotations

from collections.abc import Iterator

from dandifile.identifiers import PERSON_NAME, bare_orcid
from dandifile.model import JsonObject
from dandifile.spec.fault import Fault
from dandifile.spec.forms import ORGANIZATION, PERSON, Item, items
from dandifile.spelling import first_unfit, respell

_CONTACT = "ContactPerson"
_EAST_ASIAN = "\u2e80"  # scripts from here on: the family name comes first
_SUFFIXES = ("Jr", "Sr", "II", "III", "IV")


def contributor_faults(raw: JsonObject) -> Iterator[Fault]:
    contributors = [item for item in items(raw) if item.form in (PERSON, ORGANIZATION)]
    there = [item for item in contributors if not item.keys.get("omit")]
    yield from _names(contributors)
    yield from _doubles(contributors)
    yield from _contacts_reachable(there)
    some_taken_out = len(contributors) < len(raw.get("contributors", ()))
    if there and "doi" not in raw and not some_taken_out and not any(_may_be_contact(item) for item in there):
        what = f"no contributor has the role {_CONTACT}, and the archive refuses a dandiset without one"
        fix = f"give one of them `roles: [{_CONTACT}]` and an `email`"
        yield Fault(("contributors",), what, fix, at_key=True, missing=True)


def _names(contributors: list[Item]) -> Iterator[Fault]:
    for item in contributors:
        name = item.keys.get("name", "")
        if item.form is PERSON and name and not PERSON_NAME.fullmatch(name.strip()):
            yield Fault(item.at("name"), *_not_a_name(name))


def _not_a_name(name: str) -> tuple[str, str]:
    """What is wrong with the name of a person, and what to write instead."""
    better = respell(name, _in_names)
    typographic = all(_in_names(character) or not character.isascii() for character in name)
    if typographic and better != name and PERSON_NAME.fullmatch(better.strip()):
        said = first_unfit(name, _in_names)
        return f"{name!r} has a character that the archive takes in no name: {said}", f'write "{better}"'
    return f'{name!r} is not a name that the archive takes: it wants "Last, First"', _last_first(name)


def _in_names(character: str) -> bool:
    return character == "," or bool(PERSON_NAME.fullmatch(f"{character}, x"))


def _last_first(name: str) -> str:
    """The name the other way round; a family name begins with its particles: `van der Berg, Jan`."""
    words = name.split()
    suffix = words[-1:] if len(words) > 2 and words[-1].strip(".") in _SUFFIXES else []  # noqa: PLR2004
    words = words[: len(words) - len(suffix)]
    family = next((place for place, word in enumerate(words) if place and word.islower()), len(words) - 1)
    turned = f"{' '.join(words[family:])}, {' '.join([*words[:family], *suffix])}"
    begins_with_given = name < _EAST_ASIAN and not words[0].islower() if words else False
    if begins_with_given and "," not in name and PERSON_NAME.fullmatch(turned):
        return f'write "{turned}", or put the comma where it belongs'
    return "one comma with a blank behind it; letters, blanks, dots, hyphens and apostrophes otherwise"


def _contacts_reachable(there: list[Item]) -> Iterator[Fault]:
    for item in there:
        roles = item.keys.get("roles") or ()
        if _CONTACT in roles and not (item.keys.get("email") or item.keys.get("metadata", {}).get("email")):
            what = f"a {_CONTACT} needs an e-mail address"
            yield Fault(item.path, what, "add `email`, or drop the role", missing=True)


def _may_be_contact(item: Item) -> bool:
    """Has the role, or has roles that another check found fault with; `metadata` may hold anything."""
    roles = item.keys.get("roles") or ()
    in_metadata = item.keys.get("metadata", {}).get("roleName") or ()
    return _CONTACT in roles or None in roles or f"dcite:{_CONTACT}" in str(in_metadata)


def _doubles(contributors: list[Item]) -> Iterator[Fault]:
    """The same person twice, or the same organization with the same award."""
    seen: dict[tuple[str, ...], Item] = {}
    for item in contributors:
        for identity in _identities(item):
            first = seen.setdefault(identity, item)
            if first is not item and not _told_apart(first, item):
                what = f"{identity[1]} is given twice, first as contributors[{first.path[1]}]"
                yield Fault(item.path, what, "put both into one entry")
                break


def _identities(item: Item) -> Iterator[tuple[str, ...]]:
    if item.form is PERSON:
        if orcid := bare_orcid(item.keys.get("orcid") or ""):
            yield ("orcid", orcid)
        if name := item.keys.get("name"):
            yield ("name", " ".join(name.split()))
    elif name := item.keys.get("organization"):
        yield ("organization", " ".join(name.split()), item.keys.get("award") or "")


def _told_apart(one: Item, other: Item) -> bool:
    """Two people of the same name who have different ORCID iDs."""
    orcids = {bare_orcid(item.keys.get("orcid") or "") for item in (one, other)}
    return len(orcids) > 1 and None not in orcids
