"""Which steps a plan has, across its kinds."""

from __future__ import annotations

from dataclasses import replace

from dandifile.kinds import KINDS
from dandifile.model import Block, JsonObject, Step
from dandifile.planning.planner import steps_of
from tests.planning.test_planner import plan_of

BOTH: JsonObject = {"spec": {"fields": {"name": "Rats"}}, "local": {"files": {"a.nwb": "d1", "b.nwb": "d2"}}}


def by_id(steps: tuple[Step, ...]) -> dict[str, Step]:
    return {step.id: step for step in steps}


def test_metadata_are_written_when_the_assets_have_ended_well_or_not() -> None:
    steps = by_id(plan_of({"given": BOTH}).steps)
    ended = steps["assets:ended"]
    assert set(ended.after) == {"blob:d1", "blob:d2", "asset:a.nwb", "asset:b.nwb"}
    assert ended.needs == ()
    [metadata] = [step for step in steps.values() if step.kind == "metadata"]
    assert (metadata.after, metadata.needs) == (("assets:ended",), ())


def test_everything_needs_the_dandiset_that_is_created() -> None:
    plan = plan_of({"given": BOTH | {"new": True}})
    [creation] = [step.id for step in plan.steps if step.kind == "dandiset"]
    others = [step for step in plan.steps if step.kind in ("assets", "metadata")]
    assert others
    assert all(creation in step.needs for step in others)


def test_a_bounded_plan_still_creates_the_dandiset() -> None:
    plan = plan_of({"given": BOTH | {"new": True, "options": {"only": ["assets"]}}})
    assert {change.key.kind for change in plan.changes} == {"dandiset", "assets"}


def test_what_is_blocked_has_no_steps_and_the_rest_has() -> None:
    plan = plan_of({"given": BOTH})
    blocked = next(change.key for change in plan.changes if change.key.name == "a.nwb")
    steps = by_id(steps_of(KINDS, replace(plan, blocked=(Block("why", "fix", blocked),))))
    assert "asset:a.nwb" not in steps
    assert "asset:b.nwb" in steps


def test_a_block_of_everything_leaves_no_step() -> None:
    plan = plan_of({"given": BOTH})
    assert steps_of(KINDS, replace(plan, blocked=(Block("why", "fix"),))) == ()
