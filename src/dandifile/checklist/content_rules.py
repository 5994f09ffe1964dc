"""Rules about texts, license, ethics, brain regions, linked papers and code."""

from __future__ import annotations

import re

from dandifile.checklist.verdict import (
    Evidence,
    Judgement,
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
from dandifile.words import quantity

TITLE_WORDS = 4
DESCRIPTION_LENGTH = 150  # characters
LONG = 600  # characters; a text this long may name a method that MODALITIES does not have
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

OPEN_LICENSES = ("spdx:CC0-1.0", "spdx:CC-BY-4.0")
"""Those that DANDI accepts."""

INVERTEBRATES = re.compile(r"NCBITaxon[_:](7227|6239|7460|7130|6500)$")
"""Fruit fly, C. elegans, honey bee, tobacco hornworm, Aplysia: they need no approval."""

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
"""Relations of a dandiset to a paper about it."""

REVERSED_RELATIONS = ("Describes", "IsSupplementedBy", "Documents")
"""Often written where the opposite is meant."""

_TITLE_FIX = "name: say what was recorded, in which brain region and species, and during which task"
_DESCRIPTION_FIX = "what the study asked, what was done and what the files hold"


def title(document: JsonObject) -> Judgement:
    """It tells someone who does not know the lab what the data are."""
    name = text(document, "name")
    if not name:
        return failure("no title", _TITLE_FIX)
    if PLACEHOLDER.search(name):
        return failure(f"'{name}' looks like a placeholder", _TITLE_FIX)
    words = re.findall(r"\w+", name)
    found = quantity(len(words), "word")
    return success(found) if len(words) >= TITLE_WORDS else failure(found, _TITLE_FIX)


def description(document: JsonObject) -> Judgement:
    """It is long enough to say what the study was about."""
    given = text(document, "description")
    if not given:
        return failure("none", f"description: write {_DESCRIPTION_FIX}")
    found = quantity(len(given), "character")
    if len(given) < DESCRIPTION_LENGTH:
        fix = f"description: write at least {DESCRIPTION_LENGTH} characters: {_DESCRIPTION_FIX}"
        return failure(found, fix)
    return success(found)


def methods(document: JsonObject) -> Judgement:
    """The description names how the data were acquired."""
    given = text(document, "description")
    named = list(dict.fromkeys(match.group().lower() for match in MODALITIES.finditer(given)))
    fix = "description: name modalities and methods, such as: extracellular recordings with Neuropixels"
    if named:
        return success(", ".join(named[:KEYWORDS]))
    if len(given) >= LONG:
        return doubt("no method that this check knows; read it yourself", fix)
    return failure("no method is named", fix)


def keywords(document: JsonObject) -> Judgement:
    """There are several, each an item of its own."""
    given = texts(document, "keywords")
    if len(given) == 1 and len(parts := re.split(r"\s*[,;]\s*", given[0])) > 1:
        return failure("one text that holds several keywords", f"keywords: [{', '.join(parts)}]")
    distinct = {word.casefold() for word in given}
    found = quantity(len(distinct), "keyword")
    if len(distinct) < KEYWORDS:
        fix = f"keywords: list at least {KEYWORDS}, such as brain region, method, species and behaviour"
        return failure(found, fix)
    return success(found)


def license_(document: JsonObject) -> Judgement:
    """It is one that DANDI accepts and that allows reuse."""
    given = texts(document, "license")
    fix = "license: write CC-BY-4.0 (reuse requires credit) or CC0-1.0 (no conditions)"
    if not given:
        return failure("none", fix)
    closed = [name for name in given if name not in OPEN_LICENSES]
    return failure(some_of(closed), fix) if closed else success(some_of(given))


def ethics(document: JsonObject) -> Judgement:
    """Every approval has its number. Dandisets of invertebrates alone need none."""
    approvals = objects(document, "ethicsApproval")
    if approvals and all(text(approval, "identifier") for approval in approvals):
        return success(some_of([text(approval, "identifier") for approval in approvals]))
    if approvals:
        return failure("an approval without its number", "ethics: add the number as `protocol`")
    summary = document.get("assetsSummary")
    species = objects(summary, "species") if isinstance(summary, dict) else []
    if species and all(INVERTEBRATES.search(text(item, "identifier")) for item in species):
        return success(f"none needed: {names_of(species)}")
    return failure("none", 'ethics: [{protocol: "IACUC or IRB protocol #…", contact: {name: …, email: …}}]')


def regions(document: JsonObject, evidence: Evidence) -> Judgement:
    """Brain regions are terms with an id, on the dandiset or on its assets."""
    about = objects(document, "about")
    anatomy = [item for item in about if item.get("schemaKey") == "Anatomy"]
    if without := [item for item in anatomy if not text(item, "identifier")]:
        fix = "regions: write a name or an id of UBERON, or `{name: …, id: …}`"
        return failure(f"{names_of(without)} without an id", fix)
    if anatomy:
        return success(names_of(anatomy))
    if evidence.regions_on_assets:
        return success("on assets")
    if evidence.regions_in_files:
        found = "the regions come from the NWB files, which were not read here"
        return doubt(found, "run `dandifile plan` on a machine that has the data")
    generic = [item for item in about if item.get("schemaKey") == "GenericType"]
    if vague := [item for item in generic if not text(item, "identifier")]:
        fix = "regions: list brain regions here; `about` is for disorders, cell types and phenotypes"
        return failure(f"not marked as a brain region: {names_of(vague)}", fix)
    return failure("none", "regions: [hippocampal formation, …], or `from_nwb: true`")


def related_publication(document: JsonObject) -> Judgement:
    """A paper about the data is linked by its DOI, with its type and its relation to the data."""
    papers = [item for item in objects(document, "relatedResource") if _is_paper(item)]
    sound = [paper for paper in papers if not _link_fault(paper)]
    if sound:
        return success(quantity(len(sound), "paper"))
    if papers:
        faults = some_of([f"{_label(paper)}: {_link_fault(paper)}" for paper in papers])
        return failure(faults, "related: give the paper its DOI, `relation` and `type`")
    fix = 'related: [{identifier: "doi:…", url: …, relation: IsDescribedBy, type: JournalArticle}]'
    return failure("no paper", fix)


def code(document: JsonObject) -> Judgement:
    """The code that converted or analysed the data is linked."""
    resources = objects(document, "relatedResource")
    software = [item for item in resources if text(item, "resourceType") == "dcite:Software"]
    if software:
        return success(quantity(len(software), "link"))
    fix = "related: [{url: https://github.com/…, name: …, relation: IsSupplementedBy, type: Software}]"
    return failure("none", fix)


def _is_paper(resource: JsonObject) -> bool:
    """Judged by its type; without one, by its relation and a DOI."""
    kind = text(resource, "resourceType").removeprefix("dcite:")
    if kind:
        return kind in PAPER_TYPES
    relation = text(resource, "relation").removeprefix("dcite:")
    if relation == "IsPublishedIn":
        return True
    return relation in (*PAPER_RELATIONS, *REVERSED_RELATIONS) and bool(_doi(resource))


def _link_fault(paper: JsonObject) -> str:
    """The first thing that is wrong with the link; "" where nothing is."""
    relation = text(paper, "relation").removeprefix("dcite:")
    if relation not in PAPER_RELATIONS:
        return f"`relation` is {relation or 'missing'}; for a paper about the data it is IsDescribedBy"
    if not _doi(paper):
        return "no DOI in `identifier` or `url`"
    if not text(paper, "resourceType"):
        return "no `type`, such as JournalArticle or Preprint"
    return ""


def _doi(resource: JsonObject) -> str:
    found = (DOI.search(text(resource, key)) for key in ("identifier", "url"))
    return next((match.group() for match in found if match), "")


def _label(resource: JsonObject) -> str:
    return _doi(resource) or text(resource, "name") or text(resource, "url") or "a resource"
