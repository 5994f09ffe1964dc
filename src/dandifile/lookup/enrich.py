"""ROR ids for the funders and affiliations of a paper that came without."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from dandifile.lookup import ror
from dandifile.lookup.answers import Answer, Asks, Unreachable
from dandifile.lookup.facts import Affiliation, Author, Funder, Paper


@dataclass(frozen=True)
class Enriched:
    """The paper, what was `matched` (text → institution), and why ROR could not be asked, or ""."""

    paper: Paper
    matched: dict[str, Affiliation]
    unreachable: str = ""


def enriched(client: Asks, paper: Paper, pool: Executor, before: Paper | None = None) -> Enriched:
    """Ask ROR for funders by their DOI, and for affiliations by their text: only what it is sure of is taken.

    What ROR cannot be asked about now keeps the id that it has in `before`.
    """
    dois = _once(funder.doi for funder in paper.funders if funder.doi and not funder.ror)
    texts = _once(
        each.name
        for author in paper.authors
        for each in author.affiliations
        if not each.ror and not each.inferred
    )
    asked = [*((doi, ror.fetch_funder) for doi in dois), *((text, ror.fetch_affiliation) for text in texts)]
    answers = dict(zip(dois + texts, pool.map(lambda each: each[1](client, each[0]), asked), strict=True))
    found = {key: _institution(key, answer, key in dois) for key, answer in answers.items()}
    matched = {key: institution for key, institution in found.items() if institution}
    rors = _known(before) | {key: institution.ror for key, institution in matched.items()}
    return Enriched(
        _with_rors(paper, lambda key: rors.get(key, "")),
        matched,
        next((answer.why for answer in answers.values() if isinstance(answer, Unreachable)), ""),
    )


def _institution(key: str, answer: Answer, is_funder: bool) -> Affiliation | None:
    return ror.funder(key, answer) if is_funder else ror.affiliation(answer)


def _known(paper: Paper | None) -> dict[str, str]:
    """Ids by funder DOI and by affiliation, of the account that is pinned."""
    if paper is None:
        return {}
    funders = {funder.doi: funder.ror for funder in paper.funders if funder.doi}
    return funders | {each.name: each.ror for author in paper.authors for each in author.affiliations}


def _with_rors(paper: Paper, ror_of: Callable[[str], str]) -> Paper:
    def author(known: Author) -> Author:
        places = (
            each if each.ror or each.inferred else replace(each, ror=ror_of(each.name))
            for each in known.affiliations
        )
        return replace(known, affiliations=tuple(places))

    def funder(known: Funder) -> Funder:
        return known if known.ror or not known.doi else replace(known, ror=ror_of(known.doi))

    return replace(
        paper, authors=tuple(map(author, paper.authors)), funders=tuple(map(funder, paper.funders))
    )


def _once(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))
