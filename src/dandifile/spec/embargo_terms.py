"""The terms of an embargo, as the archive takes them when it creates a dandiset (docs/archive-api.md 3.8).

The archive adds the funder to the contributors that it is sent. So a spec with a funding source declares that
funder, and the metadata are as declared right after the creation. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from dandifile.model import Json, JsonObject
from dandifile.reading.document import KeyPath
from dandifile.spec.faults import Fault

_CONTRIBUTOR = "contributor"
_FUNDER = "dcite:Funder"
_LONGEST, _LONGEST_FUNDED = timedelta(days=730), timedelta(days=1825)


def creation_faults(
    embargo: Json, fields: Mapping[str, Json], today: date, path: KeyPath, *, contributors_known: bool
) -> Iterator[Fault]:
    """Why the archive would not create a dandiset with this embargo today, or would create a wrong one.

    `path` is where the spec has it, `fields` are the declared ones; `contributors_known` is whether they
    are complete.
    """
    if not isinstance(embargo, dict):
        return
    funded = bool(embargo.get("funding_source"))
    last = today + (_LONGEST_FUNDED if funded else _LONGEST)
    until = date.fromisoformat(embargo["until"]) if embargo.get("until") else None
    if until and until < today:
        fix = f"write a day up to {last}; or take `embargo` out, if everyone may see the data"
        yield Fault((*path, "until"), f"{until} is in the past: a new embargo cannot end then", fix)
    if until and until > last:
        years = "5 years with a funding source" if funded else "2 years without a funding source"
        more = "" if funded else ", or add `funding_source` and `award`: then it can last 5 years"
        what = f"an embargo can last {years}: {until} is too late"
        yield Fault((*path, "until"), what, f"write {last} or an earlier day{more}")
    if funded and contributors_known and not fields.get(_CONTRIBUTOR):
        yield Fault(
            (*path, "funding_source"),
            "with a funding source and no `contributors`, the archive would store the funder as the only "
            "contributor, and no contact person",
            "add `contributors:`, one of them with `roles: [ContactPerson]` and an `email`",
        )


def with_funder(fields: JsonObject, embargo: Json) -> JsonObject:
    """The declared fields, where contributors among them include the funder of the embargo."""
    funder = _implied_funder(fields, embargo)
    return {**fields, _CONTRIBUTOR: [*fields[_CONTRIBUTOR], funder]} if funder else fields


def without_funder(fields: JsonObject, embargo: Json) -> JsonObject:
    """The fields for a creation: without the contributor that the archive adds by itself."""
    people, funder = fields.get(_CONTRIBUTOR), _funder(embargo)
    if not funder or not isinstance(people, list):
        return fields
    return {**fields, _CONTRIBUTOR: [person for person in people if person != funder]}


def funder_notes(fields: JsonObject, embargo: Json) -> Iterator[str]:
    """What to declare so that the funder stays once the embargo is no longer in the spec."""
    if funder := _implied_funder(fields, embargo):
        name, award = funder["name"], funder["awardNumber"]
        yield (
            f"the embargo's funder {name} ({award}) counts as a contributor, as the archive adds it; to keep "
            f"it after the release, add {{organization: {name}, award: {award}, roles: [Funder]}} to "
            "`contributors`"
        )


def _implied_funder(fields: JsonObject, embargo: Json) -> JsonObject | None:
    """The funder of the embargo, unless no contributors are declared, or a funder with that award is."""
    people, funder = fields.get(_CONTRIBUTOR), _funder(embargo)
    if not people or not funder:
        return None
    return None if any(_is_of_award(person, funder["awardNumber"]) for person in people) else funder


def _is_of_award(person: Json, award: str) -> bool:
    if not isinstance(person, dict) or _FUNDER not in (person.get("roleName") or ()):
        return False
    return _plain(str(person.get("awardNumber") or "")) == _plain(award)


def _plain(award: str) -> str:
    return "".join(letter for letter in award.casefold() if letter.isalnum())


def _funder(embargo: Json) -> JsonObject | None:
    """The contributor as the archive makes it."""
    if not isinstance(embargo, dict) or not embargo.get("funding_source"):
        return None
    return {
        "schemaKey": "Organization",
        "name": embargo["funding_source"],
        "roleName": [_FUNDER],
        "awardNumber": embargo["award"],
        "includeInCitation": False,
    }
