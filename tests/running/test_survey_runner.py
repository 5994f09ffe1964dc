from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from dandifile.errors import DataError
from dandifile.model import Effect, Json, Result, Status, Step
from dandifile.run.state import MemoryCache
from dandifile.run.survey_runner import survey_runner
from dandifile.survey.reasons import Inputs


def where(step: Step, inputs: Mapping[str, Json]) -> Json:
    """The process that it ran in; module-level, so that other processes can run it too."""
    if step.params.get("fail"):
        raise DataError("cannot be read")
    return os.getpid()


@dataclass
class Tasks:
    pool: Callable[[str], str]
    perform: Callable[[Step, Mapping[str, Json]], Json] = where
    fits: Callable[[Step, Json], bool] = field(default=lambda step, output: True)
    cache_key: Callable[[Step], str | None] = field(default=lambda step: step.params.get("key"))
    inputs: Callable[[Step], Inputs | None] = field(default=lambda step: None)
    size: Callable[[Step], int] = field(default=lambda step: step.params.get("size", 0))


def steps(count: int, **params: Any) -> list[Step]:
    return [
        Step(f"s{number}", "where", {"key": f"k{number}", **params}, effect=Effect.NONE)
        for number in range(count)
    ]


def run(tasks: Tasks, some: list[Step], cache: MemoryCache) -> Mapping[str, Result]:
    with survey_runner(tasks, cache, 2, lambda step, result: None) as runner:
        return runner(some)


@pytest.mark.parametrize(("pool", "here"), [("threads", True), ("processes", False)])
def test_a_task_says_where_it_runs(pool: str, here: bool) -> None:
    results = run(Tasks(lambda kind: pool), steps(3), MemoryCache())
    assert {result.output == os.getpid() for result in results.values()} == {here}


def test_one_step_alone_runs_apart_too() -> None:
    """It may hang or crash like any other."""
    results = run(Tasks(lambda kind: "processes"), steps(1), MemoryCache())
    assert results["s0"].output not in (os.getpid(), None)


def test_what_is_known_is_not_done_again() -> None:
    cache = MemoryCache()
    tasks = Tasks(lambda kind: "threads")
    run(tasks, steps(2), cache)
    again = run(tasks, steps(3), cache)
    assert [again[name].status for name in ("s0", "s1", "s2")] == [Status.FRESH, Status.FRESH, Status.DONE]
    assert again["s0"].output == os.getpid()


def test_what_has_no_key_is_done_every_time() -> None:
    cache = MemoryCache()
    tasks = Tasks(lambda kind: "threads", cache_key=lambda step: None)
    for _ in range(2):
        assert run(tasks, steps(1), cache)["s0"].status is Status.DONE


def test_a_failure_is_not_remembered() -> None:
    cache = MemoryCache()
    tasks = Tasks(lambda kind: "threads")
    assert run(tasks, steps(1, fail=True), cache)["s0"].status is Status.FAILED
    assert run(tasks, steps(1), cache)["s0"].status is Status.DONE


def test_nothing_to_do_is_fine() -> None:
    assert run(Tasks(lambda kind: "threads"), [], MemoryCache()) == {}
