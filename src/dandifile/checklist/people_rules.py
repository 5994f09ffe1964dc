"""Rules about the people and organizations behind the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dandifile.checklist.verdict import (
    Evidence,
    Judgement,
    authors,
    doubt,
    failure,
    has_role,
    names_of,
    objects,
    organizations,
    people,
    some_of,
    success,
    text,
)
from dandifile.model import JsonObject
from dandifile.words import quantity

GOOD_STATUSES = ("valid", "active")
UNREACHABLE = "unreachable"
NO_AUTHOR = "no author"
ADD_AUTHOR = "contributors: list those who made the data, with `roles: [Author]`"


def cited_authors(document: JsonObject) -> Judgement:
    """At least one contributor is cited, and every person has a name."""
    if nameless := [person for person in people(document) if not text(person, "name").strip(" ,")]:
        found = f"{quantity(len(nameless), 'person', 'people')} without a name"
        return failure(found, "contributors: give every person a `name`")
    cited = [item for item in objects(document, "contributor") if item.get("includeInCitation") is True]
    if cited:
        return success(f"{quantity(len(cited), 'contributor')} in the citation")
    return failure("no contributor is cited", f"{ADD_AUTHOR} and `cite: true`")


def orcid(document: JsonObject, evidence: Evidence) -> Judgement:
    """Every author has an ORCID iD, and the iD is in use."""
    listed = authors(document)
    if not listed:
        return failure(NO_AUTHOR, ADD_AUTHOR)
    if without := [author for author in listed if not text(author, "identifier")]:
        found = f"{len(without)} of {quantity(len(listed), 'author')} without an ORCID iD"
        return failure(found, f"contributors: add `orcid` to {names_of(without)}")
    ids = [text(author, "identifier").rpartition("/")[2] for author in listed]
    good = success(f"{quantity(len(listed), 'author')}, all with an ORCID iD")
    return _status_judgement(ids, evidence.orcids) or good


def affiliations(document: JsonObject) -> Judgement:
    """Every author has an affiliation."""
    listed = authors(document)
    if not listed:
        return failure(NO_AUTHOR, ADD_AUTHOR)
    if without := [author for author in listed if not objects(author, "affiliation")]:
        found = f"{len(without)} of {quantity(len(listed), 'author')} without an affiliation"
        return failure(found, f"contributors: add `affiliations` to {names_of(without)}")
    return success(f"{quantity(len(listed), 'author')}, all with an affiliation")


def ror(document: JsonObject, evidence: Evidence) -> Judgement:
    """Every institution has its ROR id: affiliations, funders and other organizations."""
    within = [place for person in people(document) for place in objects(person, "affiliation")]
    places = [*within, *organizations(document)]
    if not places:
        return failure("no institution is named", "contributors: add `affiliations: [{name: …, ror: …}]`")
    if without := [place for place in places if "ror.org/" not in text(place, "identifier")]:
        names = {text(place, "name") for place in without}
        every = {text(place, "name") for place in places}
        found = f"{len(names)} of {quantity(len(every), 'institution')} without a ROR id"
        fix = f"contributors: search https://ror.org and add `ror` to {names_of(without)}"
        return failure(found, fix)
    ids = [text(place, "identifier") for place in places]
    good = success(f"{quantity(len(set(ids)), 'institution')}, all with a ROR id")
    return _status_judgement(ids, evidence.rors) or good


def contact_email(document: JsonObject) -> Judgement:
    """A contact person has an e-mail address."""
    contacts = [item for item in objects(document, "contributor") if has_role(item, "ContactPerson")]
    if not contacts:
        fix = "contributors: add `roles: [ContactPerson]` and `email` to one of them"
        return failure("no contact person", fix)
    if with_email := [contact for contact in contacts if text(contact, "email")]:
        return success(names_of(with_email))
    return failure("no e-mail address", f"contributors: add `email` to {names_of(contacts)}")


def funder_award(document: JsonObject) -> Judgement:
    """There is a funder, and every funder has an award number."""
    funders = [item for item in objects(document, "contributor") if has_role(item, "Funder")]
    if not funders:
        fix = "contributors: add `{organization: …, ror: …, award: …, roles: [Funder]}` for each award"
        return failure("no funder", fix)
    if without := [funder for funder in funders if not text(funder, "awardNumber")]:
        found = f"{len(without)} of {quantity(len(funders), 'entry', 'entries')} without an award"
        return failure(found, f"contributors: add `award` to {names_of(without)}")
    return success(quantity(len(funders), "award"))


def _status_judgement(ids: Sequence[str], statuses: Mapping[str, str]) -> Judgement | None:
    """What the lock's statuses say against these ids; None where they say nothing against them."""
    accepted = (*GOOD_STATUSES, UNREACHABLE)
    bad = [f"{id_} ({statuses[id_]})" for id_ in ids if statuses.get(id_, GOOD_STATUSES[0]) not in accepted]
    if bad:
        return failure(some_of(bad), "contributors: write the id that is in use, or remove this one")
    if unchecked := [id_ for id_ in ids if statuses.get(id_) == UNREACHABLE]:
        return doubt(f"{some_of(unchecked)} could not be checked", "run `dandifile resolve` again")
    return None
