"""What is surely wrong in a metadata document, and the same document without it. Pure.

Only what leaves no choice is repaired: a spelling that has one normal form, an item that says nothing, a role
that follows from the rest of the entry. Each repair is one line for the user, who decides about all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dandifile.doi import published_doi, resource_identifier
from dandifile.identifiers import awards_in, bare_orcid, ror_url
from dandifile.importing.oddities import UNSEEN
from dandifile.model import Json, JsonObject

_NAMED = ("contributor", "about", "keywords", "ethicsApproval", "relatedResource", "studyTarget", "protocol")
"""Fields whose texts are names and numbers: blanks and unseen characters mean nothing in them."""
_CONTACT, _FUNDER, _AUTHOR = "dcite:ContactPerson", "dcite:Funder", "dcite:Author"


@dataclass(frozen=True)
class Repair:
    """`field` is DANDI's field, `what` was done there, in words."""

    field: str
    what: str


def repair(document: JsonObject) -> tuple[JsonObject, tuple[Repair, ...]]:
    """The repaired document, and what was done; the same document if nothing is surely wrong."""
    done: list[Repair] = []
    repaired: JsonObject = {}
    for name, value in document.items():
        repaired[name] = value
        for step in _STEPS.get(name, ()):
            better = step.apply(repaired[name])
            if better != repaired[name]:
                done.append(Repair(name, step.what))
                repaired[name] = better
    return repaired, tuple(done)


@dataclass(frozen=True)
class _Step:
    what: str
    apply: Callable[[Json], Json]


# --- Texts ----------------------------------------------------------------------------------------


def _tidy(value: Json) -> Json:
    """Texts without unseen characters, and with single blanks; long texts keep their lines.

    Blanks at the ends alone are no difference to a plan, so nothing would come of it.
    """
    if isinstance(value, dict):
        return {key: _tidy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, str):
        return value
    seen = value.translate(dict.fromkeys(map(ord, UNSEEN)))
    tidy = "\n".join(" ".join(line.split()) for line in seen.strip().split("\n"))
    return value if tidy == value.strip() else tidy


def _license(value: Json) -> Json:
    return [value] if isinstance(value, str) else value


# --- Items ----------------------------------------------------------------------------------------


def _without_nothing(value: Json) -> Json:
    """Without items that are null or empty, and without contact points in which nothing is said."""
    if not isinstance(value, list):
        return value
    return [_without_idle_contacts(item) for item in value if item not in (None, {}, "", [])]


def _without_idle_contacts(item: Json) -> Json:
    """Web forms leave `{schemaKey: ContactPoint}` behind, alone or in a list."""
    if not isinstance(item, dict):
        return item
    idle: tuple[Json, ...] = (None, {}, {"schemaKey": "ContactPoint"})
    contact = item.get("contactPoint")
    if contact == {"schemaKey": "ContactPoint"}:
        return {key: value for key, value in item.items() if key != "contactPoint"}
    if isinstance(contact, list) and any(each in idle for each in contact):
        return {**item, "contactPoint": [each for each in contact if each not in idle]}
    return item


def _each(change: Callable[[JsonObject], JsonObject]) -> Callable[[Json], Json]:
    """Applies to every item of a list that is an object."""

    def apply(value: Json) -> Json:
        if not isinstance(value, list):
            return value
        return [change(item) if isinstance(item, dict) else item for item in value]

    return apply


def _ids(contributor: JsonObject) -> JsonObject:
    """ORCID iDs and ROR ids in the form of DANDI's schema."""
    normal = ror_url if contributor.get("schemaKey") in {"Organization", "Affiliation"} else bare_orcid
    written = contributor.get("identifier")
    found = normal(written) if isinstance(written, str) else None
    better = {**contributor, "identifier": found} if found else contributor
    if isinstance(places := better.get("affiliation"), list):
        return {**better, "affiliation": _each(_ids)(places)}
    return better


def _doi(resource: JsonObject) -> JsonObject:
    written = resource.get("identifier")
    if not isinstance(written, str) or published_doi(written) is not None:
        return resource
    return {**resource, "identifier": resource_identifier(written)}


# --- Contributors ---------------------------------------------------------------------------------


def _without_nameless(value: Json) -> Json:
    """Without people who have no name or any other detail, if others are left."""
    if not isinstance(value, list):
        return value
    kept = [item for item in value if not (isinstance(item, dict) and _is_nobody(item))]
    return kept or value


def _is_nobody(contributor: JsonObject) -> bool:
    name = contributor.get("name")
    known = any(contributor.get(key) for key in ("identifier", "email", "url", "awardNumber"))
    return not known and (name is None or (isinstance(name, str) and not re.search(r"\w", name)))


def _award_each(value: Json) -> Json:
    """An organization once for every award, where all of a list are numbers of NIH."""
    if not isinstance(value, list):
        return value
    kept: list[Json] = []
    for item in value:
        parts = _entries_by_award(item)
        there = [_funding(other) for other in (*value, *kept) if other is not item]
        kept += parts if len(parts) == 1 else [part for part in parts if _funding(part) not in there]
    return kept


def _funding(item: Json) -> Json:
    return (item.get("name"), item.get("awardNumber")) if isinstance(item, dict) else None


def _entries_by_award(item: Json) -> list[Json]:
    award = item.get("awardNumber") if isinstance(item, dict) else None
    if not isinstance(award, str) or item.get("schemaKey") != "Organization" or "name" not in item:
        return [item]
    awards = awards_in(award)
    return [{**item, "awardNumber": one} for one in awards] if len(awards) > 1 else [item]


def _funder(contributor: JsonObject) -> JsonObject:
    """An organization with an award is the one that gave it."""
    gave = contributor.get("schemaKey") == "Organization" and bool(contributor.get("awardNumber"))
    return _with_role(contributor, _FUNDER) if gave else contributor


def _author(contributor: JsonObject) -> JsonObject:
    """A person in the citation is an author: the DOI's record goes by the role."""
    cited = contributor.get("schemaKey") == "Person" and contributor.get("includeInCitation") is True
    return _with_role(contributor, _AUTHOR) if cited else contributor


def _with_role(contributor: JsonObject, role: str) -> JsonObject:
    """With this role where there is none."""
    return contributor if contributor.get("roleName") else {**contributor, "roleName": [role]}


def _person_as_contact(value: Json) -> Json:
    """No organization as ContactPerson, where a person with an address has the role too."""
    if not isinstance(value, list) or not any(map(_is_reachable, value)):
        return value
    return [_without_contact(item) for item in value]


def _roles(item: Json) -> list[Json]:
    roles = item.get("roleName") if isinstance(item, dict) else None
    return roles if isinstance(roles, list) else []


def _is_reachable(item: Json) -> bool:
    return _CONTACT in _roles(item) and item.get("schemaKey") == "Person" and bool(item.get("email"))


def _without_contact(item: Json) -> Json:
    if _CONTACT not in _roles(item) or item.get("schemaKey") != "Organization":
        return item
    return {**item, "roleName": [role for role in item["roleName"] if role != _CONTACT]}


_BLANKS = _Step("stray blanks and unseen characters removed", _tidy)
_EMPTY = _Step("empty items removed", _without_nothing)


def _steps() -> Iterator[tuple[str, tuple[_Step, ...]]]:
    yield "name", (_BLANKS,)
    yield "license", (_Step("a text made a list", _license),)
    for field in _NAMED:
        own = {
            "contributor": (
                _Step("people without a name removed", _without_nameless),
                _Step("ORCID iDs and ROR ids written as DANDI's schema has them", _each(_ids)),
                _Step("several awards of one funder made one entry each", _award_each),
                _Step("organizations with an award made Funder", _each(_funder)),
                _Step("people in the citation without a role made Author", _each(_author)),
                _Step("ContactPerson left to people", _person_as_contact),
            ),
            "relatedResource": (_Step("DOIs written as publishing reads them", _each(_doi)),),
        }
        yield field, (_BLANKS, _EMPTY, *own.get(field, ()))


_STEPS = dict(_steps())
