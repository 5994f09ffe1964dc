"""Puts the kinds' differences together into one Plan: pure, and sorted the same way every time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dandifile.errors import BlockedError
from dandifile.model import Change, Effect, Local, Plan, Spec, Step, Target
from dandifile.planning.kind import Kind, Options, Standing

JOIN = "join"
"""The kind of a step that does nothing but wait for others."""


CREATED = "dandiset"
"""The kind that all others need, and that is therefore in every plan, also with `--only`."""


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
        if not options.only or name in options.only or name == CREATED  # without it there is nothing else
    }
    unpinned = (*now.spec.unpinned, *now.local.located.unpinned)
    plan = Plan(
        target=now.target,
        changes=tuple(change for name in found for change in _in_order(found[name].changes)),
        blocked=(
            *(block for block in now.spec.unresolved if block.key and block.key.kind in found),
            *(block for difference in found.values() for block in difference.blocked),
        ),
        elsewhere=tuple(line for difference in found.values() for line in difference.elsewhere),
        notes=(
            *_unmanaged_notes(now.spec),
            *(f"not pinned: {what}" for what in unpinned),
            *now.spec.notes,
            *now.local.located.notes,
            *(line for difference in found.values() for line in difference.notes),
        ),
        unpinned=unpinned,
        unchanged=sum(difference.unchanged for difference in found.values()),
        bytes_to_send=bytes_to_send(change for name in found for change in found[name].changes),
        allow=tuple(sorted(options.allow)),
        base=base_of(now.spec),
        environment=now.spec.environment,
    )
    unseen = (
        kind.TRAITS.recheck(now.spec, now.observed[name], plan)
        for name, kind in kinds.items()
        if name not in found
    )
    plan = replace(plan, blocked=(*plan.blocked, *(block for blocks in unseen for block in blocks)))
    for name in found:
        if conclude := kinds[name].TRAITS.conclude:
            plan = conclude(plan, now.observed)
    return replace(plan, steps=steps_of(kinds, plan))


def base_of(spec: Spec) -> dict[str, str]:
    """What a plan is bound to, besides files and the archive: the spec, and what was looked up for it."""
    return {"spec": spec.digest} | ({"lock": spec.looked_up} if spec.looked_up else {})


def review(kinds: Mapping[str, Kind], plan: Plan, observed: Mapping[str, Any]) -> Plan:
    """The part of a saved plan that is still to be done: nothing but what was reviewed.

    Raises BlockedError when something is neither as it was nor as it will be.
    """
    unknown = sorted({change.key.kind for change in plan.changes} - kinds.keys())
    if unknown:
        raise BlockedError(
            f"the plan has changes of {', '.join(unknown)}, which this version of dandifile does not know",
            fix="run plan again",
        )
    standings = [
        (change, kinds[change.key.kind].standing(change, observed[change.key.kind]))
        for change in plan.changes
    ]
    stale = [
        f"{change.key.kind} {change.key.name}" for change, standing in standings if standing is Standing.STALE
    ]
    if stale:
        raise BlockedError(
            f"the plan is stale: {len(stale)} of its changes no longer fit the archive: "
            f"{_first_names(stale)}",
            fix="run plan again and look at what it says now",
        )
    due = tuple(
        kinds[change.key.kind].rebase(change, observed[change.key.kind])
        for change, standing in standings
        if standing is Standing.DUE
    )
    rest = replace(plan, changes=due, bytes_to_send=bytes_to_send(due))
    return replace(rest, steps=steps_of(kinds, rest))


def bytes_to_send(changes: Iterable[Change]) -> int:
    """Each content once; what the archive has already is not sent."""
    sides = [change.after for change in changes if isinstance(change.after, dict)]
    sent = (side for side in sides if "source" in side and not side.get("on_archive"))
    return sum({side["digest"]: side["size"] for side in sent}.values())


def steps_of(kinds: Mapping[str, Kind], plan: Plan) -> tuple[Step, ...]:
    """The steps of what is neither blocked nor held, kind after kind: a creation first, then what leads."""
    due = {name: tuple(change for change in plan.due if change.key.kind == name) for name in kinds}
    leading = {name for name, kind in kinds.items() if kind.TRAITS.leads(due[name])}
    steps: list[Step] = []
    first: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    for name in sorted(kinds, key=lambda name: (name != CREATED, name not in leading)):
        made, needed = kinds[name].steps(due[name]), first
        if made and kinds[name].TRAITS.conclude:
            others = tuple(step.id for step in steps if step.kind != JOIN)
            steps.append(Step(f"{name}:begins", JOIN, {}, needs=others, effect=Effect.NONE))
            needed = (steps[-1].id,)
        own = [replace(step, needs=(*needed, *step.needs), after=(*before, *step.after)) for step in made]
        if name == CREATED or name in leading:
            first += tuple(step.id for step in own)
        elif own:
            own.append(
                Step(f"{name}:ended", JOIN, {}, after=tuple(step.id for step in own), effect=Effect.NONE)
            )
            before = (own[-1].id,)
        steps += own
    return tuple(steps)


def _in_order(changes: Iterable[Change]) -> list[Change]:
    return sorted(changes, key=lambda change: change.key)


def _first_names(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown}, …"  # noqa: PLR2004 - as many as fit on a line


def _unmanaged_notes(spec: Spec) -> tuple[str, ...]:
    """Keys that no kind reconciles."""
    keys = ", ".join(spec.not_acted_on)
    return (f"declared, checked, but not reconciled by this version: {keys}",) if keys else ()
