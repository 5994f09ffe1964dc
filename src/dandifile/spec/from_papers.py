"""What the papers of `doi` say of the dandiset, where the spec leaves it to them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dandifile.errors import Problem
from dandifile.model import Block, Json, JsonObject, Key
from dandifile.spec.dandi_names import FROM_SHORT
from dandifile.spec.facts import Credits, Facts
from dandifile.spec.fault import Fault, Path, spoken
from dandifile.spec.forms import contributor
from dandifile.spec.named import AGAIN, MEND, RESOLVE, dois
from dandifile.spec.resources import FIELD, joined

_ENTRY = re.compile(r"contributors\[(\d+)\]")
FILLED = {"name": "name", "description": "description", "related": "relatedResource"}
"""Keys of the spec that a paper fills where they are left out, and DANDI's fields for them."""


@dataclass(frozen=True)
class FromPapers:
    """`defaults` lie under what the spec declares, `fields` over it: the contributors are merged already."""

    defaults: Mapping[str, Json] = field(default_factory=dict)
    fields: Mapping[str, Json] = field(default_factory=dict)
    blocked: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()
    faults: list[Fault] = field(default_factory=list)


def from_papers(declared: JsonObject, facts: Facts) -> FromPapers:
    """Nothing for a spec without a `doi`; a block a field where a paper is not known."""
    if not dois(declared):
        return FromPapers()
    metadata = declared.get("metadata", {})
    open_ = [dandi for short, dandi in FILLED.items() if not {short, dandi} & {*declared, *metadata}]
    if declared.get("related") and FIELD not in metadata:  # the papers' links go before them
        open_.append(FIELD)
    of_people = "contributor" not in metadata
    credited = facts.credits(declared.get("contributors", ()), contributor)
    if credited is None or facts.fields is None:
        wanted = [*(["contributor"] if of_people else []), *open_]
        return FromPapers(blocked=tuple(_unknown(wanted, declared, facts)))
    links = joined(facts.fields.get(FIELD, ()), declared.get("related") or ())
    of_links = FIELD in open_ and bool(links.resources)
    fields: dict[str, Json] = {"contributor": list(credited.contributors)} if of_people else {}
    if of_links:
        fields[FIELD] = list(links.resources)
    return FromPapers(
        defaults={name: value for name, value in facts.fields.items() if name in open_ and name != FIELD},
        fields=fields,
        notes=(*(credited.warnings if of_people else ()), *links.notes),
        faults=_faults(credited, declared) if of_people else [],
    )


def _faults(credited: Credits, declared: JsonObject) -> list[Fault]:
    wrong = [_fault(problem, declared) for problem in credited.problems]
    return wrong + [_fault(problem, declared, missing=True) for problem in credited.missing]


def unfilled(place: Path) -> Block:
    """A template that waits for the paper."""
    name = str(place[1]) if place[0] == "metadata" else FROM_SHORT[str(place[0])]
    why = f"{spoken(place)}: the template uses `paper`, and the paper is not looked up yet"
    return Block(why, RESOLVE, Key("metadata", name))


def _unknown(fields: Sequence[str], declared: JsonObject, facts: Facts) -> Iterator[Block]:
    """A block a field; the reason, which is of the papers and may be long, in the first one."""
    unfound = {doi: why for doi in dois(declared) if (why := facts.why(doi))}
    said = "; ".join(f"{doi}: {why}" for doi, why in unfound.items()) or "the paper is not looked up yet"
    fix = MEND if unfound else RESOLVE
    if unfound and all(map(facts.may_be_right, unfound)):
        fix = f"{AGAIN}, or leave `doi` out"
    for number, name in enumerate(fields):
        yield Block(
            f"{name} is the paper's to say{'' if number else f': {said}'}", fix, Key("metadata", name)
        )


def _fault(problem: Problem, declared: JsonObject, *, missing: bool = False) -> Fault:
    """At the entry that the problem is about, else at the list, else at the `doi` that it follows from."""
    if found := _ENTRY.fullmatch(problem.where):
        return Fault(("contributors", int(found[1])), problem.what, problem.fix, missing=missing)
    key = "contributors" if "contributors" in declared else "doi"
    return Fault((key,), problem.what, problem.fix, at_key=True, missing=missing)
