"""The contributors and contacts of a new spec: from its papers, else those who recorded the data. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dandifile.lookup.authors import full_name, person
from dandifile.lookup.contributors import merge_contributors
from dandifile.lookup.credits import Review, merge_authors, reviews_of
from dandifile.lookup.facts import Author, Paper
from dandifile.lookup.names import name_fault, split_name
from dandifile.model import JsonObject
from dandifile.spec.faults import gap
from dandifile.spec.forms import short_contributor
from dandifile.spec.skeleton import ListItem


def contributors(papers: Sequence[Paper], experimenters: Iterable[str]) -> list[ListItem]:
    """In the order of the citation, funders last. `experimenters` are names as the files have them."""
    if not papers:
        found = [Paper("", "", "other", authors=(person(split_name(name)),)) for name in experimenters]
        authors = [author for author in merge_authors(found) if not name_fault(full_name(author))]
        return [ListItem(_author(full_name(each)), _remarks_on(each)) for each in authors]
    merged = merge_contributors(papers, (), short_contributor)
    return [
        ListItem(_short_entry(item), tuple(_review_remarks(item["name"], merged.review)))
        for item in merged.contributors
    ]


def _remarks_on(author: Author) -> tuple[str, ...]:
    return tuple(_review_remarks(full_name(author), reviews_of(author)))


def orcids_and_rors(papers: Sequence[Paper]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of people and of institutions that `contributors` names, in their normal forms."""
    written = merge_contributors(papers, (), short_contributor).contributors
    orcids = [
        item["identifier"] for item in written if item["schemaKey"] == "Person" and "identifier" in item
    ]
    places = [*written, *(place for item in written for place in item.get("affiliation", ()))]
    rors = [item["identifier"] for item in places if "ror.org/" in item.get("identifier", "")]
    return tuple(orcids), tuple(rors)


def contacts(found: Sequence[ListItem], papers: Sequence[Paper]) -> list[int]:
    """Who answers questions: the corresponding authors, else the first person, else no one yet."""
    authors = [
        place
        for place, item in enumerate(found)
        if "Author" in item.value["roles"] and "organization" not in item.value
    ]
    return _corresponding_authors(papers) or authors[:1]


def with_contacts(
    found: Sequence[ListItem], papers: Sequence[Paper], name: str, emails: Sequence[str]
) -> list[ListItem]:
    """Gives contacts their role and an address; `name` is the contact where there is none yet."""
    places = contacts(found, papers)
    if not places:
        return [_with_email(ListItem(_author(name)), emails[0]), *found]
    guessed = () if _corresponding_authors(papers) else ("Is this the person who answers questions?",)
    changed = list(found)
    for place, address in zip(places, emails, strict=True):
        changed[place] = _with_email(ListItem(found[place].value, (*found[place].remarks, *guessed)), address)
    return changed


def _corresponding_authors(papers: Sequence[Paper]) -> list[int]:
    """Places of the corresponding authors, who are among the contributors where they are in the papers."""
    authors = enumerate(merge_authors(papers))
    return [place for place, author in authors if author.corresponding and not author.collective]


def _with_email(item: ListItem, email: str) -> ListItem:
    roles = [*item.value["roles"], "ContactPerson"]
    return ListItem({**item.value, "email": email, "roles": roles}, item.remarks)


def _author(name: str) -> JsonObject:
    return {"name": name, "roles": ["Author"], "cite": True}


def _short_entry(item: JsonObject) -> JsonObject:
    """Someone whom a paper names; a funder is not cited anyway."""
    short = short_contributor(item)
    if short.get("cite") is False:
        del short["cite"]
    if item["schemaKey"] == "Person" and (why := name_fault(item["name"])):
        short["name"] = gap(f"'{item['name']}' as last name, comma, first name: {why}")
    return short


def _review_remarks(name: str, reviews: Iterable[Review]) -> Iterator[str]:
    for review in reviews:
        if review.who == name and review.what == "family name":
            yield f"Check: the family name {review.value} is a guess: the paper has the name in one piece."
        elif review.who == name:
            yield f"Check: only OpenAlex says so: {review.what} {review.value}"
