"""Rules about those who made the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dandifile.checklist.verdict import (
    Evidence,
    Judgement,
    authors,
    count,
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

GOOD_STATUSES = ("valid", "active")
UNREACHABLE = "unreachable"
NO_AUTHOR = "no author"
ADD_AUTHOR = "contributors: list those who made the data, with `roles: [Author]`"


def cited_authors(document: JsonObject) -> Judgement:
    """Someone is cited, and everyone has a name."""
    if nameless := [person for person in people(document) if not text(person, "name").strip(" ,")]:
        return failure(
            count(len(nameless), "person", "people") + " without a name", "contributors: give the name"
        )
    cited = [item for item in objects(document, "contributor") if item.get("includeInCitation") is True]
    if cited:
        return success(count(len(cited), "contributor") + " in the citation")
    return failure("nobody is cited", f"{ADD_AUTHOR} and `cite: true`")


def orcid(document: JsonObject, facts: Evidence) -> Judgement:
    """Every author has an ORCID iD, and a live one."""
    known = authors(document)
    if not known:
        return failure(NO_AUTHOR, ADD_AUTHOR)
    if without := [author for author in known if not text(author, "identifier")]:
        found = f"{len(without)} of {count(len(known), 'author')} without"
        return failure(found, f"contributors: add `orcid` to {names_of(without)}")
    ids = [text(author, "identifier").rpartition("/")[2] for author in known]
    return _status_judgement(ids, facts.orcids) or success(
        count(len(known), "author") + ", all with an ORCID iD"
    )


def affiliations(document: JsonObject) -> Judgement:
    """Every author has one."""
    known = authors(document)
    if not known:
        return failure(NO_AUTHOR, ADD_AUTHOR)
    if without := [author for author in known if not objects(author, "affiliation")]:
        found = f"{len(without)} of {count(len(known), 'author')} without"
        return failure(found, f"contributors: add `affiliations` to {names_of(without)}")
    return success(count(len(known), "author") + ", all with an affiliation")


def ror(document: JsonObject, facts: Evidence) -> Judgement:
    """Every institution has its ROR id: affiliations, funders and other organizations."""
    within = [place for person in people(document) for place in objects(person, "affiliation")]
    places = [*within, *organizations(document)]
    if not places:
        return failure("no institution is named", "contributors: add `affiliations: [{name: …, ror: …}]`")
    if without := [place for place in places if "ror.org/" not in text(place, "identifier")]:
        names = {text(place, "name") for place in without}
        every = {text(place, "name") for place in places}
        fix = f"look them up on https://ror.org and add `ror` to {names_of(without)}"
        return failure(f"{len(names)} of {count(len(every), 'institution')} without", fix)
    ids = [text(place, "identifier") for place in places]
    return _status_judgement(ids, facts.rors) or success(
        count(len(set(ids)), "institution") + ", all with a ROR id"
    )


def contact_email(document: JsonObject) -> Judgement:
    """A contact person with an e-mail address."""
    contacts = [item for item in objects(document, "contributor") if has_role(item, "ContactPerson")]
    if not contacts:
        return failure(
            "no contact person", "contributors: add `roles: [ContactPerson]` and `email` to one of them"
        )
    if with_email := [contact for contact in contacts if text(contact, "email")]:
        return success(names_of(with_email))
    return failure("no e-mail address", f"contributors: add `email` to {names_of(contacts)}")


def funder_award(document: JsonObject) -> Judgement:
    """Who paid, and each award by its number."""
    funders = [item for item in objects(document, "contributor") if has_role(item, "Funder")]
    if not funders:
        fix = "contributors: add `{organization: …, ror: …, award: …, roles: [Funder]}` for each award"
        return failure("no funder", fix)
    if without := [funder for funder in funders if not text(funder, "awardNumber")]:
        found = f"{len(without)} of {count(len(funders), 'entry', 'entries')} without an award"
        return failure(found, f"contributors: add `award` to {names_of(without)}")
    return success(count(len(funders), "award"))


def _status_judgement(ids: Sequence[str], statuses: Mapping[str, str]) -> Judgement | None:
    """What the services say against these ids; None where they say nothing against them."""
    bad = [
        f"{id_} ({statuses[id_]})"
        for id_ in ids
        if statuses.get(id_, GOOD_STATUSES[0]) not in (*GOOD_STATUSES, UNREACHABLE)
    ]
    if bad:
        return failure(f"{some_of(bad)}", "write the id that is in use, or take it away")
    if dark := [id_ for id_ in ids if statuses.get(id_) == UNREACHABLE]:
        return doubt(f"{some_of(dark)} could not be checked", "run `dandifile resolve` again")
    return None
