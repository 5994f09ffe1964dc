"""What a paper, or several, contributes to a dandiset: contributors and resources in DANDI's form. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dandifile import doi as dois
from dandifile.lookup.authors import full_name
from dandifile.lookup.facts import Affiliation, Author, Funder, Paper
from dandifile.lookup.matching import award_key, may_be_same, normalised, same_name
from dandifile.lookup.paper import KINDS
from dandifile.model import JsonObject


@dataclass(frozen=True)
class Review:
    """A fact that only OpenAlex's own reckoning stands behind: `what` is "affiliation" or "ORCID iD"."""

    who: str
    what: str
    value: str


def joined_authors(papers: Sequence[Paper]) -> list[Author]:
    """Authors of the first paper in its order, then those whom the next ones add; of one paper all."""
    joined: list[Author] = []
    for paper in papers:
        before = dict(enumerate(joined))
        for author in paper.authors:
            place = _place(author, before)
            if place is None:
                joined.append(author)
            else:
                joined[place] = _both(before.pop(place), author)
    return joined


def joined_funders(papers: Sequence[Paper]) -> list[Funder]:
    """One an award. A funder is named without an award only where none of its awards is known."""
    joined: dict[tuple[str, str], Funder] = {}
    for funder in (funder for paper in papers for funder in paper.funders):
        key = (funder.ror or normalised(funder.name), award_key(funder.award))
        joined.setdefault(key, funder)
    with_award = {who for who, award in joined if award}
    return [funder for (who, award), funder in joined.items() if award or who not in with_award]


def author_object(author: Author) -> JsonObject:
    """A Person, or an Organization for a consortium; affiliations that are only inferred stay out."""
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
    """An Organization that paid and is not cited."""
    found: JsonObject = {
        "schemaKey": "Organization",
        "name": funder.name,
        "identifier": funder.ror,
        "roleName": ["dcite:Funder"],
        "awardNumber": funder.award,
        "includeInCitation": False,
    }
    return {key: value for key, value in found.items() if value != ""}


def reviews(author: Author) -> list[Review]:
    """What a person should look at before it is believed."""
    who = full_name(author)
    found = [Review(who, "ORCID iD", author.orcid)] if author.orcid_from == "inferred" else []
    return found + [
        Review(who, "affiliation", f"{each.name} ({each.ror})" if each.ror else each.name)
        for each in author.affiliations
        if each.inferred
    ]


def related_resources(papers: Iterable[Paper]) -> list[JsonObject]:
    """The papers as what the dandiset is described by."""
    return [
        {
            "schemaKey": "Resource",
            "identifier": f"doi:{paper.doi}",
            "url": dois.url(paper.doi),
            **({"name": paper.title} if paper.title else {}),
            "relation": "dcite:IsDescribedBy",
            "resourceType": f"dcite:{KINDS[paper.kind]}",
        }
        for paper in papers
    ]


def _place(author: Author, before: Mapping[int, Author]) -> int | None:
    """Where the same person stands among earlier papers' authors: by ORCID iD, name, or short name."""
    for judge in (_same_orcid, _same_name, _may_be_same):
        fits = [place for place, other in before.items() if judge(author, other)]
        if len(fits) == 1:
            return fits[0]
    return None


def _same_orcid(one: Author, other: Author) -> bool:
    return bool(one.orcid) and one.orcid == other.orcid


def _same_name(one: Author, other: Author) -> bool:
    if one.collective or other.collective:
        return normalised(full_name(one)) == normalised(full_name(other))
    return same_name(full_name(one), full_name(other)) and not _two_orcids(one, other)


def _may_be_same(one: Author, other: Author) -> bool:
    people = not (one.collective or other.collective)
    return people and may_be_same(full_name(one), full_name(other)) and not _two_orcids(one, other)


def _two_orcids(one: Author, other: Author) -> bool:
    return bool(one.orcid and other.orcid and one.orcid != other.orcid)


def _both(one: Author, other: Author) -> Author:
    """The first account, with what the second knows beside."""
    return replace(
        one,
        orcid=one.orcid or other.orcid,
        orcid_from=one.orcid_from or other.orcid_from,
        corresponding=one.corresponding or other.corresponding,
        affiliations=one.affiliations or other.affiliations,
    )
