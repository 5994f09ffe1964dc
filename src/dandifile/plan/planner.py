"""Puts the kinds' differences together into one Plan: pure, and sorted the same way every time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dandifile.model import Change, Effect, Local, Plan, Spec, Step, Target
from dandifile.plan.kind import Difference, Kind, Options

JOIN = "join"
"""The kind of a step that does nothing but wait for others."""


@dataclass(frozen=True)
class Situation:
    """All that a plan is made from: what is wanted, what is here, what is there."""

    spec: Spec
    local: Local
    observed: Mapping[str, Any]  # by kind
    target: Target


def make_plan(kinds: Mapping[str, Kind], now: Situation, options: Options) -> Plan:
    """Compares every kind and says what to do, in the order of `kinds`."""
    found = {
        name: kind.diff(kind.desired(now.spec, now.local), now.observed[name], options)
        for name, kind in kinds.items()
        if not options.only or name in options.only
    }
    plan = Plan(
        target=now.target,
        changes=tuple(change for name in found for change in _sorted(found[name].changes)),
        blocked=tuple(block for difference in found.values() for block in difference.blocked),
        elsewhere=tuple(line for difference in found.values() for line in difference.elsewhere),
        notes=(*_unmanaged(now.spec), *(line for difference in found.values() for line in difference.notes)),
        unchanged=sum(difference.unchanged for difference in found.values()),
        allow=tuple(sorted(options.allow)),
        base={"spec": now.spec.digest},
    )
    return replace(plan, steps=_steps(kinds, found, plan), bytes_to_send=bytes_to_send(plan.changes))


def bytes_to_send(changes: tuple[Change, ...]) -> int:
    """Each content once; what the archive has already is not sent."""
    sides = [change.after for change in changes if isinstance(change.after, dict)]
    return sum({side["digest"]: side["size"] for side in sides if "source" in side}.values())


def _steps(kinds: Mapping[str, Kind], found: Mapping[str, Difference], plan: Plan) -> tuple[Step, ...]:
    """The steps of what is neither blocked nor waits for a permit; kind after kind.

    A creation is planned without its permit: apply asks for that one before it starts.
    """
    if plan.stopped:
        return ()
    blocked = {block.key for block in plan.blocked}
    held = {id(change) for change in plan.held if change.permit != "create"}
    steps: list[Step] = []
    before: tuple[str, ...] = ()
    creation: tuple[str, ...] = ()
    for name, difference in found.items():
        free = [change for change in _sorted(difference.changes) if id(change) not in held]
        due = tuple(change for change in free if change.key not in blocked)
        own = [_ordered(step, creation, before) for step in kinds[name].steps(due)]
        if name == "dandiset":
            creation = tuple(step.id for step in own)
        elif own:
            join = Step(f"{name}:ended", JOIN, {}, after=tuple(step.id for step in own), effect=Effect.NONE)
            before = (join.id,)
            own.append(join)
        steps += own
    return tuple(steps)


def _ordered(step: Step, needs: tuple[str, ...], after: tuple[str, ...]) -> Step:
    return replace(step, needs=(*needs, *step.needs), after=(*after, *step.after))


def _sorted(changes: tuple[Change, ...]) -> list[Change]:
    return sorted(changes, key=lambda change: change.key)


def _unmanaged(spec: Spec) -> tuple[str, ...]:
    if not spec.not_acted_on:
        return ()
    keys = ", ".join(spec.not_acted_on)
    return (f"declared, checked, but not reconciled by this version: {keys}",)
