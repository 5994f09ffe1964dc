"""A paper by its DOI: OpenAlex, and what that leaves out from the DOI's registry; else the registry alone.

The registry is Crossref, and where Crossref has no such DOI the one that doi.org names:
DataCite, or one that is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from dandifile.lookup import crossref, datacite, openalex, ror
from dandifile.lookup.answer_fields import string
from dandifile.lookup.authors import alike, full_name, fuller, normalised
from dandifile.lookup.client import Asks, Found, NotFound, Request, Unreachable
from dandifile.lookup.facts import Affiliation, Author, Funder, Paper
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
    first, second = _from_openalex(client, doi), _from_registry(client, doi, contact)
    paper = (
        completed(first.paper, second.paper) if first.paper and second.paper else first.paper or second.paper
    )
    return Lookup(paper, first.warnings + second.warnings, first.unreachable or second.unreachable)


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
    return alike(*names)


def _author(ours: Author | None, theirs: Author) -> Author:
    if ours is None:
        return theirs
    trusted = theirs.orcid and ours.orcid_from in ("", "inferred")
    return replace(
        theirs if theirs.collective else fuller(theirs, ours),
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


def _from_openalex(client: Asks, doi: str) -> Lookup:
    answer = openalex.fetch(client, doi)
    if not isinstance(answer, Found):
        return _nothing("openalex", answer)
    paper = openalex.paper(answer.body, answer.fetched)
    if paper.doi == doi:
        return Lookup(paper)
    said = f"OpenAlex has {doi} as one work with {paper.doi or 'no DOI'}: its registry is asked instead"
    return Lookup(None, (said,))


def _from_registry(client: Asks, doi: str, contact: str) -> Lookup:
    answer = crossref.fetch(client, doi, contact)
    if isinstance(answer, Found):
        return Lookup(replace(crossref.paper(answer.body, answer.fetched), doi=doi))
    if isinstance(answer, NotFound):
        return _from_its_agency(client, doi)
    other = _from_datacite(client, doi)
    silent = _nothing("crossref", answer)
    return other if other.paper else Lookup(None, silent.warnings + other.warnings, unreachable=True)


def _from_its_agency(client: Asks, doi: str) -> Lookup:
    """Ask doi.org who registered the DOI: `[{"DOI": …, "RA": "DataCite"}]`, without `RA` for no DOI."""
    answer = client.ask(Request("doi", f"ra/{quote(doi, safe='/')}"))
    if isinstance(answer, Unreachable):
        return _nothing("doi", answer)
    entries = answer.body if isinstance(answer, Found) and isinstance(answer.body, list) else []
    agency = string(entries[0], "RA") if entries else ""
    if agency.lower() == "datacite":
        return _from_datacite(client, doi)
    why = {
        "": f"there is no DOI {doi}: correct it",
        "crossref": f"Crossref has registered {doi} and does not show it yet: run again in a few days",
    }
    return Lookup(None, (why.get(agency.lower(), f"{doi} is with {agency}, which dandifile does not read"),))


def _from_datacite(client: Asks, doi: str) -> Lookup:
    answer = datacite.fetch(client, doi)
    if isinstance(answer, Found):
        return Lookup(replace(datacite.paper(answer.body, answer.fetched), doi=doi))
    return _nothing("datacite", answer)


def _nothing(service: str, answer: NotFound | Unreachable) -> Lookup:
    """No paper; told only where that is because nobody answered."""
    if isinstance(answer, NotFound):
        return Lookup(None)
    return Lookup(None, (f"{TITLES[service]}: {answer.why}",), unreachable=True)


@dataclass(frozen=True)
class Enriched:
    """The paper, what was `matched` (text → institution), and why ROR could not be asked, or ""."""

    paper: Paper
    matched: dict[str, Affiliation]
    unreachable: str = ""


def enriched(client: Asks, paper: Paper, pool: Executor, before: Paper | None = None) -> Enriched:
    """Ask ROR for funders by their DOI, and for affiliations by their text: only what it is sure of is taken.

    A funder takes ROR's name, too. What ROR cannot be asked about now is as it is in `before`.
    """
    dois = _unique(funder.doi for funder in paper.funders if funder.doi and not funder.ror)
    texts = _unique(each.name for author in paper.authors for each in author.affiliations if _bare(each))
    asked = [*((doi, ror.fetch_funder) for doi in dois), *((text, ror.fetch_affiliation) for text in texts)]
    answers = dict(zip(dois + texts, pool.map(lambda each: each[1](client, each[0]), asked), strict=True))
    found = {
        key: ror.funder(key, answer) if key in dois else ror.affiliation(answer)
        for key, answer in answers.items()
    }
    matched = {key: place for key, place in found.items() if place}
    silent = {key: answer.why for key, answer in answers.items() if isinstance(answer, Unreachable)}
    kept = {key: place for key, place in _known(before).items() if key in silent}
    return Enriched(_with(paper, kept | matched), matched, next(iter(silent.values()), ""))


def _bare(affiliation: Affiliation) -> bool:
    return not (affiliation.ror or affiliation.inferred)


def _known(paper: Paper | None) -> dict[str, Affiliation]:
    """Institutions by funder DOI and by affiliation, as the pinned account has them."""
    if paper is None:
        return {}
    places = {each.name: each for author in paper.authors for each in author.affiliations}
    return places | {
        funder.doi: Affiliation(funder.name, funder.ror) for funder in paper.funders if funder.doi
    }


def _with(paper: Paper, places: Mapping[str, Affiliation]) -> Paper:
    def placed(known: Affiliation) -> Affiliation:
        place = places.get(known.name)
        return replace(known, ror=place.ror) if place and _bare(known) else known

    def author(known: Author) -> Author:
        return replace(known, affiliations=tuple(map(placed, known.affiliations)))

    def funder(known: Funder) -> Funder:
        place = None if known.ror else places.get(known.doi)
        return replace(known, name=place.name, ror=place.ror) if place else known

    return replace(
        paper, authors=tuple(map(author, paper.authors)), funders=tuple(map(funder, paper.funders))
    )


def _unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))
