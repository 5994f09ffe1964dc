"""The contributors of a dandiset: the papers' authors and funders, with the spec's entries on top. Pure.

Their order: the papers' authors in theirs, people that the spec adds, the papers' funders, funders that the
spec adds. `pairing` says which entry of the spec is about which author or funder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from dandifile.errors import Problem
from dandifile.identifiers import bare_orcid
from dandifile.lookup.credits import (
    Review,
    author_object,
    funder_object,
    merge_authors,
    merge_funders,
    reviews_of,
)
from dandifile.lookup.facts import Paper
from dandifile.lookup.names import name_fault
from dandifile.lookup.pairing import DeclaredEntry, Slot, pair
from dandifile.model import JsonObject

CONTACT = "dcite:ContactPerson"

_DANDI_KEYS = {
    "orcid": "identifier",
    "ror": "identifier",
    "email": "email",
    "url": "url",
    "roles": "roleName",
    "award": "awardNumber",
    "affiliations": "affiliation",
}
"""Keys of the spec that remove what the paper says if they are declared empty, and DANDI's keys for them."""

_SETTLES = {"ORCID iD": "orcid", "affiliation": "affiliations", "family name": "name"}
"""What somebody should check, and the key of the spec that settles it."""


@dataclass(frozen=True)
class MergedContributors:
    """`contributors` is DANDI's whole field; `review` is what to check. Problems stop a plan."""

    contributors: tuple[JsonObject, ...]
    review: tuple[Review, ...] = ()
    problems: tuple[Problem, ...] = ()
    missing: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()


def merge_contributors(
    papers: Sequence[Paper], declared: Sequence[JsonObject], write: Callable[[JsonObject], JsonObject]
) -> MergedContributors:
    """Apply the spec's contributors on top of the papers', whose ids are up to date (`update_ids`).

    `declared` are the valid entries of `contributors` as in the spec; `write` makes the DANDI object of one.
    Without a paper they are the result, in their own order.
    """
    entries = [DeclaredEntry(number, raw, write(raw)) for number, raw in enumerate(declared)]
    if not papers:
        return MergedContributors(tuple(entry.written for entry in entries if not entry.omit))
    authors = merge_authors(papers)
    slots = [
        Slot(author_object(author), author.corresponding, tuple(reviews_of(author))) for author in authors
    ]
    funders = [Slot(funder_object(funder)) for funder in merge_funders(papers)]
    pairs = pair(entries, slots, funders)
    applied = [_apply_entries(slot, pairs.of(slot)) for slot in slots]
    paid = [_apply_entries(slot, pairs.of(slot)) for slot in funders]
    added = [_new_slot(entry) for entry in pairs.unpaired if not entry.omit]
    people, missing, warnings = _choose_contacts(
        [*_drop_missing(applied), *(slot for slot in added if not _is_funder(slot))]
    )
    everyone = [*people, *_drop_missing(paid), *(slot for slot in added if _is_funder(slot))]
    review = tuple(review for slot in everyone for review in slot.reviews)
    return MergedContributors(
        contributors=tuple(slot.written for slot in everyone),
        review=review,
        problems=(*pairs.problems, *_name_problems(everyone)),
        missing=tuple(missing),
        warnings=(*pairs.warnings, *_guess_warnings(review), *warnings),
    )


def _guess_warnings(reviews: Iterable[Review]) -> list[str]:
    """One line for all names that were split by a guess and have no entry in the spec."""
    names = [review.who for review in reviews if review.what == "family name"]
    if not names:
        return []
    said = f"contributors: the family name is a guess for {'; '.join(names)}"
    return [f"{said}: the record has each name in one piece; write an entry for each that is wrong"]


def _apply_entries(slot: Slot, entries: Sequence[DeclaredEntry]) -> Slot | None:
    """What the paper says with the spec's entries on top; None if the spec leaves the contributor out."""
    for entry in entries:
        if entry.omit:
            return None
        emptied = {
            dandi for short, dandi in _DANDI_KEYS.items() if entry.raw.get(short, "said") in (None, "", [])
        }
        emptied |= {
            key for key, value in (entry.raw.get("metadata") or {}).items() if value in (None, "", [])
        }
        written = {key: value for key, value in slot.written.items() if key not in emptied} | entry.written
        settled = {key for key in _SETTLES.values() if key in entry.raw}
        kept = tuple(each for each in slot.reviews if _SETTLES[each.what] not in settled)
        slot = Slot(written, slot.corresponding, kept, entry)
    return slot


def _new_slot(entry: DeclaredEntry) -> Slot:
    """A contributor that no paper has. Only authors are cited, unless the spec says otherwise."""
    written = dict(entry.written)
    if "includeInCitation" not in written:
        written["includeInCitation"] = "dcite:Author" in written.get("roleName", ())
    return Slot(written, entry=entry)


def _drop_missing(slots: Iterable[Slot | None]) -> list[Slot]:
    return [slot for slot in slots if slot is not None]


def _is_funder(slot: Slot) -> bool:
    return slot.written["schemaKey"] == "Organization" and "dcite:Funder" in slot.written.get("roleName", ())


def _name_problems(slots: Iterable[Slot]) -> Iterable[Problem]:
    """People whose names the archive would reject, and all of the metadata with them."""
    for slot in slots:
        name = slot.written.get("name", "")
        if slot.written["schemaKey"] == "Person" and (why := name_fault(name)):
            orcid = bare_orcid(slot.written.get("identifier", ""))
            entry = f'{{orcid: {orcid}, name: "Last, First"}}' if orcid else f'{{name: "{name}, First"}}'
            yield Problem(
                slot.where,
                f"{name!r} cannot be a contributor: {why}",
                f"name them in `contributors` with a family and a given name, as in - {entry},"
                " or write them as an organization if that is right",
            )


def _choose_contacts(slots: Sequence[Slot]) -> tuple[list[Slot], list[Problem], list[str]]:
    """The same contributors, at least one of them a contact with an e-mail address; else a problem.

    If the spec names contacts, they stay the only ones. Otherwise corresponding authors become contacts if
    the spec has their e-mail address, which papers do not give. An entry with `roles` keeps exactly those.
    """
    if any(CONTACT in slot.written.get("roleName", ()) for slot in slots):
        return list(slots), [], []
    corresponding = [
        slot for slot in slots if slot.corresponding and slot.is_person and not _has_declared_roles(slot)
    ]
    reachable = [slot for slot in corresponding if slot.written.get("email")]
    if not reachable:
        return list(slots), [_no_contact(corresponding)], []
    made = [_make_contact(slot) if slot in reachable else slot for slot in slots]
    silent = [slot.name for slot in corresponding if slot not in reachable]
    warnings = [
        f"{name} is a corresponding author too, but the spec has no e-mail address for them"
        for name in silent
    ]
    return made, [], warnings


def _has_declared_roles(slot: Slot) -> bool:
    return slot.entry is not None and "roles" in slot.entry.raw


def _make_contact(slot: Slot) -> Slot:
    roles = [*slot.written.get("roleName", ()), CONTACT]
    return replace(slot, written={**slot.written, "roleName": roles})


def _no_contact(corresponding: Sequence[Slot]) -> Problem:
    if not corresponding:
        return Problem(
            "contributors",
            "there is no ContactPerson, and the archive rejects a dandiset without one;"
            " the paper's record does not name its corresponding author",
            "give one contributor `roles: [Author, ContactPerson]` and an `email`",
        )
    first = corresponding[0]
    names = " and ".join(slot.name for slot in corresponding)
    plural = len(corresponding) > 1
    key = (
        f"orcid: {first.written['identifier']}, " if first.is_person and "identifier" in first.written else ""
    )
    return Problem(
        first.where,
        f"{names} {'are the corresponding authors' if plural else 'is the corresponding author'}, and so the"
        " ContactPerson, who needs an e-mail address; the paper's record does not have it",
        f'add to `contributors`: - {{name: "{first.name}", {key}email: …}},'
        " or give another contributor the role ContactPerson",
    )
