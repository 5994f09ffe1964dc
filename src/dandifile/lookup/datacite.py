"""A paper, or a data set, as DataCite knows it: Zenodo, figshare, arXiv, Dryad. All but `fetch` is pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from dandifile.identifiers import ror_url
from dandifile.lookup import doi as dois
from dandifile.lookup.answers import Answer, Asks, Request
from dandifile.lookup.authors import consortium, person, sound
from dandifile.lookup.facts import Affiliation, Author, Funder, Paper, Related, Relation
from dandifile.lookup.names import is_collective, of_parts, split
from dandifile.lookup.text import line, plain
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


def fetch(client: Asks, doi: str) -> Answer:
    """Ask for a DOI in normal form, with affiliations as objects."""
    params = (("affiliation", "true"), ("publisher", "true"))
    return client.ask(Request(SOURCE, f"dois/{quote(doi, safe='')}", params))


def paper(answer: JsonObject, fetched: str = "") -> Paper:
    """Translate `data.attributes`."""
    work = (answer.get("data") or {}).get("attributes") or {}
    authors, warnings = [], []
    for entry in work.get("creators") or ():
        author, warning = _author(entry)
        authors.append(author)
        warnings += warning
    return Paper(
        doi=dois.normal(work.get("doi") or "") or "",
        title=line(_title(work.get("titles") or ())),
        kind=_kind(work.get("types") or {}, work.get("doi") or ""),
        abstract=plain(_abstract(work.get("descriptions") or ())),
        published=_published(work),
        license=_license(work.get("rightsList") or ()),
        authors=tuple(authors),
        funders=tuple(dict.fromkeys(_funders(work.get("fundingReferences") or ()))),
        related=tuple(dict.fromkeys(_related(work))),
        source=SOURCE,
        fetched=fetched,
        warnings=tuple(warnings),
    )


def _title(titles: Iterable[JsonObject]) -> str:
    """The one that is neither a translation nor a subtitle."""
    given = sorted(titles, key=lambda entry: bool(entry.get("titleType")))
    return (given[0].get("title") or "") if given else ""


def _kind(types: JsonObject, doi: str) -> str:
    kind = _KINDS.get((types.get("resourceTypeGeneral") or "").lower(), "")
    said = (types.get("resourceType") or "").lower().replace(" ", "")
    if not kind or said in _KINDS:
        kind = _KINDS.get(said, kind)
    if doi.lower().startswith(_ARXIV):  # which says "Article" in the free text
        return "preprint"
    return kind or ("article" if said == "article" else "other")


def _author(entry: JsonObject) -> tuple[Author, list[str]]:
    affiliations = list(map(_affiliation, entry.get("affiliation") or ()))
    family, given = entry.get("familyName") or "", entry.get("givenName") or ""
    text = line(entry.get("name") or "")
    if entry.get("nameType") == "Organizational" or (not family and is_collective(text)):
        return consortium(text, affiliations), []
    name = of_parts(family, given) if family and given else split(text)
    orcid, warnings = sound(_orcid(entry.get("nameIdentifiers") or ()), name)
    return person(name, orcid, affiliations), warnings


def _orcid(identifiers: Iterable[JsonObject]) -> str:
    said = (
        each.get("nameIdentifier") or ""
        for each in identifiers
        if (each.get("nameIdentifierScheme") or "").upper() == "ORCID"
    )
    return next(said, "")


def _affiliation(entry: Json) -> Affiliation:
    """A text, or an object where the request asked for one."""
    if isinstance(entry, str):
        return Affiliation(line(entry))
    return Affiliation(line(entry.get("name") or ""), ror_url(entry.get("affiliationIdentifier") or "") or "")


def _funders(entries: Iterable[JsonObject]) -> Iterable[Funder]:
    for entry in entries:
        identifier = entry.get("funderIdentifier") or ""
        registry = dois.normal(identifier) or ""
        if name := line(entry.get("funderName") or ""):
            doi = registry if registry.startswith("10.13039/") else ""
            yield Funder(name, ror_url(identifier) or "", doi, line(str(entry.get("awardNumber") or "")))


def _related(work: JsonObject) -> Iterable[Related]:
    """The article that a preprint of arXiv became. Elsewhere a "version" is one of the same thing."""
    if not (work.get("doi") or "").lower().startswith(_ARXIV):
        return
    for entry in work.get("relatedIdentifiers") or ():
        doi = dois.normal(entry.get("relatedIdentifier") or "")
        if doi and entry.get("relationType") == "IsVersionOf":
            yield Related(doi, Relation.PUBLISHED)


def _abstract(descriptions: Iterable[JsonObject]) -> str:
    said = (entry.get("description") for entry in descriptions if entry.get("descriptionType") == "Abstract")
    return next(filter(None, said), "")


def _license(entries: Iterable[JsonObject]) -> str:
    said = (entry.get("rightsUri") or entry.get("rightsIdentifier") for entry in entries)
    return next(filter(None, said), "")


def _published(work: JsonObject) -> str:
    dates = {entry.get("dateType"): entry.get("date") for entry in work.get("dates") or ()}
    said = dates.get("Issued") or dates.get("Available") or work.get("publicationYear") or ""
    return str(said).partition("T")[0]
