"""What is left to do of a saved plan, when the archive is looked at again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dandifile.errors import BlockedError, Exit
from dandifile.kinds import KINDS
from dandifile.model import JsonObject, Local, Plan, Target
from dandifile.planning.kind import Options
from dandifile.planning.planner import Situation, base_of, make_plan, review
from tests.planning.test_planner import load_cases, observed_of, plan_of, spec_of

FILES = {"a.nwb": "d1", "b.nwb": "d2"}


def planned(files: JsonObject, remote: JsonObject) -> Plan:
    return plan_of({"given": {"local": {"files": files}, "remote": remote}})


def left(plan: Plan, **now: JsonObject) -> Plan:
    return review(KINDS, plan, observed_of(now))


def names(plan: Plan) -> list[str]:
    return [change.key.name for change in plan.changes]


@pytest.mark.parametrize("case", load_cases())
def test_nothing_has_happened_and_all_of_it_is_left(case: JsonObject) -> None:
    plan = plan_of(case)
    assert review(KINDS, plan, observed_of(case["given"])) == plan


def test_what_was_done_meanwhile_is_not_done_again() -> None:
    plan = planned(FILES, {})
    rest = left(plan, remote={"a.nwb": "d1"})
    assert names(rest) == ["b.nwb"]
    assert [step.id for step in rest.steps if step.kind != "join"] == ["blob:d2", "asset:b.nwb"]


def test_where_all_of_it_was_done_nothing_is_left() -> None:
    rest = left(planned(FILES, {}), remote=FILES)
    assert (rest.changes, rest.steps) == ((), ())


def test_one_stale_change_stops_all() -> None:
    plan = planned(FILES, {"a.nwb": "d0"})
    with pytest.raises(
        BlockedError, match=r"1 of its changes no longer fit the archive: assets a\.nwb\n"
    ) as told:
        left(plan, remote={"a.nwb": "somebody else's"})
    assert told.value.exit_code == Exit.BLOCKED
    assert "plan again" in told.value.fix


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (3, "3 of its changes no longer fit the archive: assets 0.nwb, assets 1.nwb, assets 2.nwb\n"),
        (4, "4 of its changes no longer fit the archive: assets 0.nwb, assets 1.nwb, assets 2.nwb, …\n"),
    ],
)
def test_the_first_stale_changes_are_named(count: int, said: str) -> None:
    files = {f"{number}.nwb": f"d{number}" for number in range(count)}
    with pytest.raises(BlockedError, match=said):
        left(planned(files, {}), remote=dict.fromkeys(files, "other"))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ({"a.nwb": "d1"}, ["a.nwb", "b.nwb"]),
        ({"b.nwb": "d1"}, ["a.nwb"]),
        ({"a.nwb": "d9", "b.nwb": "d1"}, []),
    ],
    ids=["nothing is done", "it has moved", "all is done"],
)
def test_new_content_waits_for_the_asset_that_moves_away(now: JsonObject, due: list[str]) -> None:
    assert names(left(moved_away(), remote=now)) == due


def test_new_content_does_not_take_the_place_of_what_somebody_put_there() -> None:
    with pytest.raises(BlockedError, match=r"assets a\.nwb\n"):
        left(moved_away(), remote={"a.nwb": "other", "b.nwb": "d1"})


def moved_away() -> Plan:
    """The file a.nwb has become b.nwb, and another one has its name."""
    local = {"files": {"a.nwb": "d9", "b.nwb": "d1"}, "record": {"a.nwb": "d1"}}
    return plan_of({"given": {"local": local, "remote": {"a.nwb": "d1"}}})


@pytest.mark.parametrize(
    ("looked_up", "base"), [("", {"spec": "abc"}), ("def", {"spec": "abc", "lock": "def"})]
)
def test_a_plan_is_bound_to_the_spec_and_to_what_was_looked_up_for_it(
    looked_up: str, base: JsonObject
) -> None:
    spec = replace(spec_of({}), digest="abc", looked_up=looked_up)
    assert base_of(spec) == base
    target = Target("local", "http://x/api", "http://x", "000001")
    assert make_plan(KINDS, Situation(spec, Local(), observed_of({}), target), Options()).base == base
