"""The checklist: every rule by name, and what follows when a spec requires some of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from dandifile.checklist import content_rules, people_rules
from dandifile.checklist.verdict import Evidence, Rule, RuleResult, Verdict, document_only
from dandifile.model import Block, JsonObject, Local, Spec

RULES: Mapping[str, Rule] = {
    "title": Rule(
        "A descriptive title",
        "Search results show the title and nothing else.",
        document_only(content_rules.title),
    ),
    "description": Rule(
        "A description",
        "It tells readers whether to open the dandiset, and searches use it.",
        document_only(content_rules.description),
    ),
    "methods": Rule(
        "Modalities and methods in the description",
        "People look for data by how they were acquired.",
        document_only(content_rules.methods),
    ),
    "keywords": Rule(
        "Keywords",
        "Searches use them, and they add what the title has no room for.",
        document_only(content_rules.keywords),
    ),
    "license": Rule(
        "An open license",
        "Without a license, others are not allowed to reuse the data.",
        document_only(content_rules.license_),
    ),
    "authors": Rule(
        "Authors in the citation",
        "Data without authors cannot be cited.",
        document_only(people_rules.cited_authors),
    ),
    "orcid": Rule(
        "An ORCID iD for every author",
        "People share names and change them; the iD gives credit to the right person.",
        people_rules.orcid,
    ),
    "affiliations": Rule(
        "An affiliation for every author",
        "It lets institutions find their own data.",
        document_only(people_rules.affiliations),
    ),
    "ror": Rule(
        "A ROR id for every institution",
        "An institution's name has many spellings; one id finds all of its data.",
        people_rules.ror,
    ),
    "contact_email": Rule(
        "A contact person with an e-mail address",
        "Readers send their questions there, and so does the archive.",
        document_only(people_rules.contact_email),
    ),
    "funder_award": Rule(
        "Funders with their awards",
        "Funders ask for it, and use the award number to find the data that they paid for.",
        document_only(people_rules.funder_award),
    ),
    "ethics": Rule(
        "Ethics approval",
        "Others can reuse data from subjects only if the work was approved.",
        document_only(content_rules.ethics),
    ),
    "regions": Rule(
        "Brain regions as terms of an ontology",
        "A search for a region then finds its parts too, in any spelling.",
        content_rules.regions,
    ),
    "related_publication": Rule(
        "The paper, linked with its relation and type",
        "Readers of the data find the paper, and citations are counted.",
        document_only(content_rules.related_publication),
    ),
    "code": Rule(
        "A link to the code",
        "It shows how the data were made and how to use them.",
        document_only(content_rules.code),
    ),
}
"""The names are those that `policy.require` of a spec takes."""


def check_rules(
    document: JsonObject, evidence: Evidence, names: Iterable[str] = tuple(RULES)
) -> tuple[RuleResult, ...]:
    """The checklist of a dandiset's metadata: one result per rule, in the given order."""
    return tuple(_check_rule(name, document, evidence) for name in names)


def check_rules_offline(
    document: JsonObject, evidence: Evidence, required: Iterable[str], settled: Callable[[str], bool]
) -> tuple[RuleResult, ...]:
    """The required rules where only the spec and its lock are at hand, one result per rule.

    `settled(field)` says whether the draft will have that field as it is in `document`. A rule that fails
    because of a field that is not settled is unknown: the draft may have it.
    """
    return tuple(_check_rule_offline(name, document, evidence, settled) for name in required)


def evidence_of(spec: Spec, local: Local | None = None) -> Evidence:
    """What the document does not say: from the lock, the spec and, if they were read, the files."""
    rules = (spec.regions.subjects, spec.regions.sessions, spec.regions.paths)
    from_overlays = any(overlay.metadata.get("about") for overlay in spec.overlays)
    from_files = local is not None and any(local.located.regions.values())
    open_files = spec.regions.from_nwb and not (local and local.located.whole)
    return Evidence(
        orcids=spec.verdicts,
        rors=spec.verdicts,
        regions_on_assets=from_overlays or any(rules) or from_files,
        regions_in_files=open_files,
    )


def policy_blocks(document: JsonObject, evidence: Evidence, required: Iterable[str]) -> tuple[Block, ...]:
    """A block of the whole plan for each required rule that fails; an unknown rule blocks nothing."""
    return tuple(
        Block(f"policy.require {result.rule}: {result.found}", result.fix)
        for result in check_rules(document, evidence, required)
        if result.verdict is Verdict.FAILED
    )


def _check_rule(name: str, document: JsonObject, evidence: Evidence) -> RuleResult:
    rule = RULES[name]
    judgement = rule.check(document, evidence)
    return RuleResult(name, rule.title, judgement.verdict, judgement.found, rule.why, judgement.fix)


def _check_rule_offline(
    name: str, document: JsonObject, evidence: Evidence, settled: Callable[[str], bool]
) -> RuleResult:
    traced = _TracedDocument(document)
    result = _check_rule(name, traced, evidence)
    open_ = [field for field in traced.fields if not settled(field)]
    if result.verdict is not Verdict.FAILED or not open_:
        return result
    found = f"it depends on {', '.join(open_)}, which the spec alone does not decide"
    fix = "run `dandifile plan` or `dandifile checklist`: they also read the draft and what the lock lacks"
    return replace(result, verdict=Verdict.UNKNOWN, found=found, fix=fix)


class _TracedDocument(dict[str, Any]):
    """A document that notes which of its fields a rule reads."""

    def __init__(self, document: JsonObject) -> None:
        super().__init__(document)
        self.fields: dict[str, None] = {}

    def get(self, key: str, default: Any = None) -> Any:
        self.fields[key] = None
        return super().get(key, default)
