"""ROR ids for the funders and affiliations of a paper that came without."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from dandifile.lookup import ror
from dandifile.lookup.client import Asks, Unreachable
from dandifile.lookup.facts import Affiliation, Author, Funder, Paper


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
    dois = _once(funder.doi for funder in paper.funders if funder.doi and not funder.ror)
    texts = _once(each.name for author in paper.authors for each in author.affiliations if _bare(each))
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


def _once(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))
