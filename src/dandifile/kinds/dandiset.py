"""The dandiset itself: there, or to be created with what the spec declares, its embargo included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dandifile.kinds import embargo
from dandifile.kinds.special_fields import own_part
from dandifile.model import (
    Block,
    Change,
    ChangeLine,
    Json,
    JsonObject,
    Key,
    Local,
    Reason,
    Spec,
    Step,
    Target,
    Why,
    Wording,
)
from dandifile.planning.kind import Difference, Standing, Traits
from dandifile.spec.embargo_terms import without_funder

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader
    from dandifile.planning.kind import Options, StepContext


NAME = "dandiset"


@dataclass(frozen=True)
class DesiredDandiset:
    """The name and the declared fields that a new draft starts with, and the terms of its embargo.

    `embargo` is as `embargo.creation_terms` gives it; None: everyone can see the dandiset.
    """

    name: str = ""
    metadata: JsonObject = field(default_factory=dict)
    embargo: JsonObject | None = None


def observe(reader: Reader) -> bool:
    """Whether it is there, as far as the spec and its lock know."""
    return reader.identifier is not None


def desired(spec: Spec, local: Local) -> DesiredDandiset:
    fields = {name: value for name, value in own_part(spec.fields).items() if value not in (None, [])}
    name, terms = fields.pop("name", ""), embargo.creation_terms(spec)
    return DesiredDandiset(name, without_funder(fields, terms), terms)


def diff(desired: DesiredDandiset, observed: bool, options: Options) -> Difference:
    if observed:
        return Difference()
    if not desired.name:
        fix = "add `name:`, or the `identifier:` of a dandiset that exists"
        return Difference(blocked=(Block("a new dandiset needs a name, and the spec has none", fix),))
    made: JsonObject = {"name": desired.name, "metadata": desired.metadata}
    if desired.embargo is not None:
        made["embargo"] = desired.embargo
    return Difference((Change(Key(NAME, desired.name), None, made, permit="create"),))


def steps(changes: tuple[Change, ...]) -> tuple[Step, ...]:
    return tuple(
        Step("dandiset", NAME, dict(change.after), reason=Reason(Why.NO_DANDISET)) for change in changes
    )


def standing(change: Change, observed: bool) -> Standing:
    """Created once: with an identifier, there is nothing left to do."""
    return Standing.DONE if observed else Standing.DUE


def rebase(change: Change, observed: object) -> Change:
    return change


def perform(step: Step, context: StepContext, inputs: Mapping[str, Json]) -> JsonObject:
    from dandifile.archive.create import create_once, intent_file
    from dandifile.archive.writer import Embargo

    name = step.params["name"]
    intent = intent_file(context.state, context.writer.reader.instance, name)
    terms = Embargo.of(step.params.get("embargo"))
    made = create_once(context.writer, name, step.params["metadata"], intent, terms)
    return {"identifier": made}


def _line(change: Change, target: Target) -> ChangeLine:
    remark = f"new on {target.instance}"
    after = change.after if isinstance(change.after, dict) else {}
    if (terms := after.get("embargo")) is not None:
        remark += f", under embargo until {terms.get('until') or 'two years from now'}"
    return ChangeLine(f"«{change.key.name}»", remark)


TRAITS = Traits(
    reads=("name",),
    docs="docs/spec.md#metadata-of-the-dandiset",
    wording=Wording(planned="dandiset to create", done="new dandiset", line=_line),
)
