"""A paper or data set as DataCite has it: Zenodo, figshare, arXiv, Dryad. Everything but `fetch` is pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

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
)
from dandifile.lookup.authors import check_orcid, consortium, person, read_authors
from dandifile.lookup.client import Answer, Asker, Request
from dandifile.lookup.facts import Affiliation, Author, Funder, Paper, Related, Relation
from dandifile.lookup.names import is_collective, name_of_parts, split_name
from dandifile.model import Json, JsonObject

SOURCE = "datacite"

_KINDS = {
    "journalarticle": "article",
    "preprint": "preprint",
    "dataset": "dataset",
    "software": "software",
    "book": "book",
    "bookchapter": "book chapter",
    "dissertation": "dissertation",
    "report": "report",
    "conferencepaper": "conference paper",
}
_ARXIV = "10.48550/arxiv."


def fetch(client: Asker, doi: str) -> Answer:
    """Ask for a DOI in normal form, with affiliations as objects."""
    params = (("affiliation", "true"), ("publisher", "true"))
    return client.ask(Request(SOURCE, f"dois/{quote(doi, safe='')}", params))


def paper(answer: JsonObject, fetched: str = "") -> Paper:
    """Translate `data.attributes`."""
    work = member(member(answer, "data"), "attributes")
    authors, warnings = read_authors(members(work, "creators"), _author)
    return Paper(
        doi=doi_at(work, "doi"),
        title=one_line(_title(members(work, "titles"))),
        kind=_kind(member(work, "types"), doi_at(work, "doi")),
        abstract=plain_text(_abstract(members(work, "descriptions"))),
        published=_publication_date(work),
        license=_license(members(work, "rightsList")),
        authors=authors,
        funders=tuple(dict.fromkeys(_funders(members(work, "fundingReferences")))),
        related=tuple(dict.fromkeys(_related_papers(work))),
        source=SOURCE,
        fetched=fetched,
        warnings=warnings,
    )


def _title(titles: list[JsonObject]) -> str:
    """The title that is neither a translation nor a subtitle."""
    given = sorted(titles, key=lambda entry: bool(entry.get("titleType")))
    return string(given[0], "title") if given else ""


def _kind(types: JsonObject, doi: str) -> str:
    if doi.startswith(_ARXIV):  # which says "Article" in the free text
        return "preprint"
    said = string(types, "resourceType").lower().replace(" ", "")
    general = string(types, "resourceTypeGeneral").lower()
    return _KINDS.get(said) or _KINDS.get(general) or ("article" if said == "article" else "other")


def _author(entry: JsonObject) -> tuple[Author, list[str]]:
    affiliations = list(map(_affiliation, items(entry, "affiliation")))
    family, given = string(entry, "familyName"), string(entry, "givenName")
    text = one_line(string(entry, "name"))
    if string(entry, "nameType") == "Organizational" or (not family and is_collective(text)):
        return consortium(text, affiliations), []
    name = name_of_parts(family, given) if family and given else split_name(text or family or given)
    orcid, warnings = check_orcid(_orcid(members(entry, "nameIdentifiers")), name)
    return person(name, orcid, affiliations), warnings


def _orcid(identifiers: Iterable[JsonObject]) -> str:
    said = (
        string(each, "nameIdentifier")
        for each in identifiers
        if string(each, "nameIdentifierScheme").upper() == "ORCID"
    )
    return next(said, "")


def _affiliation(entry: Json) -> Affiliation:
    """From a text, or from an object, which the request asks for."""
    if isinstance(entry, str):
        return Affiliation(one_line(entry))
    return Affiliation(one_line(string(entry, "name")), ror_at(entry, "affiliationIdentifier"))


def _funders(entries: Iterable[JsonObject]) -> Iterable[Funder]:
    for entry in entries:
        registry = doi_at(entry, "funderIdentifier")
        if name := one_line(string(entry, "funderName")):
            yield Funder(
                name,
                ror=ror_at(entry, "funderIdentifier"),
                doi=registry if registry.startswith("10.13039/") else "",
                award=one_line(string(entry, "awardNumber")),
            )


def _related_papers(work: JsonObject) -> Iterable[Related]:
    """The article of a preprint on arXiv. Elsewhere, IsVersionOf relates versions of the same thing."""
    if not doi_at(work, "doi").startswith(_ARXIV):
        return
    for entry in members(work, "relatedIdentifiers"):
        doi = doi_at(entry, "relatedIdentifier")
        if doi and string(entry, "relationType") == "IsVersionOf":
            yield Related(doi, Relation.PUBLISHED)


def _abstract(descriptions: Iterable[JsonObject]) -> str:
    said = (
        string(entry, "description")
        for entry in descriptions
        if string(entry, "descriptionType") == "Abstract"
    )
    return next(filter(None, said), "")


def _license(entries: Iterable[JsonObject]) -> str:
    said = (string(entry, "rightsUri") or string(entry, "rightsIdentifier") for entry in entries)
    return next(filter(None, said), "")


def _publication_date(work: JsonObject) -> str:
    dates = {string(entry, "dateType"): string(entry, "date") for entry in members(work, "dates")}
    said = dates.get("Issued") or dates.get("Available") or string(work, "publicationYear")
    return date(said)
