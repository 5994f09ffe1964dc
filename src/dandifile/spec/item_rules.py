"""Checks of the items of lists: contributors, ids and their checksums, addresses, terms, `metadata`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from urllib.parse import urlsplit

from dandifile.identifiers import PERSON_NAME, bare_orcid, ror_url, term_curie
from dandifile.model import JsonObject
from dandifile.spec.faults import Fault
from dandifile.spec.forms import ABOUT, ANATOMY, PERSON, WHOLE, SpecItem, spec_items
from dandifile.spelling import first_unfit, respell

_CONTACT = "ContactPerson"
_ITEM = 2  # length of the path of an item of a list at the top of the spec
_EAST_ASIAN = "\u2e80"  # scripts from here on: the family name comes first
_SUFFIXES = ("Jr", "Sr", "II", "III", "IV")

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?"
_IN_PATH = r"([A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*"
_URL = re.compile(
    rf"https?://(({_LABEL}\.)*(?=[A-Za-z]){_LABEL}|[0-9]+(\.[0-9]+){{3}})(:[0-9]+)?([/?]{_IN_PATH})?(#{_IN_PATH})?"
)
_LONGEST_URL = 1000
_TERMS = (ANATOMY, *ABOUT.values())
_NEARLY_A_TERM = re.compile(r"(UBERON|CL|HP)[:_]\w*|https?://\S+", re.IGNORECASE)


def contributor_faults(raw: JsonObject) -> Iterator[Fault]:
    """What the archive requires of the contributors of a dandiset."""
    contributors = [
        item for item in spec_items(raw) if item.path[0] == "contributors" and len(item.path) == _ITEM
    ]
    there = [item for item in contributors if not item.keys.get("omit")]
    yield from _name_faults(contributors)
    yield from _duplicate_faults(contributors)
    yield from _contact_faults(there)
    some_removed = len(contributors) < len(raw.get("contributors", ()))
    if there and "doi" not in raw and not some_removed and not any(_can_be_contact(item) for item in there):
        what = f"no contributor has the role {_CONTACT}, and the archive rejects a dandiset without one"
        fix = f"give one of them `roles: [{_CONTACT}]` and an `email`"
        yield Fault(("contributors",), what, fix, at_key=True, missing=True)


def _name_faults(contributors: list[SpecItem]) -> Iterator[Fault]:
    for item in contributors:
        name = item.keys.get("name", "")
        if item.form is PERSON and name and not PERSON_NAME.fullmatch(name.strip()):
            yield Fault(item.at("name"), *_name_complaint(name))


def _name_complaint(name: str) -> tuple[str, str]:
    """What is wrong with the name of a person, and what to write instead."""
    better = respell(name, _is_name_character)
    typographic = all(_is_name_character(character) or not character.isascii() for character in name)
    if typographic and better != name and PERSON_NAME.fullmatch(better.strip()):
        said = first_unfit(name, _is_name_character)
        return (
            f"{name!r} has a character that the archive does not accept in names: {said}",
            f'write "{better}"',
        )
    return f'{name!r} is not a name that the archive accepts: it must be "Last, First"', _name_advice(name)


def _is_name_character(character: str) -> bool:
    return character == "," or bool(PERSON_NAME.fullmatch(f"{character}, x"))


def _name_advice(name: str) -> str:
    """Suggests the family name first; it starts with its particles, as in `van der Berg, Jan`."""
    words = name.split()
    suffix = words[-1:] if len(words) > 2 and words[-1].strip(".") in _SUFFIXES else []  # noqa: PLR2004
    words = words[: len(words) - len(suffix)]
    family = next((place for place, word in enumerate(words) if place and word.islower()), len(words) - 1)
    turned = f"{' '.join(words[family:])}, {' '.join([*words[:family], *suffix])}"
    begins_with_given = name < _EAST_ASIAN and not words[0].islower() if words else False
    if begins_with_given and "," not in name and PERSON_NAME.fullmatch(turned):
        return f'write "{turned}", or put the comma after the family name'
    return "write one comma and a space, with letters, spaces, dots, hyphens and apostrophes around it"


def _contact_faults(there: list[SpecItem]) -> Iterator[Fault]:
    for item in there:
        roles = item.keys.get("roles") or ()
        if _CONTACT in roles and not (item.keys.get("email") or item.keys.get("metadata", {}).get("email")):
            what = f"the {_CONTACT} has no e-mail address"
            yield Fault(item.path, what, "add `email`, or remove the role", missing=True)


def _can_be_contact(item: SpecItem) -> bool:
    """Whether it has the role, or roles in which another check found a fault, or the role in `metadata`."""
    roles = item.keys.get("roles") or ()
    in_metadata = item.keys.get("metadata", {}).get("roleName") or ()
    return _CONTACT in roles or None in roles or f"dcite:{_CONTACT}" in str(in_metadata)


def _duplicate_faults(contributors: list[SpecItem]) -> Iterator[Fault]:
    """The same person twice, or the same organization with the same award."""
    seen: dict[tuple[str, ...], SpecItem] = {}
    for item in contributors:
        for identity in _identities(item):
            first = seen.setdefault(identity, item)
            if first is not item and not _is_other_person(first, item):
                what = f"{identity[1]} is given twice, first as contributors[{first.path[1]}]"
                yield Fault(item.path, what, "merge the two entries into one")
                break


def _identities(item: SpecItem) -> Iterator[tuple[str, ...]]:
    if item.form is PERSON:
        if orcid := bare_orcid(item.keys.get("orcid") or ""):
            yield ("orcid", orcid)
        if name := item.keys.get("name"):
            yield ("name", " ".join(name.split()))
    elif name := item.keys.get("organization"):
        yield ("organization", " ".join(name.split()), item.keys.get("award") or "")


def _is_other_person(one: SpecItem, other: SpecItem) -> bool:
    """Whether they are two people of the same name with different ORCID iDs."""
    orcids = {bare_orcid(item.keys.get("orcid") or "") for item in (one, other)}
    return len(orcids) > 1 and None not in orcids


def item_faults(raw: JsonObject) -> Iterator[Fault]:
    """What must hold for every item in a short form, in any of the lists."""
    for item in spec_items(raw):
        for key, check in _CHECKS.items():
            if isinstance(text := item.keys.get(key), str) and text.strip() and (complaint := check(text)):
                yield Fault(item.at(key), *complaint)
        yield from _double_key_faults(item)
        yield from _term_faults(item)


def _double_key_faults(item: SpecItem) -> Iterator[Fault]:
    metadata = item.keys.get("metadata", {})
    for short, dandi in item.form.keys.items():
        if short in item.keys and dandi in metadata:
            what = f"`{dandi}` is set twice: through `{short}` and in `metadata`"
            yield Fault((*item.path, "metadata", dandi), what, "keep one of them", at_key=True)
    if "schemaKey" in metadata and item.form is not WHOLE:
        what = f"`schemaKey` is {item.form.schema_key} here and cannot be declared"
        yield Fault((*item.path, "metadata", "schemaKey"), what, "remove it", at_key=True)


def _orcid_complaint(text: str) -> tuple[str, str] | None:
    if bare_orcid(text):
        return None
    return f"{text!r} is not a valid ORCID iD: its form or its checksum is wrong", "look it up on orcid.org"


def _ror_complaint(text: str) -> tuple[str, str] | None:
    if ror_url(text):
        return None
    return f"{text!r} is not a valid ROR id: its form or its checksum is wrong", "look it up on ror.org"


def _email_complaint(text: str) -> tuple[str, str] | None:
    """Checked as the archive's schema does, with the same library."""
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        return f"{text!r} is not an e-mail address: {error}", "write it like jane@example.org"
    return None


def _url_complaint(text: str) -> tuple[str, str] | None:
    text = text.strip()
    if len(text) > _LONGEST_URL:
        return f"the URL has {len(text):,} characters", f"shorten it to {_LONGEST_URL:,}, the archive's limit"
    if _URL.fullmatch(text) and _has_valid_host(text):
        return None
    return (
        f"{text!r} is not a URL that the archive accepts",
        "write the whole URL, starting with http:// or https://",
    )


def _has_valid_host(url: str) -> bool:
    """Whether the numbers in the host and the port are in range."""
    try:
        parts = urlsplit(url)
        assert parts.hostname, "the pattern asks for a host"
        if parts.hostname.replace(".", "").isdigit():
            IPv4Address(parts.hostname)
    except ValueError:
        return False
    else:
        return parts.port is None or parts.port >= 0


def _term_faults(item: SpecItem) -> Iterator[Fault]:
    """Checks ids of terms; a bare text that is not an id is a name, which is looked up."""
    if item.form not in _TERMS:
        return
    text = item.keys.get("id")
    if isinstance(text, str) and not term_curie(text) and (not item.bare or _NEARLY_A_TERM.fullmatch(text)):
        fix = "write seven digits after UBERON, CL or HP, as in UBERON:0002421"
        if not _NEARLY_A_TERM.fullmatch(text):
            fix = f"write an id like UBERON:0002421, or only the name: {{name: {text}}}"
        yield Fault(item.at("id"), f"{text!r} is not the id of a term", fix)
    elif not {"id", "name"} & item.keys.keys():
        yield Fault(item.path, "a term needs `name` or `id`", "add one of them; a name is looked up")


_CHECKS: dict[str, Callable[[str], tuple[str, str] | None]] = {
    "orcid": _orcid_complaint,
    "ror": _ror_complaint,
    "email": _email_complaint,
    "url": _url_complaint,
}
