"""Who answers questions about the dandiset: the spec's ContactPerson, else the corresponding author. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dandifile.errors import Problem
from dandifile.lookup.pairing import Slot

CONTACT = "dcite:ContactPerson"


def contacts(slots: Sequence[Slot]) -> tuple[list[Slot], list[Problem], list[str]]:
    """The same contributors, one of them at least a contact with an e-mail address; else a problem.

    Whom the spec makes a contact stays the only one. Otherwise corresponding authors are, those
    whose e-mail address the spec gives: papers do not tell addresses. An entry whose `roles`
    leave ContactPerson out keeps them so.
    """
    if any(CONTACT in slot.written.get("roleName", ()) for slot in slots):
        return list(slots), [], []
    corresponding = [
        slot for slot in slots if slot.corresponding and slot.is_person and not _roles_declared(slot)
    ]
    reachable = [slot for slot in corresponding if slot.written.get("email")]
    if not reachable:
        return list(slots), [_nobody(corresponding)], []
    made = [_made_contact(slot) if slot in reachable else slot for slot in slots]
    silent = [slot.name for slot in corresponding if slot not in reachable]
    warnings = [
        f"{name} is a corresponding author, too, and the spec has no e-mail address of theirs"
        for name in silent
    ]
    return made, [], warnings


def _roles_declared(slot: Slot) -> bool:
    return slot.entry is not None and "roles" in slot.entry.raw


def _made_contact(slot: Slot) -> Slot:
    roles = [*slot.written.get("roleName", ()), CONTACT]
    return replace(slot, written={**slot.written, "roleName": roles})


def _nobody(corresponding: Sequence[Slot]) -> Problem:
    if not corresponding:
        return Problem(
            "contributors",
            "nobody is the ContactPerson, and the archive refuses a dandiset without one;"
            " the paper's record does not say who its corresponding author is",
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
        f"{names} {'are the corresponding authors' if plural else 'is the corresponding author'} and so the"
        " ContactPerson, who needs an e-mail address; papers do not tell it",
        f'add to `contributors`: - {{name: "{first.name}", {key}email: …}},'
        " or give another contributor the role ContactPerson",
    )
