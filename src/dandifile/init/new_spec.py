"""The text of a new spec: what the paper and the data say, what was answered, and gaps for the rest. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dandifile.init.new_contributors import contacts, contributors, with_contacts
from dandifile.lookup.credits import related_resources
from dandifile.lookup.facts import Paper, Term
from dandifile.lookup.names import dandi_name, split_name
from dandifile.spec.faults import gap
from dandifile.spec.forms import RESOURCE, short_form
from dandifile.spec.skeleton import ListItem, Section, skeleton
from dandifile.survey.formats import FORMATS
from dandifile.survey.overview import Folder, Overview
from dandifile.words import quantity

LONGEST_TITLE = 150  # the archive's limit
LONGEST_NUMBER = 60  # of a protocol, with the words around it


@dataclass(frozen=True)
class Question:
    """What neither paper nor data can tell. `why` says what it is for, and is shown in the gap."""

    key: str
    asked: str
    why: str


INSTANCE = Question(
    "instance",
    "Which archive?",
    "dandi-sandbox to try things out, dandi for the real archive, local to rehearse",
)
NAME = Question(
    "name",
    "The dandiset's title?",
    "what was recorded, in which region and species, during which task; searches show only this",
)
LICENSE = Question(
    "license",
    "The license of the data?",
    "CC-BY-4.0 (reuse requires credit) or CC0-1.0 (no conditions); the archive accepts these two",
)
CONTACT_NAME = Question(
    "contact",
    "Who answers questions about the data?",
    "last name, comma, first name of the person who answers questions",
)
EMAIL = Question(
    "email",
    "Their e-mail address?",
    "readers send their questions there, and the archive rejects a dandiset without one",
)
PROTOCOL = Question(
    "protocol",
    "The number of the ethics protocol (IACUC, IRB, …)?",
    "others can reuse data from subjects only if the work was approved; if none was needed, delete `ethics`",
)


@dataclass(frozen=True)
class Material:
    """What was found. `dois` are those asked for, papers are vetted, `terms` are of the files' locations."""

    instance: str
    dois: tuple[str, ...]
    papers: tuple[Paper, ...]
    overview: Overview
    terms: tuple[Term, ...]


def questions(known: Material) -> Iterator[Question]:
    """What is left to ask."""
    if not known.instance:
        yield INSTANCE
    if not _title(known):
        yield NAME
    yield LICENSE
    emails = _emails(known)
    if emails == [EMAIL]:
        yield CONTACT_NAME
    yield from emails
    if not _protocols(known):
        yield PROTOCOL


def _emails(known: Material) -> list[Question]:
    """One question for each contact; a general one where no contact is known."""
    people = _contributors(known)
    names = [people[place].value["name"] for place in contacts(people, known.papers)]
    first = [replace(EMAIL, asked=f"The e-mail address of {name}?") for name in names[:1]]
    others = [
        Question(
            f"email {number}",
            f"The e-mail address of {name}, another corresponding author?",
            f"of {name}, a corresponding author too; or delete this e-mail and their role ContactPerson",
        )
        for number, name in enumerate(names[1:], 2)
    ]
    return [*first, *others] or [EMAIL]


def spec_text(known: Material, answers: Mapping[str, str]) -> str:
    """A whole dandiset.yaml; what has no answer by its question's key is a gap."""

    def said(question: Question) -> str:
        return answers.get(question.key) or gap(question.why)

    parts = [
        Section("dandifile", 1),
        Section("instance", known.instance or said(INSTANCE)),
        *([Section("doi", list(known.dois) if len(known.dois) > 1 else known.dois[0])] if known.dois else []),
        Section("name", _title(known) or said(NAME)),
        _description(known),
        Section("license", said(LICENSE)),
        *_keywords(known),
        _people(known, answers.get(CONTACT_NAME.key, ""), list(map(said, _emails(known)))),
        *_regions(known),
        _ethics(known, said(PROTOCOL)),
        *_related_section(known),
        _paths(known.overview),
    ]
    return skeleton(_head(known), parts)


def _head(known: Material) -> list[str]:
    sources = [*known.dois, *(folder.source for folder in known.overview.folders)]
    return [
        f"Made by `dandifile init` from {', '.join(sources)}.",
        "Fill in what begins with GAP: `dandifile check` lists it. Then run `dandifile plan`.",
        "A key that you delete stays on the archive as it is; `dandifile schema` has all keys.",
    ]


def _title(known: Material) -> str:
    title = known.papers[0].title if known.papers else ""
    return title if len(title) <= LONGEST_TITLE else ""


def _description(known: Material) -> Section:
    abstract = known.papers[0].abstract if known.papers else ""
    if abstract:
        remark = "The paper's abstract. Add what the files hold and how the data were recorded."
        return Section("description", abstract, (remark,))
    return Section(
        "description", gap("what the study asked, how the data were recorded, and what the files hold")
    )


def _keywords(known: Material) -> list[Section]:
    words = [word for seen in known.overview.glimpses for word in seen.keywords]
    distinct = list({word.casefold(): word for word in words}.values())
    return [Section("keywords", distinct, ("From the files.",))] if distinct else []


# --- People ---------------------------------------------------------------------------------------


def _contributors(known: Material) -> list[ListItem]:
    experimenters = (name for seen in known.overview.glimpses for name in seen.people)
    return contributors(known.papers, experimenters)


def _people(known: Material, answer: str, emails: Sequence[str]) -> Section:
    name = dandi_name(split_name(answer)) if answer else gap(CONTACT_NAME.why)
    found = with_contacts(_contributors(known), known.papers, name, emails)
    remark = "In the order of the citation. The archive and readers write to the ContactPerson."
    return Section("contributors", found, (remark,))


# --- What the data are of -------------------------------------------------------------------------


FROM_NWB = "Of the dandiset. With `{dandiset: […], from_nwb: true}`, assets get the regions in their files."


def _regions(known: Material) -> list[Section]:
    """Locations that are the exact name of a term; the others are listed, for a person to decide."""
    places = list(dict.fromkeys(place for seen in known.overview.glimpses for place in seen.locations))
    terms = {term.asked: term for term in known.terms}
    items = {
        terms[place].id: ListItem(
            {"name": terms[place].label, "id": terms[place].id}, (f"In the files: {place}.",)
        )
        for place in places
        if place in terms
    }
    if not places:
        return []
    unknown = [place for place in places if place not in terms]
    notes = [f"The files {'also ' if items else ''}name {_shown_names(unknown)}."] if unknown else []
    wanted = () if items else (ListItem(gap("brain regions, by name or id in UBERON")),)
    return [Section("regions", [*items.values(), *wanted], (*notes, FROM_NWB))]


def _ethics(known: Material, protocol: str) -> Section:
    numbers = _protocols(known)
    remarks = ("From the files.",) if numbers else ()
    return Section("ethics", [ListItem({"protocol": number}) for number in numbers or [protocol]], remarks)


def _protocols(known: Material) -> list[str]:
    """As the files have them, without whole texts of protocols, which some files have there."""
    found = dict.fromkeys(seen.protocol for seen in known.overview.glimpses if seen.protocol)
    return [number for number in found if len(number) <= LONGEST_NUMBER]


def _related_section(known: Material) -> list[Section]:
    if known.papers:
        found = [ListItem(short_form(RESOURCE, item)) for item in related_resources(known.papers)]
        remark = "`relation` says what the dandiset is to it. Add your code: IsSupplementedBy, Software."
        return [Section("related", found, (remark,))]
    return []


# --- The data -------------------------------------------------------------------------------------


def _paths(overview: Overview) -> Section:
    remarks = list(_data_remarks(overview))
    taken = [folder for folder in overview.folders if folder.formats]
    left = [folder for folder in overview.folders if not folder.formats]
    items: list[ListItem] = [ListItem(folder.source, (f"{_folder_counts(folder)}.",)) for folder in taken]
    if not taken:
        items = [
            ListItem({"source": folder.source, "standard": "any"}, (f"{_folder_counts(folder)}.",))
            for folder in left
        ]
    elif left:
        remarks += [line for folder in left for line in _left_out_remarks(folder)]
    if not items:
        return Section("paths", [ListItem(gap("the folder of your data, relative to this file"))])
    return Section("paths", items, tuple(remarks))


def _data_remarks(overview: Overview) -> Iterator[str]:
    seen = overview.glimpses
    if not seen:
        return
    subjects = sorted({each.subject for each in seen if each.subject})
    sessions = {(each.subject, each.session or each.started) for each in seen}
    days = sorted({each.started for each in seen if each.started})
    species = list(dict.fromkeys(each.species for each in seen if each.species))
    said = [
        quantity(len(subjects), "subject") + (f" ({_shown_names(subjects)})" if subjects else ""),
        *([_shown_names(species)] if species else []),
        quantity(len(sessions), "session") + (f" from {days[0]} to {days[-1]}" if days else ""),
    ]
    in_zarrs = sum(each.in_zarr for each in seen)
    named = "; their names are made from what they hold" if in_zarrs < len(seen) else ""
    yield f"The NWB files are of {', '.join(said)}{named}."
    if in_zarrs:
        those = quantity(in_zarrs, "of them is a Zarr", "of them are Zarrs")
        yield f"{those}: their names stay as they are, and DANDI's tools do not look into them."
    if nameless := sum(not each.subject and not each.in_zarr for each in seen):
        yield f"{quantity(nameless, 'NWB file')} without a subject id: each needs one to become an asset."
    papers = dict.fromkeys(paper for each in seen for paper in each.papers)
    if papers:
        yield f"Their publications, as the files say: {_shown_names(list(papers))}"


def _left_out_remarks(folder: Folder) -> tuple[str, str]:
    into = folder.source.rpartition("/")[2]
    said = f"Left out: {folder.source}, {_folder_counts(folder)}. To include it, add:"
    return said, f"- {{source: {folder.source}, into: {into}, standard: any}}"


def _folder_counts(folder: Folder) -> str:
    taken = [
        quantity(count, FORMATS[name].LABEL, FORMATS[name].LABELS) for name, count in folder.formats.items()
    ]
    suffixes = ", ".join(folder.others)
    others = [f"{quantity(sum(folder.others.values()), 'other file')} ({suffixes})"] if folder.others else []
    return ", ".join([*taken, *others]) or "empty"


def _shown_names(names: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(textwrap.shorten(name, 60, placeholder=" …") for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
