"""The contributors of a new spec: those of its papers, else who recorded the data; and who is asked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dandifile.lookup.contributors import merge
from dandifile.lookup.entries import Review, joined_authors
from dandifile.lookup.facts import Paper
from dandifile.lookup.names import dandi_name, refusal, split
from dandifile.model import JsonObject
from dandifile.spec.gaps import gap
from dandifile.spec.shortened import short_contributor
from dandifile.spec.skeleton import Item


def contributors(papers: Sequence[Paper], experimenters: Iterable[str]) -> list[Item]:
    """In the order of the citation, funders last. `experimenters` are names as the files have them."""
    if not papers:
        names = dict.fromkeys(dandi_name(split(name)) for name in experimenters)
        return [Item(_author(name)) for name in names if not refusal(name)]
    merged = merge(papers, (), short_contributor)
    return [
        Item(_in_short(item), tuple(_to_review(item["name"], merged.review))) for item in merged.contributors
    ]


def orcids_and_rors(papers: Sequence[Paper]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of people and of institutions that `contributors` names, in their normal forms."""
    written = merge(papers, (), short_contributor).contributors
    orcids = [
        item["identifier"] for item in written if item["schemaKey"] == "Person" and "identifier" in item
    ]
    places = [*written, *(place for item in written for place in item.get("affiliation", ()))]
    rors = [item["identifier"] for item in places if "ror.org/" in item.get("identifier", "")]
    return tuple(orcids), tuple(rors)


def contact(found: Sequence[Item], papers: Sequence[Paper]) -> int | None:
    """Who answers questions: the first corresponding author, else the first author, else nobody yet."""
    authors = [place for place, item in enumerate(found) if "Author" in item.value["roles"]]
    return next(iter([*_corresponding(papers), *authors]), None)


def with_contact(found: Sequence[Item], papers: Sequence[Paper], name: str, email: str) -> list[Item]:
    """One of them made the ContactPerson; `name` is who it is where there is nobody."""
    place = contact(found, papers)
    if place is None:
        return [_reachable(Item(_author(name)), email), *found]
    guessed = () if place in _corresponding(papers) else ("Is this who answers questions?",)
    chosen = Item(found[place].value, (*found[place].remarks, *guessed))
    return [*found[:place], _reachable(chosen, email), *found[place + 1 :]]


def _corresponding(papers: Sequence[Paper]) -> list[int]:
    """Places of the corresponding authors, who stand among the contributors as in the papers."""
    return [place for place, author in enumerate(joined_authors(papers)) if author.corresponding]


def _reachable(item: Item, email: str) -> Item:
    roles = [*item.value["roles"], "ContactPerson"]
    return Item({**item.value, "email": email, "roles": roles}, item.remarks)


def _author(name: str) -> JsonObject:
    return {"name": name, "roles": ["Author"], "cite": True}


def _in_short(item: JsonObject) -> JsonObject:
    """Someone whom a paper names; a funder is not cited anyway."""
    short = short_contributor(item)
    if short.get("cite") is False:
        del short["cite"]
    if item["schemaKey"] == "Person" and (why := refusal(item["name"])):
        short["name"] = gap(f"“{item['name']}” as last name, comma, first name: {why}")
    return short


def _to_review(name: str, reviews: Iterable[Review]) -> Iterator[str]:
    for review in reviews:
        if review.who == name:
            yield f"To be checked, as OpenAlex alone says so: {review.what} {review.value}"
