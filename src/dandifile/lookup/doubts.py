"""What the lock has against the ids that a spec itself writes. Pure; every plan comes by here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dandifile.lookup.facts import InstitutionStatus, Lock, PersonStatus

_WELL = (
    PersonStatus.VALID,
    PersonStatus.UNREACHABLE,
    InstitutionStatus.ACTIVE,
    InstitutionStatus.UNREACHABLE,
)


def out_of_use(called: Mapping[str, str], lock: Lock) -> Iterator[str]:
    """A line for each id that nobody has any more, or never had. `called` gives names by normal ids."""
    for id_, name in called.items():
        person, place = lock.person(id_), lock.institution(id_)
        if person and person.status not in _WELL:
            from dandifile.lookup.rows import person_row

            yield f"{name}: {id_}: {'; '.join(person_row(person, '', pinned=True).notes)}"
        if place and place.status not in _WELL:
            from dandifile.lookup.rows import institution_row

            yield f"{name}: {id_}: {'; '.join(institution_row(place, pinned=True).notes)}"


def anothers(called: Mapping[str, str], lock: Lock) -> Iterator[str]:
    """A line for each ORCID iD whose owner has another name."""
    for id_, name in called.items():
        person = lock.person(id_)
        if person and person.name and name and person.name != name:
            from dandifile.lookup.matching import may_be_same, same_name

            if not (same_name(name, person.name) or may_be_same(name, person.name)):
                yield f"{name}: ORCID says that {id_} is {person.name}'s"
