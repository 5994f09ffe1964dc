"""Rules about what the data are of, what allows them, and what they belong to."""

from __future__ import annotations

import re

from dandifile.checklist.reading import count, named, objects, some, text, texts
from dandifile.checklist.verdict import Facts, Finding, failed, passed, unknown
from dandifile.model import JsonObject

OPEN_LICENSES = ("spdx:CC0-1.0", "spdx:CC-BY-4.0")
"""Those that DANDI accepts."""

INVERTEBRATES = re.compile(r"NCBITaxon[_:](7227|6239|7460|7130|6500)$")
"""Fruit fly, C. elegans, honey bee, tobacco hornworm, Aplysia: no approval is asked for."""

DOI = re.compile(r"\b10\.\d{4,9}/\S+", re.IGNORECASE)
PAPER_TYPES = (
    "JournalArticle",
    "Preprint",
    "ConferencePaper",
    "DataPaper",
    "BookChapter",
    "Book",
    "Dissertation",
    "Report",
)
PAPER_RELATIONS = (
    "IsDescribedBy",
    "IsPublishedIn",
    "IsSupplementTo",
    "IsDocumentedBy",
    "IsCitedBy",
    "IsReferencedBy",
)
"""How a dandiset stands to a paper about it."""

SLIPS = ("Describes", "IsSupplementedBy", "Documents")
"""The other way round, which is often written where one of those above is meant."""


def regions(document: JsonObject, facts: Facts) -> Finding:
    """Brain regions with the id of a term, on the dandiset or on its assets."""
    about = objects(document, "about")
    anatomy = [item for item in about if item.get("schemaKey") == "Anatomy"]
    if without := [item for item in anatomy if not text(item, "identifier")]:
        return failed(
            f"{named(without)} without an id", "regions: write names of UBERON, or `{name: …, id: …}`"
        )
    if anatomy:
        return passed(named(anatomy))
    if facts.regions_on_assets:
        return passed("on assets")
    if facts.regions_in_files:
        return unknown(
            "taken from the NWB files, which are not looked at here",
            "run `dandifile plan` where the data are",
        )
    if vague := [
        item for item in about if item.get("schemaKey") == "GenericType" and not text(item, "identifier")
    ]:
        found = f"{named(vague)}: not said to be a brain region"
        return failed(
            found, "regions: list the brain regions; `about` is for disorders, cell types and phenotypes"
        )
    return failed("none", "regions: [hippocampal formation, …], or `from_nwb: true`")


def ethics(document: JsonObject) -> Finding:
    """An approval with its number; none is asked for where all subjects are invertebrates."""
    approvals = objects(document, "ethicsApproval")
    if approvals and all(text(approval, "identifier") for approval in approvals):
        return passed(some([text(approval, "identifier") for approval in approvals]))
    if approvals:
        return failed("an approval without its number", "ethics: add `protocol`")
    summary = document.get("assetsSummary")
    species = objects(summary, "species") if isinstance(summary, dict) else []
    if species and all(INVERTEBRATES.search(text(item, "identifier")) for item in species):
        return passed(f"none needed: {named(species)}")
    return failed("none", 'ethics: [{protocol: "IACUC or IRB protocol #…", contact: {name: …, email: …}}]')


def license_(document: JsonObject) -> Finding:
    """One that DANDI accepts and that allows reuse."""
    found = texts(document, "license")
    fix = "license: CC-BY-4.0 (credit is asked for) or CC0-1.0 (nothing is)"
    if not found:
        return failed("none", fix)
    closed = [name for name in found if name not in OPEN_LICENSES]
    return failed(f"{some(closed)}", fix) if closed else passed(some(found))


def related_publication(document: JsonObject) -> Finding:
    """A paper about the data, found by its DOI, with its type and how the data stand to it."""
    papers = [item for item in objects(document, "relatedResource") if _is_paper(item)]
    sound = [paper for paper in papers if not _fault(paper)]
    if sound:
        return passed(count(len(sound), "paper"))
    if papers:
        faults = some([f"{_called(paper)}: {_fault(paper)}" for paper in papers])
        return failed(faults, "related: give the paper its DOI, `relation` and `type`")
    fix = 'related: [{identifier: "doi:…", url: …, relation: IsDescribedBy, type: JournalArticle}]'
    return failed("no paper", fix)


def code(document: JsonObject) -> Finding:
    """The code that converted or analysed the data."""
    software = [
        item
        for item in objects(document, "relatedResource")
        if text(item, "resourceType") == "dcite:Software"
    ]
    if software:
        return passed(count(len(software), "link"))
    return failed(
        "none", "related: [{url: https://github.com/…, name: …, relation: IsSupplementedBy, type: Software}]"
    )


def _is_paper(resource: JsonObject) -> bool:
    """By its type; where it has none, by a DOI and the way it is linked."""
    kind = text(resource, "resourceType").removeprefix("dcite:")
    if kind:
        return kind in PAPER_TYPES
    relation = text(resource, "relation").removeprefix("dcite:")
    return relation == "IsPublishedIn" or (relation in (*PAPER_RELATIONS, *SLIPS) and bool(_doi(resource)))


def _fault(paper: JsonObject) -> str:
    """The first thing that is wrong with the link, and "" where nothing is."""
    relation = text(paper, "relation").removeprefix("dcite:")
    if relation not in PAPER_RELATIONS:
        return f"`relation` is {relation or 'missing'}; for a paper about the data it is IsDescribedBy"
    if not _doi(paper):
        return "no DOI in `identifier` or `url`"
    if not text(paper, "resourceType"):
        return "no `type`: JournalArticle or Preprint"
    return ""


def _doi(resource: JsonObject) -> str:
    found = (DOI.search(text(resource, key)) for key in ("identifier", "url"))
    return next((match.group() for match in found if match), "")


def _called(resource: JsonObject) -> str:
    return _doi(resource) or text(resource, "name") or text(resource, "url") or "a resource"
