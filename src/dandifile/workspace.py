"""The folder that a dandiset.yaml is in, and the verbs in their order: observe, survey, plan, carry out.

Every verb takes the workspace and gives a value; what the archive, the disk and the processes
are asked stands here, what it means stands in `kinds`, `survey` and `plan`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dandifile.archive.create import forget_intent, intent_file
from dandifile.archive.instance import LOCAL
from dandifile.archive.reader import Reader
from dandifile.archive.rights import UNCHECKED, unchecked_notes, write_blocks
from dandifile.archive.writer import Writer
from dandifile.errors import BlockedError, UserError
from dandifile.kinds import KINDS, assets
from dandifile.kinds.forecast import forecast
from dandifile.model import (
    Cache,
    Change,
    Json,
    Local,
    Plan,
    Record,
    RemoteAsset,
    Result,
    Spec,
    Status,
    Step,
    Target,
)
from dandifile.planning.kind import Options, Standing, StepContext
from dandifile.planning.planner import CREATED, JOIN, Situation, base_of, make_plan, review, steps_of
from dandifile.run.cluster_uploads import ClusterUploads
from dandifile.run.engines import Engine, local_pool
from dandifile.run.execute import Notify, Perform, execute
from dandifile.run.processes import TimeLimit
from dandifile.run.state import load_record, save_record
from dandifile.run.survey_runner import survey_runner
from dandifile.survey import tasks
from dandifile.survey.manifest import load, manifest_file
from dandifile.survey.survey import survey

if TYPE_CHECKING:
    from dandifile.archive.credentials import Secret
    from dandifile.archive.instance import Instance


@dataclass(frozen=True)
class Workspace:
    """One spec with one environment, bound to one archive."""

    spec: Spec
    instance: Instance
    identifier: str | None
    key: Secret | None
    cache: Cache
    jobs: int
    engine: Engine
    limit: TimeLimit  # of one step of the survey
    remember: Callable[[str], None]  # told the identifier of a dandiset that was created
    locate: Callable[[Local, Mapping[str, RemoteAsset]], Local]  # adds what locations in NWB files are
    refuse: Callable[[Json], None] = lambda _: None  # a spec that does not fit `/api/info/`
    seen: Callable[[str], None] = lambda identifier: None  # noqa: ARG005 - told which dandiset an apply left as declared

    @property
    def state(self) -> Path:
        """The folder for caches and records: can be deleted at any time."""
        return self.spec.root / ".dandifile"

    @property
    def reader(self) -> Reader:
        return Reader(self.instance, self.identifier, self.key, self.cache)


@dataclass(frozen=True)
class Planned:
    """A plan, and what it was made from."""

    plan: Plan
    local: Local
    observed: Mapping[str, Any]


def plan(workspace: Workspace, options: Options, notify: Notify) -> Planned:
    """Looks at the archive and at the data, and says what differs. Writes nothing but its cache."""
    observed, target = observe(workspace)
    local = look(workspace, observed, options, notify)
    situation = Situation(workspace.spec, local, observed, target)
    made = _permitted(workspace, make_plan(KINDS, situation, options))
    return Planned(replace(made, forecast=forecast(made, workspace.spec, observed)), local, observed)


def resume(workspace: Workspace, saved: Plan, notify: Notify) -> Planned:
    """What is left to do of a saved plan, bound to the spec, the files and the archive as they are now."""
    if saved.base != base_of(workspace.spec):
        raise BlockedError(
            "the plan is stale: the spec or its lock has changed since, or the plan is of another spec",
            where=str(workspace.spec.file),
            fix="run plan again; --file names another spec",
        )
    observed, target = observe(workspace)
    _refuse_other_target(saved.target, target)
    _recheck(workspace.spec, observed)
    local = look(workspace, observed, Options(), notify)
    rest = review(KINDS, replace(_of_anybody(saved), target=target), observed)
    _refuse_changed_files(rest.changes, local)
    rest = _permitted(workspace, rest)
    rest = replace(rest, forecast=forecast(rest, workspace.spec, observed))
    return Planned(rest, local, observed)


def _permitted(workspace: Workspace, plan: Plan) -> Plan:
    """The plan, blocked as a whole where this user cannot carry it out."""
    if not plan.changes:
        return plan
    reader = workspace.reader
    name = next((change.key.name for change in plan.changes if change.key.kind == CREATED), "")
    blocks = write_blocks(reader, name, intent_file(workspace.state, workspace.instance, name))
    plan = replace(
        plan, blocked=(*blocks, *plan.blocked), notes=(*unchecked_notes(reader, name), *plan.notes)
    )
    return replace(plan, steps=steps_of(KINDS, plan)) if blocks else plan


def _of_anybody(saved: Plan) -> Plan:
    """A saved plan without what is about the user who made it."""
    blocked = tuple(block for block in saved.blocked if not block.about)
    notes = tuple(note for note in saved.notes if not note.startswith(UNCHECKED))
    return replace(saved, blocked=blocked, notes=notes)


def observe(workspace: Workspace) -> tuple[dict[str, Any], Target]:
    """What the archive has, by kind, and which dandiset this is; is it the right archive at all?"""
    reader = workspace.reader
    reader.check_instance()
    workspace.refuse(reader.info())
    with ThreadPoolExecutor(len(KINDS) + 1) as pool:
        seen = {name: pool.submit(kind.observe, reader) for name, kind in KINDS.items()}
        target = pool.submit(_target, workspace, reader)
        return {name: future.result() for name, future in seen.items()}, target.result()


def look(workspace: Workspace, observed: Mapping[str, Any], options: Options, notify: Notify) -> Local:
    """What is on this machine: names for it all, extraction and validation for what the draft lacks."""
    known: dict[str, list[str]] = defaultdict(list)
    for asset in observed[assets.NAME].assets.values():
        known[asset.digest].append(asset.path)
    record = _record(workspace)
    with survey_runner(
        tasks, workspace.cache, workspace.jobs, notify, workspace.engine, workspace.limit
    ) as run:
        local = survey(
            workspace.spec,
            run,
            known={digest: tuple(sorted(paths)) for digest, paths in known.items()},
            record=record,
            listed=load(manifest_file(workspace.spec.file)),
            rename=options.rename,
            refresh=options.refresh_metadata,
        )
    local = replace(local, record=record)
    return workspace.locate(local, observed[assets.NAME].assets) if workspace.spec.regions.from_nwb else local


@dataclass(frozen=True)
class Outcome:
    """What came of an apply: every step's result, and the draft as it is now."""

    results: tuple[Result, ...]
    target: Target
    paths: tuple[str, ...]  # of the draft's assets


def carry_out(workspace: Workspace, planned: Planned, notify: Notify, sent: Callable[[int], None]) -> Outcome:
    """Does the plan's steps, looks again whether all is as planned, and notes what was made of which file."""
    assert workspace.key is not None, "whoever writes has a key"
    writer = Writer(workspace.instance, workspace.key, workspace.identifier, workspace.cache)
    context = StepContext(writer, workspace.spec.root, workspace.state, sent)

    def told(step: Step, result: Result | None) -> None:
        if step.kind == CREATED and result and result.status is Status.DONE:
            workspace.remember(result.output["identifier"])
            forget_intent(intent_file(workspace.state, workspace.instance, step.params["name"]))
        if step.kind != JOIN:
            notify(step, result)

    with ThreadPoolExecutor(workspace.jobs) as pool, _performer(workspace, context) as perform:
        results = execute(planned.plan.steps, perform, pool, told)
    joins = {step.id for step in planned.plan.steps if step.kind == JOIN}
    outcomes = tuple(result for step, result in results.items() if step not in joins)
    if writer.identifier is None:
        return Outcome(outcomes, planned.plan.target, ())
    return _verified(replace(workspace, identifier=writer.identifier), planned, outcomes)


def nothing_to_do(workspace: Workspace, planned: Planned) -> Outcome:
    """Notes what is here, so that a later rename is known as one."""
    noted = () if workspace.identifier is None else note(workspace, planned.local, planned.observed)
    return Outcome(noted, planned.plan.target, _paths(planned.observed))


def _verified(workspace: Workspace, planned: Planned, results: tuple[Result, ...]) -> Outcome:
    """Reads the draft once more. What was done and is not there is a failure of its own."""
    try:
        observed, target = observe(workspace)
    except UserError as error:  # what was done is told all the same
        unseen = Result(
            "verify", Status.FAILED, error=f"the draft could not be looked at again: {error.what}"
        )
        return Outcome((*results, unseen), planned.plan.target, ())
    done = {result.step for result in results if result.status is Status.DONE}
    lost = [
        change
        for change in planned.plan.due
        if _all_done(change, done)
        and KINDS[change.key.kind].standing(change, observed[change.key.kind]) is not Standing.DONE
    ]
    faults = (
        Result(f"verify:{change.key.name}", Status.FAILED, error="it is not as it was written")
        for change in lost
    )
    return Outcome((*results, *faults, *note(workspace, planned.local, observed)), target, _paths(observed))


def _all_done(change: Change, done: Collection[str]) -> bool:
    steps = (step for step in KINDS[change.key.kind].steps((change,)) if step.kind != JOIN)
    return all(step.id in done for step in steps)


@contextmanager
def _performer(workspace: Workspace, context: StepContext) -> Iterator[Perform]:
    """Uploads go from a cluster's workers; those of this machine reach its own embedded archive alone."""
    if workspace.engine is local_pool or workspace.instance.is_embedded:
        yield partial(_perform, context)
        return
    with workspace.engine("threads", workspace.jobs) as workers:
        sending = ClusterUploads(workers, context, workspace.jobs)
        here = partial(_perform, replace(context, parts=sending.parts))
        yield partial(sending.perform, here)


def _perform(context: StepContext, step: Step, inputs: Mapping[str, Json]) -> Json:
    return None if step.kind == JOIN else KINDS[step.kind].perform(step, context, inputs)


def _target(workspace: Workspace, reader: Reader) -> Target:
    instance = workspace.instance
    target = Target(
        instance.name,
        instance.api_url,
        instance.web_url,
        workspace.identifier,
        user=reader.me(),
        archive=instance.home,
    )
    if workspace.identifier is None:
        return replace(target, title=workspace.spec.fields.get("name") or "")
    detail, draft = reader.dandiset(), reader.draft()
    published = detail.get("most_recent_published_version") or {}
    return replace(
        target,
        title=draft["name"],
        published=published.get("version"),
        embargo_status=detail["embargo_status"],
        status=draft["status"],
    )


def _refuse_other_target(saved: Target, now: Target) -> None:
    """A plan is for one archive for good, and, unless it creates one, for one dandiset there."""
    if saved.archive != now.archive:
        where = f"{saved.instance} ({saved.api_url})"
        if saved.instance == now.instance == LOCAL:
            raise BlockedError(
                "the plan is stale: it is for another embedded archive, or for one that was reset since",
                fix="run plan again, or set DANDIFILE_STORE as it was when the plan was made",
            )
        raise BlockedError(
            f"the plan is stale: it is for {where}, and the spec is now for {now.instance} ({now.api_url})",
            fix="run plan again",
        )
    if (saved.identifier or now.identifier) != now.identifier:
        there = f"for {now.identifier}" if now.identifier else "for a new one"
        raise BlockedError(
            f"the plan is stale: it is for dandiset {saved.identifier} of {saved.instance}, and the spec is "
            f"now {there}",
            fix="run plan again",
        )


def _recheck(spec: Spec, observed: Mapping[str, Any]) -> None:
    """BlockedError where a kind has a reason to stop the saved plan that came up since it was made."""
    for name, kind in KINDS.items():
        for block in kind.TRAITS.recheck(spec, observed[name]):
            raise BlockedError(block.reason, fix=block.fix)


def _refuse_changed_files(changes: Iterable[Change], local: Local) -> None:
    here = {asset.source: asset.digest for asset in local.assets}
    sides = [
        change.after for change in changes if isinstance(change.after, dict) and "source" in change.after
    ]
    changed = sorted(side["source"] for side in sides if here.get(side["source"]) != side["digest"])
    if changed:
        raise BlockedError(
            f"the plan is stale: {', '.join(changed[:3])} changed since, or cannot be found",
            fix="run plan again",
        )


def _record(workspace: Workspace) -> Record:
    if workspace.identifier is None:
        return Record()
    return load_record(workspace.state, workspace.instance.home, workspace.identifier)


def _paths(observed: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(observed[assets.NAME].assets))


def note(workspace: Workspace, local: Local, observed: Mapping[str, Any]) -> tuple[Result, ...]:
    """Records what is as declared, kind by kind. A disk that does not take it is a failure of its own."""
    record = local.record
    for name, kind in KINDS.items():
        record = kind.TRAITS.note(workspace.spec, local, observed[name], record)
    try:
        workspace.seen(str(workspace.identifier))
        save_record(workspace.state, workspace.instance.home, str(workspace.identifier), record)
    except OSError as error:
        why = f"what was done cannot be noted in {workspace.state} ({error.strerror or error})"
        return (Result("record", Status.FAILED, error=f"{why}: without it, no rename is known as one"),)
    return ()
