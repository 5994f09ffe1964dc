"""All rules by name. The names are those of `policy.require` in the spec."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dandifile.checklist import content, people, texts
from dandifile.checklist.verdict import Facts, Result, Rule, alone
from dandifile.model import JsonObject

RULES: Mapping[str, Rule] = {
    "title": Rule("A descriptive title", "It is all that a search result shows.", alone(texts.title)),
    "description": Rule(
        "A description",
        "It decides whether someone opens the dandiset, and is searched.",
        alone(texts.description),
    ),
    "methods": Rule(
        "Modalities and methods in the description",
        "People look for data by how they were acquired.",
        alone(texts.methods),
    ),
    "keywords": Rule(
        "Keywords", "They are searched, and tell what the title has no room for.", alone(texts.keywords)
    ),
    "license": Rule("An open license", "Without one nobody may reuse the data.", alone(content.license_)),
    "authors": Rule(
        "Authors in the citation", "Data without authors cannot be cited.", alone(people.cited_authors)
    ),
    "orcid": Rule(
        "An ORCID iD for every author",
        "Names are shared and change; the iD gives credit to the right person.",
        people.orcid,
    ),
    "affiliations": Rule(
        "An affiliation for every author", "Institutions find their data by it.", alone(people.affiliations)
    ),
    "ror": Rule(
        "A ROR id for every institution",
        "One institution has many names; the id finds all of its data.",
        people.ror,
    ),
    "contact_email": Rule(
        "A contact person with an e-mail address",
        "Readers have questions, and the archive writes there.",
        alone(people.contact_email),
    ),
    "funder_award": Rule(
        "Funders with their awards",
        "Funders ask for it, and find what they paid for by the award's number.",
        alone(people.funder_award),
    ),
    "ethics": Rule(
        "Ethics approval",
        "Others may reuse data of subjects only where it was approved.",
        alone(content.ethics),
    ),
    "regions": Rule(
        "Brain regions as terms of an ontology",
        "A search for a region finds its parts, in every spelling.",
        content.regions,
    ),
    "related_publication": Rule(
        "The paper, linked with its relation and type",
        "Readers get from the data to the paper, and citations are counted.",
        alone(content.related_publication),
    ),
    "code": Rule(
        "A link to the code", "It shows how the data were made and how to use them.", alone(content.code)
    ),
}


def checked(document: JsonObject, facts: Facts, names: Iterable[str] = tuple(RULES)) -> tuple[Result, ...]:
    """The checklist of a dandiset's metadata, a row a rule in the given order."""
    return tuple(_result(name, RULES[name], document, facts) for name in names)


def _result(name: str, rule: Rule, document: JsonObject, facts: Facts) -> Result:
    found = rule.check(document, facts)
    return Result(name, rule.title, found.verdict, found.found, rule.why, found.fix)
