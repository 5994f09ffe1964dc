"""What ROR says about an id, and the id of a funder or an affiliation. For the checksum see `identifiers`.

Inactive and withdrawn records answer 200, and so does a search with an error. The names of a record are
sorted by text; the one to show has the type `ror_display`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from dandifile.lookup.answer_fields import member, members, one_line, ror_at, string, strings
from dandifile.lookup.client import Answer, Asker, Found, NotFound, Request
from dandifile.lookup.facts import Affiliation, Institution, InstitutionStatus
from dandifile.model import Json, JsonObject

_FUNDREF = "10.13039/"


def fetch(client: Asker, ror: str) -> Answer:
    """Ask for the record of a ROR id, given as its URL."""
    return client.ask(Request("ror", f"organizations{urlsplit(ror).path}"))


def verdict(ror: str, answer: Answer, today: str) -> Institution:
    """Translate the answer. An answer that cannot be read is UNREACHABLE, never UNKNOWN."""
    if isinstance(answer, NotFound):
        return Institution(ror, InstitutionStatus.UNKNOWN, checked=answer.fetched)
    if isinstance(answer, Found) and (record := _record(answer.body)):
        return record_verdict(record, answer.fetched)
    return Institution(ror, InstitutionStatus.UNREACHABLE, checked=today)


def record_verdict(record: JsonObject, day: str) -> Institution:
    """Translate a record of schema 2 that has an id and a status."""
    successors = (
        ror_at(each, "id") for each in members(record, "relationships") if string(each, "type") == "successor"
    )
    return Institution(
        ror=ror_at(record, "id"),
        status=InstitutionStatus(record["status"]),
        name=display_name(record),
        successors=tuple(dict.fromkeys(filter(None, successors))),
        checked=day,
    )


def display_name(record: JsonObject) -> str:
    """The name that ROR shows, else the first label."""
    names = members(record, "names")
    for kind in ("ror_display", "label"):
        for name in names:
            if kind in strings(name, "types"):
                return one_line(string(name, "value"))
    return ""


def fetch_funder(client: Asker, doi: str) -> Answer:
    """Ask which record has this funder DOI of Crossref's registry, `10.13039/501100000780`."""
    query = f'external_ids.all:"{doi.removeprefix(_FUNDREF)}"'
    return client.ask(Request("ror", "organizations", (("query.advanced", query),)))


def funder(doi: str, answer: Answer) -> Affiliation | None:
    """The one active record with the funder DOI; None if there is none, or more than one."""
    number = doi.removeprefix(_FUNDREF)
    found = [place for record in _items(answer) if _has_fundref(record, number) for place in _place(record)]
    return found[0] if len(found) == 1 else None


def _has_fundref(record: JsonObject, number: str) -> bool:
    ids = (
        strings(each, "all") for each in members(record, "external_ids") if string(each, "type") == "fundref"
    )
    return any(number in each for each in ids)


def fetch_affiliation(client: Asker, text: str) -> Answer:
    """Ask ROR to recognise the institution in a text such as "Department of X, University of Y, Z"."""
    return client.ask(Request("ror", "organizations", (("affiliation", text),)))


def affiliation(answer: Answer) -> Affiliation | None:
    """The institution that ROR is sure of (`chosen`), and no other, whatever its score."""
    sure = (item for item in _items(answer) if item.get("chosen") is True)
    return next((place for item in sure for place in _place(member(item, "organization"))), None)


def _items(answer: Answer) -> list[JsonObject]:
    return members(answer.body, "items") if isinstance(answer, Found) else []


def _place(record: JsonObject) -> list[Affiliation]:
    """The institution, if its record is active and complete."""
    place = Affiliation(display_name(record), ror_at(record, "id"))
    active = string(record, "status") == InstitutionStatus.ACTIVE
    return [place] if active and place.name and place.ror else []


def _record(body: Json) -> JsonObject | None:
    """A record with what a verdict needs; None for other answers, such as an error."""
    states = {InstitutionStatus.ACTIVE, InstitutionStatus.INACTIVE, InstitutionStatus.WITHDRAWN}
    return body if ror_at(body, "id") and string(body, "status") in states else None
