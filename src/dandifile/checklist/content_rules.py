"""Rules about what the data are of, what allows them, and what they belong to."""

from __future__ import annotations

import re

from dandifile.checklist.verdict import (
    Evidence,
    Judgement,
    count,
    doubt,
    failure,
    names_of,
    objects,
    some_of,
    success,
    text,
    texts,
)
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


def regions(document: JsonObject, facts: Evidence) -> Judgement:
    """Brain regions with the id of a term, on the dandiset or on its assets."""
    about = objects(document, "about")
    anatomy = [item for item in about if item.get("schemaKey") == "Anatomy"]
    if without := [item for item in anatomy if not text(item, "identifier")]:
        return failure(
            f"{names_of(without)} without an id", "regions: write names of UBERON, or `{name: …, id: …}`"
        )
    if anatomy:
        return success(names_of(anatomy))
    if facts.regions_on_assets:
        return success("on assets")
    if facts.regions_in_files:
        return doubt(
            "taken from the NWB files, which are not looked at here",
            "run `dandifile plan` where the data are",
        )
    if vague := [
        item for item in about if item.get("schemaKey") == "GenericType" and not text(item, "identifier")
    ]:
        found = f"{names_of(vague)}: not said to be a brain region"
        return failure(
            found, "regions: list the brain regions; `about` is for disorders, cell types and phenotypes"
        )
    return failure("none", "regions: [hippocampal formation, …], or `from_nwb: true`")


def ethics(document: JsonObject) -> Judgement:
    """An approval with its number; none is asked for where all subjects are invertebrates."""
    approvals = objects(document, "ethicsApproval")
    if approvals and all(text(approval, "identifier") for approval in approvals):
        return success(some_of([text(approval, "identifier") for approval in approvals]))
    if approvals:
        return failure("an approval without its number", "ethics: add `protocol`")
    summary = document.get("assetsSummary")
    species = objects(summary, "species") if isinstance(summary, dict) else []
    if species and all(INVERTEBRATES.search(text(item, "identifier")) for item in species):
        return success(f"none needed: {names_of(species)}")
    return failure("none", 'ethics: [{protocol: "IACUC or IRB protocol #…", contact: {name: …, email: …}}]')


def license_(document: JsonObject) -> Judgement:
    """One that DANDI accepts and that allows reuse."""
    found = texts(document, "license")
    fix = "license: CC-BY-4.0 (credit is asked for) or CC0-1.0 (nothing is)"
    if not found:
        return failure("none", fix)
    closed = [name for name in found if name not in OPEN_LICENSES]
    return failure(f"{some_of(closed)}", fix) if closed else success(some_of(found))


def related_publication(document: JsonObject) -> Judgement:
    """A paper about the data, found by its DOI, with its type and how the data stand to it."""
    papers = [item for item in objects(document, "relatedResource") if _is_paper(item)]
    sound = [paper for paper in papers if not _link_fault(paper)]
    if sound:
        return success(count(len(sound), "paper"))
    if papers:
        faults = some_of([f"{_label(paper)}: {_link_fault(paper)}" for paper in papers])
        return failure(faults, "related: give the paper its DOI, `relation` and `type`")
    fix = 'related: [{identifier: "doi:…", url: …, relation: IsDescribedBy, type: JournalArticle}]'
    return failure("no paper", fix)


def code(document: JsonObject) -> Judgement:
    """The code that converted or analysed the data."""
    software = [
        item
        for item in objects(document, "relatedResource")
        if text(item, "resourceType") == "dcite:Software"
    ]
    if software:
        return success(count(len(software), "link"))
    return failure(
        "none", "related: [{url: https://github.com/…, name: …, relation: IsSupplementedBy, type: Software}]"
    )


def _is_paper(resource: JsonObject) -> bool:
    """By its type; where it has none, by a DOI and the way it is linked."""
    kind = text(resource, "resourceType").removeprefix("dcite:")
    if kind:
        return kind in PAPER_TYPES
    relation = text(resource, "relation").removeprefix("dcite:")
    return relation == "IsPublishedIn" or (relation in (*PAPER_RELATIONS, *SLIPS) and bool(_doi(resource)))


def _link_fault(paper: JsonObject) -> str:
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


def _label(resource: JsonObject) -> str:
    return _doi(resource) or text(resource, "name") or text(resource, "url") or "a resource"


TITLE_WORDS = 4
DESCRIPTION_LENGTH = 150  # characters
LONG = 600  # so long that a method may be told in words that are not in the list
KEYWORDS = 3

PLACEHOLDER = re.compile(
    r"\b(test|untitled|todo|tbd|placeholder|new dandiset|my (data|dandi)set)\b", re.IGNORECASE
)
MODALITIES = re.compile(
    r"""
      electrophysiolog | recording | patch.?clamp | whole.?cell | voltage.(clamp|imaging|indicator)
    | neuropixels? | tetrode | silicon.probe | electrode | (extra|intra)cellular | (single|multi).?unit
    | spik(e|ing) | local.field | \bLFPs?\b | \bi?EEG\b | ECoG | \bMEG\b
    | imag(e|es|ing)\b | (two|2).?photon | calcium | GCaMP | miniscope | photometry | microscop
    | light.?sheet | histolog | \bf?MRI\b | diffusion | ultrasound | \bOCT\b | tomograph | \bPET\b
    | optogenetic | stimulation | behavio | tracking | pose.estimation | pupil | video
    | sequencing | transcriptom | connectom | tractograph
    """,
    re.VERBOSE | re.IGNORECASE,
)


def title(document: JsonObject) -> Judgement:
    """It says what the data are, to one who does not know the lab."""
    name = text(document, "name")
    if not name:
        return failure("no title", "name: say what was recorded, where, in whom and when doing what")
    if PLACEHOLDER.search(name):
        return failure(f"“{name}” looks like a placeholder", "name: say what the data are")
    words = re.findall(r"\w+", name)
    if len(words) < TITLE_WORDS:
        return failure(
            count(len(words), "word"), "name: say what was recorded, where, in whom and when doing what"
        )
    return success(count(len(words), "word"))


def description(document: JsonObject) -> Judgement:
    """Long enough to tell what the study was about."""
    told = text(document, "description")
    if not told:
        return failure("none", "description: what was asked, what was done, what is in the files")
    if len(told) < DESCRIPTION_LENGTH:
        found = count(len(told), "character")
        return failure(
            found, f"description: at least {DESCRIPTION_LENGTH}: what was asked, done, and is in the files"
        )
    return success(count(len(told), "character"))


def methods(document: JsonObject) -> Judgement:
    """The description names how the data were acquired."""
    told = text(document, "description")
    named = list(dict.fromkeys(match.group().lower() for match in MODALITIES.finditer(told)))
    fix = "description: name modalities and methods, as in: extracellular recordings with Neuropixels"
    if named:
        return success(", ".join(named[:KEYWORDS]))
    if len(told) >= LONG:
        return doubt("no method that is known here; read it yourself", fix)
    return failure("no method is named", fix)


def keywords(document: JsonObject) -> Judgement:
    """Several, each its own."""
    found = texts(document, "keywords")
    if len(found) == 1 and len(parts := re.split(r"\s*[,;]\s*", found[0])) > 1:
        return failure("one text of several keywords", f"keywords: [{', '.join(parts)}]")
    distinct = {word.casefold() for word in found}
    if len(distinct) < KEYWORDS:
        fix = f"keywords: at least {KEYWORDS}, such as region, method, species and behaviour"
        return failure(count(len(distinct), "keyword"), fix)
    return success(count(len(distinct), "keyword"))
