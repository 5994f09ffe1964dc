"""What ORCID says about an iD. The checksum is checked offline, in `dandifile.identifiers`.

Always GET: a HEAD has no body, and its 409 is the same for a deprecated, a locked and a deactivated record.
A deprecated record answers 301 with the primary one as Location, which is read but not followed. A 200 may
have no public name.
"""

from __future__ import annotations

from dandifile.identifiers import bare_orcid
from dandifile.lookup.answer_fields import member, one_line, string
from dandifile.lookup.client import Answer, Asker, Found, NotFound, Request
from dandifile.lookup.facts import Person, PersonStatus
from dandifile.model import Json

_CODES = {
    "9007": PersonStatus.DEPRECATED,
    "9018": PersonStatus.LOCKED,
    "9036": PersonStatus.UNCLAIMED,
    "9044": PersonStatus.DEACTIVATED,
}
"""ORCID's `error-code` of a 301 or 409."""


def fetch(client: Asker, orcid: str) -> Answer:
    """Ask for the public record of a bare, valid ORCID iD."""
    return client.ask(Request("orcid", f"{orcid}/person", means=frozenset({301, 409})))


def verdict(orcid: str, answer: Answer, today: str) -> Person:
    """Translate the answer. An answer that cannot be read is UNREACHABLE, never UNKNOWN."""
    if isinstance(answer, NotFound):
        return Person(orcid, PersonStatus.UNKNOWN, checked=answer.fetched)
    if not isinstance(answer, Found):
        return Person(orcid, PersonStatus.UNREACHABLE, checked=today)
    if answer.status == 200:  # noqa: PLR2004  HTTP's OK
        return Person(orcid, PersonStatus.VALID, _name(answer.body), checked=answer.fetched)
    message = string(answer.body, "developer-message")
    successor = _orcid_in(answer.location) or _orcid_in(message)
    successor = "" if successor == orcid else successor
    status = _CODES.get(string(answer.body, "error-code"))
    if status is None:
        status = PersonStatus.DEPRECATED if successor else PersonStatus.UNREACHABLE
    return Person(
        orcid,
        status,
        successor=successor if status is PersonStatus.DEPRECATED else "",
        checked=answer.fetched,
    )


def _name(record: Json) -> str:
    """As in "Doe, Jane" if both are public, else the name that is public, or ""."""
    name = member(record, "name")
    parts = ("family-name", "given-names", "credit-name")
    family, given, credit = (one_line(string(member(name, key), "value")) for key in parts)
    return f"{family}, {given}" if family and given else credit or family or given


def _orcid_in(text: str) -> str:
    """The first ORCID iD of a URL or a sentence."""
    for part in text.replace("/", " ").split():
        if orcid := bare_orcid(part.strip(".,;")):
            return orcid
    return ""
