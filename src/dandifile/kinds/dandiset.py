"""The dandiset itself: there, or to be created with what the spec declares of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dandifile.kinds.access import own_part
from dandifile.kinds.protection import Protected, Protection, blocks, notes
from dandifile.model import Block, Change, Json, JsonObject, Key, Line, Local, Spec, Step, Target, Wording
from dandifile.planning.kind import Difference, Standing, Traits

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader
    from dandifile.planning.kind import Options, StepContext

NAME = "dandiset"


@dataclass(frozen=True)
class Desired:
    """The name and the declared fields that a new draft starts with, and whom the spec protects."""

    name: str = ""
    metadata: JsonObject = field(default_factory=dict)
    protection: Protection = field(default_factory=Protection)


def observe(reader: Reader) -> Protected | None:
    """How the dandiset is protected, or None where the spec has no identifier yet."""
    if not reader.identifier:
        return None
    access = reader.draft()["metadata"].get("access")
    first = access[0] if isinstance(access, list) and access and isinstance(access[0], dict) else {}
    until = str(first.get("embargoedUntil") or "")
    return Protected(reader.dandiset()["embargo_status"], until, reader.owners)


def desired(spec: Spec, local: Local) -> Desired:
    fields = {name: value for name, value in own_part(spec.fields).items() if value not in (None, [])}
    return Desired(fields.pop("name", ""), fields, Protection.of(spec))


def diff(desired: Desired, observed: Protected | None, options: Options) -> Difference:
    blocked = blocks(desired.protection, observed)
    told = notes(desired.protection, observed)
    if observed is not None:
        return Difference(blocked=blocked, notes=told)
    if not desired.name:
        fix = "add `name:`, or the `identifier:` of a dandiset that exists"
        nameless = Block("a new dandiset needs a name, and the spec has none", fix)
        return Difference(blocked=(nameless, *blocked), notes=told)
    made = {"name": desired.name, "metadata": desired.metadata}
    return Difference((Change(Key(NAME, desired.name), None, made, permit="create"),), blocked, notes=told)


def _line(change: Change, target: Target) -> Line:
    return Line(f"«{change.key.name}»", f"new on {target.instance}")


def _recheck(spec: Spec, now: Protected | None) -> tuple[Block, ...]:
    """A saved plan was made before somebody released the dandiset, or let somebody in."""
    return blocks(Protection.of(spec), now)


TRAITS = Traits(
    reads=("name", "embargo", "owners"),
    docs="docs/spec.md#embargo-and-owners",
    wording=Wording(planned="dandiset to create", line=_line),
    recheck=_recheck,
)


def steps(changes: tuple[Change, ...]) -> tuple[Step, ...]:
    return tuple(Step("dandiset", NAME, dict(change.after)) for change in changes)


def standing(change: Change, observed: Protected | None) -> Standing:
    """Created once and for all: once there is an identifier, there is nothing left to do."""
    return Standing.DUE if observed is None else Standing.DONE


def rebase(change: Change, observed: object) -> Change:
    return change


def perform(step: Step, context: StepContext, inputs: Mapping[str, Json]) -> JsonObject:
    from dandifile.archive.create import create_once, intent_file

    name = step.params["name"]
    intent = intent_file(context.state, context.writer.reader.instance, name)
    made = create_once(context.writer, name, step.params["metadata"], intent)
    return {"identifier": made}
