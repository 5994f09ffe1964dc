"""Carries a plan out: its steps, a second look at the draft, and the record of what is as declared."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from dandifile.archive.create import forget_intent, intent_file
from dandifile.archive.guard import Guard
from dandifile.archive.writer import Writer
from dandifile.errors import UserError
from dandifile.kinds import KINDS, assets, embargo
from dandifile.model import Change, Json, Local, Result, Status, Step, Target
from dandifile.planning.kind import Standing, StepContext
from dandifile.planning.planner import CREATED, JOIN
from dandifile.run.cluster_uploads import ClusterUploads
from dandifile.run.engines import local_pool
from dandifile.run.execute import Notify, Perform, execute
from dandifile.run.state import save_record

if TYPE_CHECKING:
    from dandifile.session.session import Planned, Session


@dataclass(frozen=True)
class ApplyResult:
    """What came of an apply: every step's result, and the draft as it is now."""

    results: tuple[Result, ...]
    target: Target
    paths: tuple[str, ...]  # of the draft's assets

    @property
    def failed(self) -> tuple[Result, ...]:
        """The steps that failed, or were skipped because one that they need failed. Apply again to go on."""
        return tuple(result for result in self.results if result.status in (Status.FAILED, Status.SKIPPED))


def apply_steps(
    session: Session, planned: Planned, notify: Notify, sent: Callable[[int], None]
) -> ApplyResult:
    """Does the steps of a plan that may be applied. A step that fails is in the result, and no exception.

    BlockedError, and nothing is written, where somebody released or is publishing the dandiset since.
    """
    key = session.access.key
    if key is None or not session.writing:
        raise UserError("this session only reads", fix="open it with writing=True")
    guard = Guard(embargo.desired(session.spec, planned.local).key)
    guard.check(session.reader)
    writer = Writer(session.instance, key, session.identifier, session.cache)
    writer.guard = guard
    context = StepContext(writer, session.spec.root, session.state, sent)

    def ended(step: Step, result: Result | None) -> None:
        if step.kind == CREATED and result and result.status is Status.DONE:
            session.remember(result.output["identifier"])
            forget_intent(intent_file(session.state, session.instance, step.params["name"]))
        if step.kind != JOIN:
            notify(step, result)

    with ThreadPoolExecutor(session.jobs) as pool, _performer(session, context) as perform:
        results = execute(planned.plan.steps, perform, pool, ended)
    joins = {step.id for step in planned.plan.steps if step.kind == JOIN}
    outcomes = tuple(result for step, result in results.items() if step not in joins)
    if writer.identifier is None:
        return ApplyResult(outcomes, planned.plan.target, ())
    there = replace(session, access=replace(session.access, identifier=writer.identifier))
    return _verify(there, planned, outcomes)


def note_unchanged(session: Session, planned: Planned) -> ApplyResult:
    """The result of a plan without steps, once what is here is noted."""
    noted = () if session.identifier is None else _note(session, planned.local, planned.observed)
    return ApplyResult(noted, planned.plan.target, _paths(planned.observed))


def _verify(session: Session, planned: Planned, results: tuple[Result, ...]) -> ApplyResult:
    """Reads the draft again. What was done and is not there is a failure of its own."""
    try:
        observed, target = session.observe()
    except UserError as error:  # what was done is reported all the same
        unseen = Result(
            "verify", Status.FAILED, error=f"the draft could not be looked at again: {error.what}"
        )
        return ApplyResult((*results, unseen), planned.plan.target, ())
    done = {result.step for result in results if result.status is Status.DONE}
    lost = [
        change
        for change in planned.plan.due
        if _is_done(change, done)
        and KINDS[change.key.kind].standing(change, observed[change.key.kind]) is not Standing.DONE
    ]
    faults = (
        Result(f"verify:{change.key.name}", Status.FAILED, error="it is not as it was written")
        for change in lost
    )
    noted = _note(session, planned.local, observed)
    return ApplyResult((*results, *faults, *noted), target, _paths(observed))


def _is_done(change: Change, done: Collection[str]) -> bool:
    steps = (step for step in KINDS[change.key.kind].steps((change,)) if step.kind != JOIN)
    return all(step.id in done for step in steps)


@contextmanager
def _performer(session: Session, context: StepContext) -> Iterator[Perform]:
    """Uploads go from a cluster's workers; only this machine reaches its own embedded archive."""
    if session.engine is local_pool or session.instance.is_embedded:
        yield partial(_perform, context)
        return
    with session.engine("threads", session.jobs) as workers:
        sending = ClusterUploads(workers, context, session.jobs)
        here = partial(_perform, replace(context, parts=sending.parts))
        yield partial(sending.perform, here)


def _perform(context: StepContext, step: Step, inputs: Mapping[str, Json]) -> Json:
    return None if step.kind == JOIN else KINDS[step.kind].perform(step, context, inputs)


def _note(session: Session, local: Local, observed: Mapping[str, Any]) -> tuple[Result, ...]:
    """Records what is as declared, kind by kind. A disk that does not take it is a failure of its own."""
    identifier, record = str(session.identifier), local.record
    for name, kind in KINDS.items():
        record = kind.TRAITS.note(session.spec, local, observed[name], record)
    try:
        if session.access.store is not None:  # the embedded archive also notes what the spec said now
            session.remember(identifier)
        save_record(session.state, session.instance.home, identifier, record)
    except OSError as error:
        why = f"what was done cannot be recorded in {session.state} ({error.strerror or error})"
        return (Result("record", Status.FAILED, error=f"{why}: later renames will not be recognised"),)
    return ()


def _paths(observed: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(observed[assets.NAME].assets))
