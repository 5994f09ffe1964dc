"""Runs the survey's steps: what the cache knows is not done again, the rest goes to an engine's pools.

Each step that goes there has the reason for which it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Protocol

from dandifile.model import GIVEN_UP, Cache, Json, Result, Status, Step
from dandifile.run.engines import Engine, local_pool
from dandifile.run.execute import Notify, execute
from dandifile.run.processes import Supervision, TimeLimit
from dandifile.survey.task import Keys, StepCache

Runner = Callable[[Sequence[Step]], Mapping[str, Result]]
"""Runs steps of one kind and gives their results by id."""


class Tasks(Keys, Protocol):
    """What can be run: `survey.tasks` is one. `perform` is called in other processes too."""

    @property
    def perform(self) -> Callable[[Step, Mapping[str, Json]], Json]: ...

    @property
    def pool(self) -> Callable[[str], str]: ...

    @property
    def size(self) -> Callable[[Step], int]: ...


@contextmanager
def survey_runner(  # noqa: PLR0913, PLR0917 - what runs, and where, how much of it and how long
    tasks: Tasks,
    cache: Cache,
    jobs: int,
    notify: Notify,
    engine: Engine = local_pool,
    limit: TimeLimit = TimeLimit(),  # noqa: B008 - it is frozen
) -> Iterator[Runner]:
    """Results are cached one by one as they come: an interrupted survey goes on where it was.

    A step that takes longer than `limit`, or whose process crashes, fails; a later run tries it again.
    """
    kept = StepCache(tasks, cache)
    pools: dict[str, Executor] = {}
    given_up: dict[str, Result] = {}  # by step: they would take as long again
    terms = Supervision(
        seconds=lambda step: limit.seconds(tasks.size(step)), started=lambda step: notify(step, None)
    )

    def run(steps: Sequence[Step]) -> Mapping[str, Result]:
        known, due = kept.split(steps)
        known |= {step.id: given_up[step.id] for step in due if step.id in given_up}
        due = [step for step in due if step.id not in known]

        def ended(step: Step, result: Result | None) -> None:
            if result and result.status is Status.DONE:
                kept.keep(step, result.output)
            if result and result.reason == GIVEN_UP:
                given_up[step.id] = result
            if result:  # that it has started the pool says, which knows when
                notify(step, result)

        if not due:
            return known
        name = tasks.pool(due[0].kind)
        if name not in pools:
            pools[name] = engine(name, jobs, terms)
        return {**known, **execute(due, tasks.perform, pools[name], ended)}

    try:
        yield run
    finally:
        for made in pools.values():
            made.shutdown(wait=True, cancel_futures=True)
