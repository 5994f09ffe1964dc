"""What ROR says of an id, and which id a funder or an affiliation has. The checksum: `dandifile.identifiers`.

Inactive and withdrawn records answer 200, and a search with an error does too. A record's
names are sorted by text: the one to show is marked `ror_display`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from dandifile.identifiers import ror_url
from dandifile.lookup.answers import Answer, Asks, Found, NotFound, Request
from dandifile.lookup.facts import Affiliation, Institution, InstitutionStatus
from dandifile.model import Json, JsonObject

_FUNDREF = "10.13039/"


def fetch(client: Asks, ror: str) -> Answer:
    """Ask for the record of a ROR id, given as its URL."""
    return client.ask(Request("ror", f"organizations{urlsplit(ror).path}"))


def verdict(ror: str, answer: Answer, today: str) -> Institution:
    """Translate the answer. What cannot be read is unreachable, never unknown."""
    if isinstance(answer, NotFound):
        return Institution(ror, InstitutionStatus.UNKNOWN, checked=answer.fetched)
    if isinstance(answer, Found) and (record := _record(answer.body)):
        return record_verdict(record, answer.fetched)
    return Institution(ror, InstitutionStatus.UNREACHABLE, checked=today)


def record_verdict(record: JsonObject, day: str) -> Institution:
    """Translate a record of schema 2."""
    successors = (
        ror_url(each.get("id") or "")
        for each in record.get("relationships") or ()
        if each.get("type") == "successor"
    )
    return Institution(
        ror=record["id"],
        status=InstitutionStatus(record["status"]),
        name=display_name(record),
        successors=tuple(dict.fromkeys(filter(None, successors))),
        checked=day,
    )


def display_name(record: JsonObject) -> str:
    """The name that ROR shows; the first label where it marks none."""
    names = record.get("names") or ()
    for kind in ("ror_display", "label"):
        for name in names:
            if kind in (name.get("types") or ()):
                return " ".join(name["value"].split())
    return ""


def fetch_funder(client: Asks, doi: str) -> Answer:
    """Ask which record has this funder DOI of Crossref's registry, `10.13039/501100000780`."""
    query = f'external_ids.all:"{doi.removeprefix(_FUNDREF)}"'
    return client.ask(Request("ror", "organizations", (("query.advanced", query),)))


def funder(doi: str, answer: Answer) -> Affiliation | None:
    """The one active record that lists the funder DOI among its own; None if there is none, or several."""
    number = doi.removeprefix(_FUNDREF)
    found = [
        record
        for record in _items(answer)
        if any(
            each.get("type") == "fundref" and number in (each.get("all") or ())
            for each in record.get("external_ids") or ()
        )
        and record.get("status") == InstitutionStatus.ACTIVE
    ]
    return Affiliation(display_name(found[0]), found[0]["id"]) if len(found) == 1 else None


def fetch_affiliation(client: Asks, text: str) -> Answer:
    """Ask ROR to recognise the institution in a text such as "Department of X, University of Y, Z"."""
    return client.ask(Request("ror", "organizations", (("affiliation", text),)))


def affiliation(answer: Answer) -> Affiliation | None:
    """The institution that ROR itself is sure of (`chosen`), and no other, however well it scores."""
    if not isinstance(answer, Found) or not isinstance(answer.body, dict):
        return None
    for item in answer.body.get("items") or ():
        record = item.get("organization") or {}
        if item.get("chosen") is True and record.get("status") == InstitutionStatus.ACTIVE:
            return Affiliation(display_name(record), record["id"])
    return None


def _items(answer: Answer) -> list[JsonObject]:
    body = answer.body if isinstance(answer, Found) and isinstance(answer.body, dict) else {}
    return list(body.get("items") or ())


def _record(body: Json) -> JsonObject | None:
    return (
        body
        if isinstance(body, dict) and "id" in body and body.get("status") in set(InstitutionStatus)
        else None
    )
