"""The authors, funders and papers themselves, merged from all papers and in DANDI's form. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dandifile import doi as dois
from dandifile.identifiers import award_key, is_nih_award, is_same_award
from dandifile.lookup.authors import (
    can_be_same,
    full_name,
    is_same_name,
    is_split_otherwise,
    normalise,
    with_fuller_name,
)
from dandifile.lookup.facts import PAPER_KINDS, Affiliation, Author, Funder, Paper
from dandifile.model import JsonObject


@dataclass(frozen=True)
class Review:
    """A fact that somebody should check.

    `what` is "affiliation" or "ORCID iD", if only OpenAlex says so, or "family name", if it is a guess.
    """

    who: str
    what: str
    value: str

    @property
    def reason(self) -> str:
        if self.what == "family name":
            return 'a guess, because the name came in one piece: write "Last, First" in `contributors`'
        return "only OpenAlex says so"


def merge_authors(papers: Sequence[Paper]) -> list[Author]:
    """The authors of the first paper in its order, then those that the other papers add."""
    joined: list[Author] = []
    for paper in papers:
        before = dict(enumerate(joined))
        for author in paper.authors:
            place = _find_same(author, before)
            if place is None:
                joined.append(author)
            else:
                joined[place] = _merge_accounts(before.pop(place), author)
    return joined


def merge_funders(papers: Sequence[Paper]) -> list[Funder]:
    """One entry for each award. A funder has an entry without an award only if none of its awards is known.

    Of several spellings of an award, the shortest complete one is used: `R01MH117788`, not `5R01MH117788-03`
    and not `MH117788`.
    """
    joined: list[Funder] = []
    for funder in (funder for paper in papers for funder in paper.funders):
        place = next((place for place, other in enumerate(joined) if _is_same_funding(funder, other)), None)
        if place is None:
            joined.append(funder)
        elif _is_plainer(funder.award, joined[place].award):
            joined[place] = replace(joined[place], award=funder.award)
    with_award = {_funder_key(funder) for funder in joined if funder.award}
    return [funder for funder in joined if funder.award or _funder_key(funder) not in with_award]


def _funder_key(funder: Funder) -> str:
    return funder.ror or normalise(funder.name)


def _is_same_funding(one: Funder, other: Funder) -> bool:
    """Whether both are the same award. An award of NIH is the same under the name of its institute."""
    if is_nih_award(one.award) and is_nih_award(other.award):
        return is_same_award(one.award, other.award)
    return _funder_key(one) == _funder_key(other) and is_same_award(one.award, other.award)


def _is_plainer(one: str, other: str) -> bool:
    """Whether `one` is the better spelling of the same award."""
    ranks = [(not is_nih_award(each), each != award_key(each).upper(), len(each)) for each in (one, other)]
    return ranks[0] < ranks[1]


def author_object(author: Author) -> JsonObject:
    """A Person, or an Organization for a consortium, without inferred affiliations."""
    found: JsonObject = {
        "schemaKey": "Organization" if author.collective else "Person",
        "name": full_name(author),
        "identifier": author.orcid,
        "roleName": ["dcite:Author"],
        "includeInCitation": True,
        "affiliation": [affiliation_object(each) for each in author.affiliations if not each.inferred],
    }
    unfit = {"identifier", "affiliation"} if author.collective else set()
    return {key: value for key, value in found.items() if value not in ("", []) and key not in unfit}


def affiliation_object(affiliation: Affiliation) -> JsonObject:
    found = {"schemaKey": "Affiliation", "name": affiliation.name}
    return found | ({"identifier": affiliation.ror} if affiliation.ror else {})


def funder_object(funder: Funder) -> JsonObject:
    """An Organization that is a funder and is not cited."""
    found: JsonObject = {
        "schemaKey": "Organization",
        "name": funder.name,
        "identifier": funder.ror,
        "roleName": ["dcite:Funder"],
        "awardNumber": funder.award,
        "includeInCitation": False,
    }
    return {key: value for key, value in found.items() if value != ""}


def reviews_of(author: Author) -> list[Review]:
    """What somebody should check about an author."""
    who = full_name(author)
    found = [Review(who, "family name", author.family)] if author.guessed else []
    if author.orcid_from == "inferred":
        found.append(Review(who, "ORCID iD", author.orcid))
    return found + [
        Review(who, "affiliation", f"{each.name} ({each.ror})" if each.ror else each.name)
        for each in author.affiliations
        if each.inferred
    ]


def related_resources(papers: Iterable[Paper]) -> list[JsonObject]:
    """The papers as resources that describe the dandiset."""
    return [
        {
            "schemaKey": "Resource",
            "identifier": f"doi:{paper.doi}",
            "url": dois.doi_url(paper.doi),
            **({"name": paper.title} if paper.title else {}),
            "relation": "dcite:IsDescribedBy",
            "resourceType": f"dcite:{PAPER_KINDS[paper.kind]}",
        }
        for paper in papers
    ]


def _find_same(author: Author, before: Mapping[int, Author]) -> int | None:
    """The place of the same person among earlier papers' authors, by ORCID iD, name or short name."""
    for judge in (_is_same_orcid, _is_same_full_name, _can_be_one_person):
        fits = [place for place, other in before.items() if judge(author, other)]
        if len(fits) == 1:
            return fits[0]
    return None


def _is_same_orcid(one: Author, other: Author) -> bool:
    return bool(one.orcid) and one.orcid == other.orcid


def _is_same_full_name(one: Author, other: Author) -> bool:
    if one.collective or other.collective:
        return normalise(full_name(one)) == normalise(full_name(other))
    return is_same_name(full_name(one), full_name(other)) and not _has_other_orcid(one, other)


def _can_be_one_person(one: Author, other: Author) -> bool:
    people = not (one.collective or other.collective)
    names = full_name(one), full_name(other)
    return people and not _has_other_orcid(one, other) and (can_be_same(*names) or is_split_otherwise(*names))


def _has_other_orcid(one: Author, other: Author) -> bool:
    return bool(one.orcid and other.orcid and one.orcid != other.orcid)


def _merge_accounts(one: Author, other: Author) -> Author:
    """The first account with the fuller of both names, completed from the second."""
    return replace(
        with_fuller_name(one, other),
        orcid=one.orcid or other.orcid,
        orcid_from=one.orcid_from or other.orcid_from,
        corresponding=one.corresponding or other.corresponding,
        affiliations=one.affiliations or other.affiliations,
    )
