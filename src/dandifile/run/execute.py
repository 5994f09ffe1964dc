"""Runs steps as soon as what they need is done, on any `concurrent.futures` executor; knows no domain.

A step that fails fails its descendants only: those that need it are skipped, those that only come
after it run. The first interruption lets running steps end and starts no further ones; the second
ends the process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future, wait
from functools import partial
from graphlib import TopologicalSorter
from queue import SimpleQueue

from dandifile.errors import GivenUpError, UserError
from dandifile.interrupt import finish_steps
from dandifile.model import GIVEN_UP, Json, Result, Status, Step

log = logging.getLogger(__name__)

Perform = Callable[[Step, Mapping[str, Json]], Json]
Notify = Callable[[Step, Result | None], None]
"""Told of every step twice: with None when it starts, with its result when it ended."""


def execute(steps: Iterable[Step], perform: Perform, executor: Executor, notify: Notify) -> dict[str, Result]:
    """The result of every step by its id. Steps that are needed but not given count as done."""
    todo = {step.id: step for step in steps}
    order = TopologicalSorter({step.id: [*step.needs, *step.after] for step in todo.values()})
    order.prepare()
    results: dict[str, Result] = {}
    running: set[Future[Json]] = set()
    ended: SimpleQueue[tuple[Step, Future[Json]]] = SimpleQueue()  # so that an end costs the same among many
    try:
        while order.is_active():
            for name in order.get_ready():
                if name not in todo:
                    order.done(name)
                elif (skipped := _skip(todo[name], results)) is not None:
                    _end(todo[name], skipped, results, order, notify)
                else:
                    step = todo[name]
                    notify(step, None)
                    future = executor.submit(perform, step, _inputs(step, results))
                    running.add(future)
                    future.add_done_callback(partial(_put, ended, step))
            if running:
                step, future = ended.get()
                running.remove(future)
                _end(step, _result(step, future), results, order, notify)
    except KeyboardInterrupt:
        for future in running:
            future.cancel()
        if running:
            with finish_steps():
                wait(running)
        raise
    return results


def _put(ended: SimpleQueue[tuple[Step, Future[Json]]], step: Step, future: Future[Json]) -> None:
    ended.put((step, future))


def _end(
    step: Step, result: Result, results: dict[str, Result], order: TopologicalSorter[str], notify: Notify
) -> None:
    results[step.id] = result
    notify(step, result)
    order.done(step.id)


def _skip(step: Step, results: Mapping[str, Result]) -> Result | None:
    for need in step.needs:
        if need in results and results[need].status in (Status.FAILED, Status.SKIPPED):
            return Result(step.id, Status.SKIPPED, reason=f"{need} was not done")
    return None


def _inputs(step: Step, results: Mapping[str, Result]) -> dict[str, Json]:
    return {need: results[need].output for need in step.needs if need in results}


def _result(step: Step, future: Future[Json]) -> Result:
    """Whatever went wrong is this step's alone; a bug's traceback goes to the log."""
    try:
        return Result(step.id, Status.DONE, output=future.result())
    except UserError as error:
        fix = f" ({error.fix})" if error.fix else ""
        reason = GIVEN_UP if isinstance(error, GivenUpError) else ""
        return Result(step.id, Status.FAILED, reason=reason, error=f"{error.what}{fix}")
    except OSError as error:  # a full disk, no rights: not a bug
        log.exception("step %s", step.id)
        at = f" ({error.filename})" if error.filename else ""
        return Result(step.id, Status.FAILED, error=f"the system says: {error.strerror or error}{at}")
    except Exception as error:
        log.exception("step %s", step.id)
        return Result(step.id, Status.FAILED, error=f"internal error: {type(error).__name__}: {error}")
