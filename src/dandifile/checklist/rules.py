"""All rules by name. The names are those of `policy.require` in the spec."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from dandifile.checklist import content_rules, people_rules
from dandifile.checklist.verdict import Evidence, Rule, RuleResult, Verdict, document_only
from dandifile.model import Block, JsonObject, Local, Spec

RULES: Mapping[str, Rule] = {
    "title": Rule(
        "A descriptive title", "It is all that a search result shows.", document_only(content_rules.title)
    ),
    "description": Rule(
        "A description",
        "It decides whether someone opens the dandiset, and is searched.",
        document_only(content_rules.description),
    ),
    "methods": Rule(
        "Modalities and methods in the description",
        "People look for data by how they were acquired.",
        document_only(content_rules.methods),
    ),
    "keywords": Rule(
        "Keywords",
        "They are searched, and tell what the title has no room for.",
        document_only(content_rules.keywords),
    ),
    "license": Rule(
        "An open license", "Without one nobody may reuse the data.", document_only(content_rules.license_)
    ),
    "authors": Rule(
        "Authors in the citation",
        "Data without authors cannot be cited.",
        document_only(people_rules.cited_authors),
    ),
    "orcid": Rule(
        "An ORCID iD for every author",
        "Names are shared and change; the iD gives credit to the right person.",
        people_rules.orcid,
    ),
    "affiliations": Rule(
        "An affiliation for every author",
        "Institutions find their data by it.",
        document_only(people_rules.affiliations),
    ),
    "ror": Rule(
        "A ROR id for every institution",
        "One institution has many names; the id finds all of its data.",
        people_rules.ror,
    ),
    "contact_email": Rule(
        "A contact person with an e-mail address",
        "Readers have questions, and the archive writes there.",
        document_only(people_rules.contact_email),
    ),
    "funder_award": Rule(
        "Funders with their awards",
        "Funders ask for it, and find what they paid for by the award's number.",
        document_only(people_rules.funder_award),
    ),
    "ethics": Rule(
        "Ethics approval",
        "Others may reuse data of subjects only where it was approved.",
        document_only(content_rules.ethics),
    ),
    "regions": Rule(
        "Brain regions as terms of an ontology",
        "A search for a region finds its parts, in every spelling.",
        content_rules.regions,
    ),
    "related_publication": Rule(
        "The paper, linked with its relation and type",
        "Readers get from the data to the paper, and citations are counted.",
        document_only(content_rules.related_publication),
    ),
    "code": Rule(
        "A link to the code",
        "It shows how the data were made and how to use them.",
        document_only(content_rules.code),
    ),
}


def check_rules(
    document: JsonObject, facts: Evidence, names: Iterable[str] = tuple(RULES)
) -> tuple[RuleResult, ...]:
    """The checklist of a dandiset's metadata, a row a rule in the given order."""
    return tuple(_check_rule(name, RULES[name], document, facts) for name in names)


def _check_rule(name: str, rule: Rule, document: JsonObject, facts: Evidence) -> RuleResult:
    found = rule.check(document, facts)
    return RuleResult(name, rule.title, found.verdict, found.found, rule.why, found.fix)


_LOOK = "run `dandifile plan` or `dandifile checklist`: they look at the draft and at what is not in the lock"


class _TracedDocument(dict[str, Any]):
    """A document that notes which of its fields were asked for."""

    def __init__(self, document: JsonObject) -> None:
        super().__init__(document)
        self.fields: dict[str, None] = {}

    def get(self, key: str, default: Any = None) -> Any:
        self.fields[key] = None
        return super().get(key, default)


def check_rules_offline(
    document: JsonObject, facts: Evidence, required: Iterable[str], settled: Callable[[str], bool]
) -> tuple[RuleResult, ...]:
    """The required rules, a row each. `settled` says whether a field of the draft will be as it is here.

    A rule that fails for want of a field that is not settled is unknown: the draft may have it.
    """
    return tuple(_check_rule_offline(document, facts, rule, settled) for rule in required)


def _check_rule_offline(
    document: JsonObject, facts: Evidence, rule: str, settled: Callable[[str], bool]
) -> RuleResult:
    read = _TracedDocument(document)
    [result] = check_rules(read, facts, (rule,))
    open_ = [field for field in read.fields if not settled(field)]
    if result.verdict is not Verdict.FAILED or not open_:
        return result
    found = f"it rests on {', '.join(open_)}, which the spec alone does not tell"
    return replace(result, verdict=Verdict.UNKNOWN, found=found, fix=_LOOK)


def evidence_of(spec: Spec, local: Local | None = None) -> Evidence:
    """What the document does not say: from the lock, the spec and, where they were looked at, the files."""
    rules = (spec.regions.subjects, spec.regions.sessions, spec.regions.paths)
    overlaid = any(overlay.metadata.get("about") for overlay in spec.overlays)
    in_files = local is not None and any(local.located.regions.values())
    perhaps = spec.regions.from_nwb and not (local and local.located.whole)
    on_assets = overlaid or any(rules) or in_files
    return Evidence(spec.verdicts, spec.verdicts, regions_on_assets=on_assets, regions_in_files=perhaps)


def policy_blocks(document: JsonObject, facts: Evidence, required: Iterable[str]) -> tuple[Block, ...]:
    """A block of everything for each required rule that fails; one that nobody can judge blocks nothing."""
    return tuple(
        Block(f"policy.require {result.rule}: {result.found}", result.fix)
        for result in check_rules(document, facts, required)
        if result.verdict is Verdict.FAILED
    )
