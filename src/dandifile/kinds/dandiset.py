"""The dandiset itself: there, or to be created with what the spec declares of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dandifile.model import Block, Change, Json, JsonObject, Key, Local, Spec, Step
from dandifile.plan.standing import Standing

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader
    from dandifile.plan.kind import Difference, Means, Options

NAME = "dandiset"


def observe(reader: Reader) -> JsonObject | None:
    """The dandiset's detail, or None where the spec has no identifier yet."""
    return reader.dandiset() if reader.identifier else None


def desired(spec: Spec, local: Local) -> JsonObject:
    """The name and the declared fields that a new draft starts with."""
    fields = {name: value for name, value in spec.fields.items() if value not in (None, [])}
    return {"name": fields.pop("name", ""), "metadata": fields}


def diff(desired: JsonObject, observed: JsonObject | None, options: Options) -> Difference:
    from dandifile.plan.kind import Difference

    if observed is not None:
        return Difference()
    if not desired["name"]:
        fix = "add `name:`, or the `identifier:` of a dandiset that exists"
        return Difference(blocked=(Block("a new dandiset needs a name, and the spec has none", fix),))
    return Difference(changes=(Change(Key(NAME, desired["name"]), None, desired, permit="create"),))


def steps(changes: tuple[Change, ...]) -> tuple[Step, ...]:
    return tuple(Step("dandiset", NAME, dict(change.after)) for change in changes)


def standing(change: Change, observed: JsonObject | None) -> Standing:
    """Created once and for all: once there is an identifier, there is nothing left to do."""
    return Standing.DUE if observed is None else Standing.DONE


def rebased(change: Change, observed: object) -> Change:
    return change


def perform(step: Step, means: Means, inputs: Mapping[str, Json]) -> JsonObject:
    from dandifile.archive.create import create_once, intent_file

    name = step.params["name"]
    intent = intent_file(means.state, means.writer.reader.instance, name)
    made = create_once(means.writer, name, step.params["metadata"], intent)
    return {"identifier": made}
