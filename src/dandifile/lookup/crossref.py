"""A paper as Crossref knows it: what publishers deposited. Everything but `fetch` is pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from dandifile.identifiers import ror_url
from dandifile.lookup import doi as dois
from dandifile.lookup.answers import Answer, Asks, Request
from dandifile.lookup.authors import consortium, person, sound
from dandifile.lookup.facts import Affiliation, Author, Funder, Paper, Related, Relation
from dandifile.lookup.names import of_parts
from dandifile.lookup.text import line, plain
from dandifile.model import Json, JsonObject

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


def fetch(client: Asks, doi: str, contact: str = "") -> Answer:
    """Ask for the work of a DOI in normal form."""
    params = (("mailto", contact),) if contact else ()
    return client.ask(Request(SOURCE, f"works/{quote(doi, safe='')}", params))


def paper(answer: JsonObject, fetched: str = "") -> Paper:
    """Translate a work, wrapped (`message`) or bare as content negotiation gives it."""
    work = answer.get("message", answer)
    authors, warnings = [], []
    for entry in work.get("author") or ():
        author, warning = _author(entry)
        authors.append(author)
        warnings += warning
    return Paper(
        doi=dois.normal(work.get("DOI") or "") or "",
        title=line(_first(work.get("title"))),
        kind=_kind(work),
        abstract=plain(work.get("abstract") or ""),
        published=_published(work),
        license=_license(work.get("license") or ()),
        authors=tuple(authors),
        funders=tuple(dict.fromkeys(_funders(work.get("funder") or ()))),
        related=tuple(dict.fromkeys(_related(work.get("relation") or {}))),
        source=SOURCE,
        fetched=fetched,
        warnings=tuple(warnings),
    )


def _kind(work: JsonObject) -> str:
    if work.get("type") == "posted-content":
        return "preprint" if work.get("subtype", "preprint") == "preprint" else "other"
    return _KINDS.get(work.get("type", ""), "other")


def _author(entry: JsonObject) -> tuple[Author, list[str]]:
    """A person, or a consortium: that has a `name` alone."""
    affiliations = list(map(_affiliation, entry.get("affiliation") or ()))
    family, given = entry.get("family") or "", entry.get("given") or ""
    if not (family or given):
        return consortium(line(entry.get("name") or ""), affiliations), []
    name = of_parts(family, given, entry.get("suffix") or "")
    orcid, warnings = sound(entry.get("ORCID") or "", name)
    said_by = "authenticated" if entry.get("authenticated-orcid") else "deposited"
    return person(name, orcid, affiliations, said_by), warnings


def _affiliation(entry: JsonObject) -> Affiliation:
    rors = (ror_url(each.get("id") or "") for each in entry.get("id") or ())
    return Affiliation(line(entry.get("name") or ""), next(filter(None, rors), ""))


def _funders(entries: Iterable[JsonObject]) -> Iterable[Funder]:
    for entry in entries:
        name, doi = _funder_name(entry.get("name") or ""), dois.normal(entry.get("DOI") or "") or ""
        ror = ror_url(entry.get("DOI") or "") or next(
            filter(None, (ror_url(each.get("id") or "") for each in entry.get("id") or ())), ""
        )
        for award in entry.get("award") or ("",):
            yield Funder(name, ror, doi, line(str(award)))


def _funder_name(text: str) -> str:
    """`NSF | BIO | Division of Biological Infrastructure` → its last part: the others are above it."""
    return line(text.rpartition("|")[2])


def _related(relation: JsonObject) -> Iterable[Related]:
    for name, kind in _RELATIONS.items():
        for entry in relation.get(name) or ():
            if entry.get("id-type") == "doi" and (doi := dois.normal(entry.get("id") or "")):
                yield Related(doi, kind)


def _license(entries: Iterable[JsonObject]) -> str:
    """The URL of the published version's license, a Creative Commons one if there is one."""
    found = [(entry.get("URL") or "", entry.get("content-version") != "vor") for entry in entries]
    url = min(found, key=lambda each: ("creativecommons.org" not in each[0], each[1]), default=("", True))[0]
    return re.sub(r"^http://", "https://", url)


def _published(work: JsonObject) -> str:
    """The first date there is, as far as it is known: `2020-01`."""
    for key in _DATES:
        parts = _first((work.get(key) or {}).get("date-parts")) or ()
        if parts and parts[0]:
            return "-".join(f"{part:02d}" for part in parts)
    return ""


def _first(value: Json) -> Json:
    """Wrapped answers have lists where bare ones have the thing itself."""
    if isinstance(value, list):
        return value[0] if value else ""
    return value or ""
