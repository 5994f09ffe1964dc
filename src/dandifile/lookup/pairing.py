"""Which entry of `contributors` is about which author or funder of a paper. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from dandifile.errors import Problem
from dandifile.identifiers import is_nih_award, is_same_award
from dandifile.lookup.authors import can_be_same, is_part_of, is_same_name, is_split_otherwise, normalise
from dandifile.lookup.credits import Review
from dandifile.model import JsonObject


@dataclass(frozen=True)
class DeclaredEntry:
    """An entry of `contributors`: its number, its text in the spec, and its DANDI object."""

    number: int
    raw: JsonObject
    written: JsonObject

    @property
    def omit(self) -> bool:
        return bool(self.raw.get("omit"))

    @property
    def name(self) -> str:
        return str(self.written.get("name", ""))


@dataclass(frozen=True)
class Slot:
    """A contributor that is being put together: DANDI's object, and where it comes from."""

    written: JsonObject
    corresponding: bool = False
    reviews: tuple[Review, ...] = ()
    entry: DeclaredEntry | None = None

    @property
    def where(self) -> str:
        return f"contributors[{self.entry.number}]" if self.entry else "contributors"

    @property
    def name(self) -> str:
        return str(self.written.get("name", ""))

    @property
    def is_person(self) -> bool:
        return bool(self.written["schemaKey"] == "Person")


@dataclass
class Pairs:
    """The entries of each slot; an organization without an award belongs to all awards of that funder."""

    unpaired: tuple[DeclaredEntry, ...] = ()
    warnings: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    _by_slot: dict[int, list[DeclaredEntry]] = field(default_factory=dict)

    def of(self, slot: Slot) -> list[DeclaredEntry]:
        return self._by_slot.get(id(slot), [])


def pair(entries: Sequence[DeclaredEntry], authors: Sequence[Slot], funders: Sequence[Slot]) -> Pairs:
    """Pair people by ORCID iD, name or short form of a name, and organizations by ROR id or name."""
    by_slot: dict[int, list[DeclaredEntry]] = {}
    warnings: list[str] = []
    problems: list[Problem] = []
    people = [entry for entry in entries if entry.written["schemaKey"] == "Person"]
    for entry, slot in _pair_people(people, [slot for slot in authors if slot.is_person], problems):
        by_slot.setdefault(id(slot), []).append(entry)
        if _has_other_orcid(entry, slot):
            other = slot.written["identifier"]
            warnings.append(
                f"contributors[{entry.number}]: {entry.name} has another ORCID iD in the paper, {other};"
                " the spec's is used"
            )
    organizations = [entry for entry in entries if entry not in people]
    consortia = [slot for slot in authors if not slot.is_person]
    for entry in organizations:
        for slot in _same_consortium(entry, consortia) or _award_slots(entry, funders):
            by_slot.setdefault(id(slot), []).append(entry)
    paired = {entry.number for found in by_slot.values() for entry in found}
    unpaired = tuple(entry for entry in entries if entry.number not in paired)
    warnings += [
        f"contributors[{entry.number}]: {entry.name} has `omit`, but no paper has this contributor"
        for entry in unpaired
        if entry.omit
    ]
    return Pairs(unpaired, tuple(warnings), tuple(problems), by_slot)


Judge = Callable[[DeclaredEntry, Slot], bool]

_JUDGES: tuple[Judge, ...] = (
    lambda entry, slot: (
        "identifier" in entry.written and entry.written["identifier"] == slot.written.get("identifier")
    ),
    lambda entry, slot: is_same_name(entry.name, slot.name),
    lambda entry, slot: can_be_same(entry.name, slot.name) and not _has_other_orcid(entry, slot),
    lambda entry, slot: is_split_otherwise(entry.name, slot.name) and not _has_other_orcid(entry, slot),
    lambda entry, slot: is_part_of(slot.name, entry.name),
)
"""From the surest to the least sure. A pair is made only if there is no choice."""


def _pair_people(
    entries: Sequence[DeclaredEntry], slots: Sequence[Slot], problems: list[Problem]
) -> Iterator[tuple[DeclaredEntry, Slot]]:
    entries, slots = list(entries), list(slots)
    for judge in _JUDGES:
        for entry in tuple(entries):
            fits = [slot for slot in slots if judge(entry, slot)]
            if fits:
                entries.remove(entry)
            if len(fits) == 1:
                slots.remove(fits[0])
                yield entry, fits[0]
            elif fits:
                problems.append(_ambiguity_problem(entry, fits))


def _ambiguity_problem(entry: DeclaredEntry, fits: Iterable[Slot]) -> Problem:
    names = "; ".join(slot.name for slot in fits)
    return Problem(
        f"contributors[{entry.number}]",
        f"{entry.name} matches several of the paper's authors: {names}",
        "add the `orcid`, or write the full name",
    )


def _has_other_orcid(entry: DeclaredEntry, slot: Slot) -> bool:
    ours, theirs = entry.written.get("identifier"), slot.written.get("identifier")
    return bool(ours and theirs and ours != theirs)


def _same_consortium(entry: DeclaredEntry, slots: Iterable[Slot]) -> list[Slot]:
    return [slot for slot in slots if normalise(slot.name) == normalise(entry.name)]


def _award_slots(entry: DeclaredEntry, slots: Iterable[Slot]) -> list[Slot]:
    """The funder's award that the entry names, or all of its awards if the entry names none.

    A funder without an award in the paper gets the entry's. An entry whose roles do not include Funder is
    about something else that the organization did.
    """
    if not entry.omit and "dcite:Funder" not in entry.written.get("roleName", ["dcite:Funder"]):
        return []
    slots, ror, award = list(slots), entry.written.get("identifier"), entry.written.get("awardNumber", "")
    same = [
        slot
        for slot in slots
        if (ror and slot.written.get("identifier") == ror) or normalise(slot.name) == normalise(entry.name)
    ]
    if not award:
        return same
    exact = [slot for slot in same if is_same_award(slot.written.get("awardNumber", ""), award)]
    if not exact and is_nih_award(award):  # NIH and its institutes name the same award
        exact = [slot for slot in slots if is_same_award(slot.written.get("awardNumber", ""), award)][:1]
    return exact or [slot for slot in same if "awardNumber" not in slot.written][:1]
