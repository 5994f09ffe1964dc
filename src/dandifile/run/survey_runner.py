"""Runs the survey's steps: what the cache knows is not done again, the rest goes to an engine's pools."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Protocol

from dandifile.model import Cache, Json, Result, Status, Step
from dandifile.run.engines import Engine, local
from dandifile.run.execute import Notify, execute

Runner = Callable[[Sequence[Step]], Mapping[str, Result]]
"""Runs steps of one kind and gives their results by id."""


class Tasks(Protocol):
    """What can be run: `survey.tasks` is one. `perform` is called in other processes too."""

    @property
    def perform(self) -> Callable[[Step, Mapping[str, Json]], Json]: ...

    @property
    def cache_key(self) -> Callable[[Step], str | None]: ...

    @property
    def fits(self) -> Callable[[Step, Json], bool]: ...

    @property
    def pool(self) -> Callable[[str], str]: ...


@contextmanager
def survey_runner(
    tasks: Tasks, cache: Cache, jobs: int, notify: Notify, engine: Engine = local
) -> Iterator[Runner]:
    """Results are cached one by one as they come: an interrupted survey goes on where it was."""
    pools: dict[str, Executor] = {}

    def run(steps: Sequence[Step]) -> Mapping[str, Result]:
        keys = {step.id: key for step in steps if (key := tasks.cache_key(step)) is not None}
        known = _known(steps, keys, cache, tasks.fits)
        due = [step for step in steps if step.id not in known]

        def ended(step: Step, result: Result | None) -> None:
            if result and result.status is Status.DONE and step.id in keys:
                cache.put_many(step.kind, {keys[step.id]: result.output})
            notify(step, result)

        if not due:
            return known
        name = tasks.pool(due[0].kind) if len(due) > 1 else "threads"
        if name not in pools:
            pools[name] = engine(name, jobs)
        return {**known, **execute(due, tasks.perform, pools[name], ended)}

    try:
        yield run
    finally:
        for made in pools.values():
            made.shutdown(wait=True, cancel_futures=True)


def _known(
    steps: Sequence[Step], keys: Mapping[str, str], cache: Cache, fits: Callable[[Step, Json], bool]
) -> dict[str, Result]:
    """What is remembered, and is what such a step gives: anything else is done again."""
    if not steps:
        return {}
    found = cache.get_many(steps[0].kind, set(keys.values()))
    return {
        step.id: Result(step.id, Status.FRESH, output=found[keys[step.id]], reason="known by its content")
        for step in steps
        if keys.get(step.id) in found and fits(step, found[keys[step.id]])
    }
