"""A paper as Crossref has it: what publishers deposited. Everything but `fetch` is pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from urllib.parse import quote

from dandifile.identifiers import awards_in
from dandifile.lookup.answer_fields import (
    date,
    doi_at,
    items,
    member,
    members,
    one_line,
    plain_text,
    ror_at,
    string,
    strings,
)
from dandifile.lookup.authors import check_orcid, consortium, person, read_authors
from dandifile.lookup.client import Answer, Asker, Request
from dandifile.lookup.facts import Affiliation, Author, Funder, Paper, Related, Relation
from dandifile.lookup.names import is_collective, name_of_parts
from dandifile.model import JsonObject

SOURCE = "crossref"

_KINDS = {
    "journal-article": "article",
    "proceedings-article": "conference paper",
    "dataset": "dataset",
    "book": "book",
    "monograph": "book",
    "edited-book": "book",
    "book-chapter": "book chapter",
    "dissertation": "dissertation",
    "report": "report",
    "peer-review": "peer review",
}
_RELATIONS = {"has-preprint": Relation.PREPRINT, "is-preprint-of": Relation.PUBLISHED}
_DATES = ("published", "published-online", "published-print", "posted", "issued")


def fetch(client: Asker, doi: str, contact: str = "") -> Answer:
    """Ask for the work of a DOI in normal form."""
    params = (("mailto", contact),) if contact else ()
    return client.ask(Request(SOURCE, f"works/{quote(doi, safe='')}", params))


def paper(answer: JsonObject, fetched: str = "") -> Paper:
    """Translate a work, in a `message` or bare as content negotiation gives it."""
    work = member(answer, "message") or answer
    authors, warnings = read_authors(members(work, "author"), _author)
    return Paper(
        doi=doi_at(work, "DOI"),
        title=one_line(string(work, "title") or "".join(strings(work, "title")[:1])),
        kind=_kind(work),
        abstract=plain_text(string(work, "abstract")),
        published=_publication_date(work),
        license=_license(members(work, "license")),
        authors=authors,
        funders=tuple(dict.fromkeys(_funders(members(work, "funder")))),
        related=tuple(dict.fromkeys(_related_papers(member(work, "relation")))),
        source=SOURCE,
        fetched=fetched,
        warnings=warnings,
    )


def _kind(work: JsonObject) -> str:
    if string(work, "type") == "posted-content":
        return "preprint" if string(work, "subtype") in {"preprint", ""} else "other"
    return _KINDS.get(string(work, "type"), "other")


def _author(entry: JsonObject) -> tuple[Author, list[str]]:
    """A person, or a consortium, which has only a `name`."""
    affiliations = [
        Affiliation(one_line(string(each, "name")), _ror(each)) for each in members(entry, "affiliation")
    ]
    family, given = string(entry, "family"), string(entry, "given")
    if not (family or given):
        return consortium(one_line(string(entry, "name")), affiliations), []
    if not (family and given) and is_collective(one_line(family or given)):
        return consortium(one_line(family or given), affiliations), []
    name = name_of_parts(family, given, string(entry, "suffix"))
    orcid, warnings = check_orcid(string(entry, "ORCID"), name)
    said_by = "authenticated" if entry.get("authenticated-orcid") else "deposited"
    return person(name, orcid, affiliations, said_by), warnings


def _funders(entries: Iterable[JsonObject]) -> Iterable[Funder]:
    for entry in entries:
        name = _funder_name(string(entry, "name"))
        for award in [each for text in strings(entry, "award") for each in awards_in(one_line(text))] or [""]:
            if name:
                yield Funder(name, ror_at(entry, "DOI") or _ror(entry), doi_at(entry, "DOI"), award)


def _funder_name(text: str) -> str:
    """`NSF | BIO | Division of Biological Infrastructure` → the last part, as the others are its parents."""
    return one_line(text.rpartition("|")[2])


def _ror(entry: JsonObject) -> str:
    """The ROR id among the ids of a funder or of an affiliation."""
    return next(filter(None, (ror_at(each, "id") for each in members(entry, "id"))), "")


def _related_papers(relation: JsonObject) -> Iterable[Related]:
    for name, kind in _RELATIONS.items():
        for entry in members(relation, name):
            if string(entry, "id-type") == "doi" and (doi := doi_at(entry, "id")):
                yield Related(doi, kind)


def _license(entries: Iterable[JsonObject]) -> str:
    """The URL of the published version's license, if possible a Creative Commons one."""
    found = [(string(entry, "URL"), string(entry, "content-version") != "vor") for entry in entries]
    url = min(found, key=lambda each: ("creativecommons.org" not in each[0], each[1]), default=("", True))[0]
    return re.sub(r"^http://", "https://", url)


def _publication_date(work: JsonObject) -> str:
    """The first date, as precise as it is known: `2020-01`."""
    for key in _DATES:
        dates = items(member(work, key), "date-parts")
        parts = dates[0] if dates and isinstance(dates[0], list) else []
        known = list(itertools.takewhile(lambda part: isinstance(part, int), parts))
        if said := date("-".join(f"{part:02d}" for part in known)):
            return said
    return ""
