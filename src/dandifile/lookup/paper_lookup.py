"""Look up a paper by its DOI in OpenAlex, with gaps filled from the DOI's registry; or in the registry only.

The registry is Crossref. For a DOI that Crossref does not have, doi.org names it: DataCite, or one that
dandifile does not read. ROR ids that are missing from a paper come from ROR.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from dandifile.lookup import crossref, datacite, openalex, ror
from dandifile.lookup.answer_fields import string
from dandifile.lookup.authors import can_be_one_person, full_name, normalise, with_fuller_name
from dandifile.lookup.client import Asker, Found, NotFound, Request, Unreachable
from dandifile.lookup.facts import Affiliation, Author, Funder, Paper
from dandifile.lookup.services import TITLES

_FILLED = ("title", "abstract", "published", "license", "funders", "related")


@dataclass(frozen=True)
class PaperLookup:
    """A paper or None, and warnings. `unreachable`: a service could not be asked."""

    paper: Paper | None
    warnings: tuple[str, ...] = ()
    unreachable: bool = False


def look_up_paper(client: Asker, doi: str, contact: str = "") -> PaperLookup:
    """Find the paper of a DOI in normal form."""
    first, second = _from_openalex(client, doi), _from_registry(client, doi, contact)
    paper = (
        fill_gaps(first.paper, second.paper) if first.paper and second.paper else first.paper or second.paper
    )
    return PaperLookup(paper, first.warnings + second.warnings, first.unreachable or second.unreachable)


def fill_gaps(paper: Paper, other: Paper) -> Paper:
    """Fill the gaps of `paper` from `other`, the registry's account of the same DOI.

    The registry decides whether it is a preprint, as OpenAlex merges preprints with their articles. It also
    has the names of authors in parts.
    """
    gaps: dict[str, Any] = {
        key: value for key in _FILLED if not getattr(paper, key) and (value := getattr(other, key))
    }
    if other.kind not in {paper.kind, "other"}:
        gaps["kind"] = other.kind
    authors = _merge_authors(paper.authors, other.authors)
    if authors != paper.authors:
        gaps["authors"] = authors
    filled = tuple((key, other.source) for key in gaps)
    return replace(paper, **gaps, filled=filled, warnings=paper.warnings + other.warnings)


def _merge_authors(ours: tuple[Author, ...], theirs: tuple[Author, ...]) -> tuple[Author, ...]:
    """The registry's list, with what only OpenAlex says of each author; ours if that list is incomplete."""
    if len(theirs) < len(ours):
        return ours
    by_place = len(theirs) == len(ours)
    joined = tuple(
        _merge_author(
            ours[place] if by_place and _is_alike(ours[place], author) else _only_alike(author, ours), author
        )
        for place, author in enumerate(theirs)
    )
    contacts = [sum(author.corresponding for author in authors) for authors in (ours, joined)]
    return joined if contacts[0] == contacts[1] else ours


def _only_alike(author: Author, among: Iterable[Author]) -> Author | None:
    """The author with a similar name, if there is exactly one."""
    found = [each for each in among if _is_alike(each, author)]
    return found[0] if len(found) == 1 else None


def _is_alike(one: Author, other: Author) -> bool:
    names = full_name(one), full_name(other)
    if one.collective or other.collective:
        return normalise(names[0]) == normalise(names[1])
    return can_be_one_person(*names)


def _merge_author(ours: Author | None, theirs: Author) -> Author:
    if ours is None:
        return theirs
    trusted = theirs.orcid and ours.orcid_from in ("", "inferred")
    return replace(
        theirs if theirs.collective else with_fuller_name(theirs, ours),
        orcid=theirs.orcid if trusted else ours.orcid,
        orcid_from=theirs.orcid_from if trusted else ours.orcid_from,
        corresponding=ours.corresponding,
        affiliations=_merge_affiliations(ours.affiliations, theirs.affiliations),
    )


def _merge_affiliations(
    ours: tuple[Affiliation, ...], theirs: tuple[Affiliation, ...]
) -> tuple[Affiliation, ...]:
    """OpenAlex's institutions, no guess if the registry names them too; the registry's if all are guesses."""
    texts = [normalise(each.name) for each in theirs]
    rors = {each.ror for each in theirs if each.ror}
    known = tuple(
        replace(each, inferred=False)
        if each.ror in rors or any(normalise(each.name) in text for text in texts)
        else each
        for each in ours
    )
    return known if any(not each.inferred for each in known) else theirs + known


def _from_openalex(client: Asker, doi: str) -> PaperLookup:
    answer = openalex.fetch(client, doi)
    if not isinstance(answer, Found):
        return _no_paper("openalex", answer)
    paper = openalex.paper(answer.body, answer.fetched)
    if paper.doi == doi:
        return PaperLookup(paper)
    said = f"OpenAlex has {doi} as one work with {paper.doi or 'no DOI'}: asking its registry instead"
    return PaperLookup(None, (said,))


def _from_registry(client: Asker, doi: str, contact: str) -> PaperLookup:
    answer = crossref.fetch(client, doi, contact)
    if isinstance(answer, Found):
        return PaperLookup(replace(crossref.paper(answer.body, answer.fetched), doi=doi))
    if isinstance(answer, NotFound):
        return _from_its_agency(client, doi)
    other = _from_datacite(client, doi)
    silent = _no_paper("crossref", answer)
    return other if other.paper else PaperLookup(None, silent.warnings + other.warnings, unreachable=True)


def _from_its_agency(client: Asker, doi: str) -> PaperLookup:
    """Ask doi.org for the registry: `[{"DOI": …, "RA": "DataCite"}]`; no `RA` if the DOI does not exist."""
    answer = client.ask(Request("doi", f"ra/{quote(doi, safe='/')}"))
    if isinstance(answer, Unreachable):
        return _no_paper("doi", answer)
    entries = answer.body if isinstance(answer, Found) and isinstance(answer.body, list) else []
    agency = string(entries[0], "RA") if entries else ""
    if agency.lower() == "datacite":
        return _from_datacite(client, doi)
    why = {
        "": f"the DOI {doi} does not exist: correct it",
        "crossref": f"Crossref has registered {doi}, but does not show it yet: run again in a few days",
    }
    return PaperLookup(
        None, (why.get(agency.lower(), f"{doi} is registered with {agency}, which dandifile does not read"),)
    )


def _from_datacite(client: Asker, doi: str) -> PaperLookup:
    answer = datacite.fetch(client, doi)
    if isinstance(answer, Found):
        return PaperLookup(replace(datacite.paper(answer.body, answer.fetched), doi=doi))
    return _no_paper("datacite", answer)


def _no_paper(service: str, answer: NotFound | Unreachable) -> PaperLookup:
    """No paper, with a warning if the service could not be reached."""
    if isinstance(answer, NotFound):
        return PaperLookup(None)
    return PaperLookup(None, (f"{TITLES[service]}: {answer.why}",), unreachable=True)


@dataclass(frozen=True)
class WithRorIds:
    """The paper, what was `matched` (text → institution), and why ROR could not be asked, or ""."""

    paper: Paper
    matched: dict[str, Affiliation]
    unreachable: str = ""


def add_ror_ids(client: Asker, paper: Paper, pool: Executor, before: Paper | None = None) -> WithRorIds:
    """Ask ROR for funders by DOI and for affiliations by text, and use the answers that ROR is sure of.

    A funder gets ROR's name as well. If ROR cannot be reached, the ids are those of `before`.
    """
    dois = _drop_repeats(funder.doi for funder in paper.funders if funder.doi and not funder.ror)
    texts = _drop_repeats(
        each.name for author in paper.authors for each in author.affiliations if _needs_ror(each)
    )
    asked = [*((doi, ror.fetch_funder) for doi in dois), *((text, ror.fetch_affiliation) for text in texts)]
    answers = dict(zip(dois + texts, pool.map(lambda each: each[1](client, each[0]), asked), strict=True))
    found = {
        key: ror.funder(key, answer) if key in dois else ror.affiliation(answer)
        for key, answer in answers.items()
    }
    matched = {key: place for key, place in found.items() if place}
    silent = {key: answer.why for key, answer in answers.items() if isinstance(answer, Unreachable)}
    kept = {key: place for key, place in _pinned_places(before).items() if key in silent}
    return WithRorIds(_fill_in_places(paper, kept | matched), matched, next(iter(silent.values()), ""))


def _needs_ror(affiliation: Affiliation) -> bool:
    return not (affiliation.ror or affiliation.inferred)


def _pinned_places(paper: Paper | None) -> dict[str, Affiliation]:
    """The institutions of the pinned paper, by funder DOI and by affiliation."""
    if paper is None:
        return {}
    places = {each.name: each for author in paper.authors for each in author.affiliations}
    return places | {
        funder.doi: Affiliation(funder.name, funder.ror) for funder in paper.funders if funder.doi
    }


def _fill_in_places(paper: Paper, places: Mapping[str, Affiliation]) -> Paper:
    def placed(known: Affiliation) -> Affiliation:
        place = places.get(known.name)
        return replace(known, ror=place.ror) if place and _needs_ror(known) else known

    def author(known: Author) -> Author:
        return replace(known, affiliations=tuple(map(placed, known.affiliations)))

    def funder(known: Funder) -> Funder:
        place = None if known.ror else places.get(known.doi)
        return replace(known, name=place.name, ror=place.ror) if place else known

    return replace(
        paper, authors=tuple(map(author, paper.authors)), funders=tuple(map(funder, paper.funders))
    )


def _drop_repeats(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))
