from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.errors import UserError
from dandifile.model import Json, Result, Status, Step
from dandifile.run.execute import execute


def step(name: str, needs: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> Step:
    return Step(name, "test", {}, needs=needs, after=after)


def run(steps: list[Step], failing: frozenset[str] = frozenset()) -> tuple[dict[str, Result], list[str]]:
    """The results, and the order in which steps were started."""
    started: list[str] = []

    def perform(step: Step, inputs: Mapping[str, Json]) -> Json:
        started.append(step.id)
        if step.id in failing:
            raise UserError("it went wrong", fix="mend it")
        return {"of": step.id, "from": sorted(inputs)}

    with ThreadPoolExecutor(3) as pool:
        return execute(steps, perform, pool, lambda step, result: None), started


@st.composite
def graphs(draw: st.DrawFn) -> list[Step]:
    """Acyclic: a step leans on earlier ones only."""
    steps: list[Step] = []
    for number in range(draw(st.integers(0, 8))):
        earlier = (
            st.lists(st.sampled_from([step.id for step in steps]), unique=True) if steps else st.just([])
        )
        steps.append(step(f"s{number}", tuple(draw(earlier)), tuple(draw(earlier))))
    return steps


@given(graphs(), st.frozensets(st.sampled_from([f"s{number}" for number in range(8)])))
def test_a_failure_fails_its_descendants_only(steps: list[Step], failing: frozenset[str]) -> None:
    results, _ = run(steps, failing)
    assert set(results) == {step.id for step in steps}
    for one in steps:
        broken = any(results[need].status in (Status.FAILED, Status.SKIPPED) for need in one.needs)
        expected = Status.SKIPPED if broken else Status.FAILED if one.id in failing else Status.DONE
        assert results[one.id].status is expected


@given(graphs())
def test_nothing_starts_before_what_it_needs_and_comes_after(steps: list[Step]) -> None:
    _, started = run(steps)
    place = {name: number for number, name in enumerate(started)}
    assert all(place[other] < place[one.id] for one in steps for other in (*one.needs, *one.after))


def test_a_step_gets_the_outputs_that_it_needs_and_no_others() -> None:
    results, _ = run([step("a"), step("b"), step("c", needs=("a",), after=("b",))])
    assert results["c"].output == {"of": "c", "from": ["a"]}


def test_what_is_needed_but_not_given_counts_as_done() -> None:
    results, _ = run([step("b", needs=("a",))])
    assert results["b"].status is Status.DONE


def test_an_expected_error_says_what_and_what_to_do() -> None:
    results, _ = run([step("a")], frozenset({"a"}))
    assert results["a"].error == "it went wrong (mend it)"


def test_a_bug_is_the_steps_own_and_leaves_its_traceback_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def perform(step: Step, inputs: Mapping[str, Json]) -> Json:
        return 1 // len(inputs)

    with ThreadPoolExecutor(1) as pool:
        results = execute([step("a")], perform, pool, lambda step, result: None)
    assert results["a"].error.startswith("internal error: ZeroDivisionError")
    assert "Traceback" in caplog.text


def test_independent_steps_run_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=10)

    def perform(step: Step, inputs: Mapping[str, Json]) -> Json:
        both.wait()
        return None

    with ThreadPoolExecutor(2) as pool:
        results = execute([step("a"), step("b")], perform, pool, lambda step, result: None)
    assert {result.status for result in results.values()} == {Status.DONE}


def test_what_the_system_refuses_is_no_bug(tmp_path: Path) -> None:
    def perform(step: Step, inputs: Mapping[str, Json]) -> Json:
        return (tmp_path / "missing").read_text("utf-8")

    with ThreadPoolExecutor(1) as pool:
        results = execute([step("a")], perform, pool, lambda step, result: None)
    assert results["a"].status is Status.FAILED
    assert results["a"].error == f"the system says: No such file or directory ({tmp_path / 'missing'})"
