"""A paper by its DOI: OpenAlex, and what that leaves out from the DOI's registry; else the registry alone.

The registry is Crossref, and where Crossref has no such DOI the one that doi.org names:
DataCite, or one that is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from dandifile.lookup import crossref, datacite, openalex
from dandifile.lookup.answers import Answer, Asks, Found, Request, Unreachable
from dandifile.lookup.authors import full_name
from dandifile.lookup.facts import Affiliation, Author, Paper
from dandifile.lookup.matching import may_be_same, normalised, same_name
from dandifile.lookup.services import TITLES

KINDS = {
    "article": "JournalArticle",
    "preprint": "Preprint",
    "dataset": "Dataset",
    "software": "Software",
    "book": "Book",
    "book chapter": "BookChapter",
    "dissertation": "Dissertation",
    "report": "Report",
    "peer review": "PeerReview",
    "conference paper": "ConferencePaper",
    "other": "Text",
}
"""What a paper can be, and DANDI's resource type for it."""

_FILLED = ("title", "abstract", "published", "license", "funders", "related")


@dataclass(frozen=True)
class Lookup:
    """A paper, or None, and what was noticed. `unreachable`: some service could not be asked."""

    paper: Paper | None
    warnings: tuple[str, ...] = ()
    unreachable: bool = False


def look_up(client: Asks, doi: str, contact: str = "") -> Lookup:
    """Find the paper of a DOI in normal form."""
    first, warnings, failed = _from_openalex(client, doi)
    second, more, failed_too = _from_registry(client, doi, contact)
    warnings += more
    paper = completed(first, second) if first and second else first or second
    return Lookup(paper, tuple(warnings), unreachable=failed or failed_too)


def completed(paper: Paper, other: Paper) -> Paper:
    """Fill what `paper` leaves out from `other`, an account of the same DOI by another service.

    A preprint is what the registry says it is: OpenAlex merges it with its article. Of two
    accounts of one author the registry's has the name in its parts.
    """
    gaps: dict[str, Any] = {
        key: value for key in _FILLED if not getattr(paper, key) and (value := getattr(other, key))
    }
    if other.kind not in {paper.kind, "other"}:
        gaps["kind"] = other.kind
    authors = _authors(paper.authors, other.authors)
    if authors != paper.authors:
        gaps["authors"] = authors
    filled = tuple((key, other.source) for key in gaps)
    return replace(paper, **gaps, filled=filled, warnings=paper.warnings + other.warnings)


def _authors(ours: tuple[Author, ...], theirs: tuple[Author, ...]) -> tuple[Author, ...]:
    """The registry's list, each author with what only OpenAlex says; ours where that list is not whole."""
    if len(theirs) < len(ours):
        return ours
    by_place = len(theirs) == len(ours)
    joined = tuple(
        _author(ours[place] if by_place and _alike(ours[place], author) else _same(author, ours), author)
        for place, author in enumerate(theirs)
    )
    contacts = [sum(author.corresponding for author in authors) for authors in (ours, joined)]
    return joined if contacts[0] == contacts[1] else ours


def _same(author: Author, among: Iterable[Author]) -> Author | None:
    """The only one whose name may be this one's."""
    found = [each for each in among if _alike(each, author)]
    return found[0] if len(found) == 1 else None


def _alike(one: Author, other: Author) -> bool:
    names = full_name(one), full_name(other)
    if one.collective or other.collective:
        return normalised(names[0]) == normalised(names[1])
    return same_name(*names) or may_be_same(*names)


def _author(ours: Author | None, theirs: Author) -> Author:
    if ours is None:
        return theirs
    trusted = theirs.orcid and ours.orcid_from in ("", "inferred")
    return replace(
        theirs,
        orcid=theirs.orcid if trusted else ours.orcid,
        orcid_from=theirs.orcid_from if trusted else ours.orcid_from,
        corresponding=ours.corresponding,
        affiliations=_affiliations(ours.affiliations, theirs.affiliations),
    )


def _affiliations(ours: tuple[Affiliation, ...], theirs: tuple[Affiliation, ...]) -> tuple[Affiliation, ...]:
    """OpenAlex's institutions, where the registry names none; those that the registry names are no guess."""
    texts = [normalised(each.name) for each in theirs]
    rors = {each.ror for each in theirs if each.ror}
    known = tuple(
        replace(each, inferred=False)
        if each.ror in rors or any(normalised(each.name) in text for text in texts)
        else each
        for each in ours
    )
    return known if any(not each.inferred for each in known) else theirs + known


def _from_openalex(client: Asks, doi: str) -> tuple[Paper | None, list[str], bool]:
    answer = openalex.fetch(client, doi)
    if not isinstance(answer, Found):
        return None, _told("openalex", answer), isinstance(answer, Unreachable)
    paper = openalex.paper(answer.body, answer.fetched)
    if paper.doi != doi:
        said = f"OpenAlex has {doi} as one work with {paper.doi or 'no DOI'}: its registry is asked instead"
        return None, [said], False
    return paper, [], False


def _from_registry(client: Asks, doi: str, contact: str) -> tuple[Paper | None, list[str], bool]:
    answer = crossref.fetch(client, doi, contact)
    if isinstance(answer, Found):
        return crossref.paper(answer.body, answer.fetched), [], False
    if isinstance(answer, Unreachable):
        warnings = _told("crossref", answer)
        agency = ""
    else:
        agency, warnings, failed = _agency(client, doi)
        if agency.lower() != "datacite":
            return None, warnings, failed
    answer = datacite.fetch(client, doi)
    if isinstance(answer, Found):
        return datacite.paper(answer.body, answer.fetched), warnings if agency else [], False
    unknown = isinstance(answer, Unreachable) or not agency
    return None, [*warnings, *_told("datacite", answer)], unknown


def _agency(client: Asks, doi: str) -> tuple[str, list[str], bool]:
    """Who registered the DOI, as doi.org says: `[{"DOI": …, "RA": "DataCite"}]`, without `RA` for no DOI."""
    answer = client.ask(Request("doi", f"ra/{quote(doi, safe='/')}"))
    if isinstance(answer, Unreachable):
        return "", _told("doi", answer), True
    entry = (
        answer.body[0] if isinstance(answer, Found) and isinstance(answer.body, list) and answer.body else {}
    )
    agency = str(entry.get("RA") or "")
    if not agency:
        return "", [f"there is no DOI {doi}: correct it"], False
    if agency.lower() == "crossref":
        return (
            agency,
            [f"Crossref has registered {doi} and does not show it yet: run again in a few days"],
            False,
        )
    if agency.lower() != "datacite":
        return agency, [f"{doi} is registered with {agency}, which dandifile does not read"], False
    return agency, [], False


def _told(service: str, answer: Answer) -> list[str]:
    return [f"{TITLES[service]}: {answer.why}"] if isinstance(answer, Unreachable) else []
