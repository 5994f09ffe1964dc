"""A session: one spec with one environment, bound to one archive, and what can be done with the two.

Every verb gives a value. What the archive, the disk and the processes are asked is here; what their answers
mean is in `kinds`, `survey` and `planning`. Nothing here prints.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dandifile.archive.create import intent_file
from dandifile.archive.reader import Reader
from dandifile.archive.release import wait_until_open
from dandifile.archive.rights import publishing_blocks, unchecked_notes, write_blocks
from dandifile.archive.writer import Embargo
from dandifile.desired.regions_from_nwb import locate_regions
from dandifile.desired.spec_and_lock import (
    REMEDY,
    MemoryLookups,
    SpecAndLock,
    refuse_embargo,
    refuse_licenses,
)
from dandifile.errors import BlockedError, UserError
from dandifile.kinds import KINDS, assets, embargo
from dandifile.kinds.forecast import forecast
from dandifile.lookup.lock import add_identifier, lock_file
from dandifile.model import RELEASING, Cache, JsonObject, Local, Plan, Record, Result, Spec, Step, Target
from dandifile.planning.kind import Options
from dandifile.planning.planner import CREATED, Situation, make_plan, review, steps_of
from dandifile.run.engines import Engine
from dandifile.run.execute import Notify
from dandifile.run.processes import TimeLimit
from dandifile.run.state import load_record
from dandifile.run.survey_runner import survey_runner
from dandifile.session import local_identifiers
from dandifile.session.apply_steps import ApplyResult, apply_steps, note_unchanged
from dandifile.session.saved_plan import (
    refuse_changed_files,
    refuse_new_reasons,
    refuse_other_spec,
    refuse_other_target,
    without_user,
)
from dandifile.survey import tasks
from dandifile.survey.manifest import load, manifest_file
from dandifile.survey.survey import survey

if TYPE_CHECKING:
    from dandifile.archive.credentials import Secret
    from dandifile.archive.instance import Instance


UNBOUNDED = Options()


def ignore_step(step: Step, result: Result | None) -> None:
    """The `notify` of a caller who wants no progress."""


def ignore_bytes(count: int) -> None:
    """The `sent` of a caller who wants no progress."""


@dataclass(frozen=True)
class Access:
    """The archive of a session, the dandiset there that the spec is about, and the user's key.

    `store` is the folder of the embedded archive, which keeps the identifiers of its specs itself. It is None
    for any other archive: there they are in the lock.
    """

    instance: Instance
    identifier: str | None
    key: Secret | None
    store: Path | None = None

    def require_identifier(self) -> str:
        """The dandiset's identifier, for a verb that needs one. UserError where there is none yet."""
        if self.identifier is None:
            raise UserError(no_dandiset(self.instance.name), fix=CREATE_OR_NAME)
        return self.identifier


CREATE_OR_NAME = "run `dandifile apply --create`, or write an existing `identifier` into the spec"


def no_dandiset(archive: str) -> str:
    return f"there is no dandiset yet on {archive} for this spec"


@dataclass(frozen=True)
class Planned:
    """A plan, and what it was made from."""

    plan: Plan
    local: Local
    observed: Mapping[str, Any]  # by kind

    def permitting_creation(self) -> Planned:
        return replace(self, plan=replace(self.plan, allow=(*self.plan.allow, "create")))


@dataclass(frozen=True)
class Session:
    """Made by `open_session`. `spec` is the desired state: the declared spec with its lock."""

    source: SpecAndLock
    spec: Spec
    access: Access
    cache: Cache
    lookups: MemoryLookups
    engine: Engine
    limit: TimeLimit  # of one step of the survey
    jobs: int
    writing: bool  # whether it may apply

    @property
    def instance(self) -> Instance:
        return self.access.instance

    @property
    def identifier(self) -> str | None:
        """The dandiset's on the archive; None while there is none."""
        return self.access.identifier

    @property
    def state(self) -> Path:
        """The folder for caches and records: can be deleted at any time."""
        return self.spec.root / ".dandifile"

    @property
    def reader(self) -> Reader:
        """A new one each time: it remembers what it was answered."""
        return Reader(self.instance, self.identifier, self.access.key, self.cache)

    def observe(self) -> tuple[dict[str, Any], Target]:
        """What the archive has, by kind, and which dandiset this is. UserError for another archive."""
        reader = self.reader
        reader.check_instance()
        refuse_licenses(self.source, self.spec, reader.info())
        if self.identifier is None:
            refuse_embargo(self.source, self.spec)
        with ThreadPoolExecutor(len(KINDS) + 1) as pool:
            seen = {name: pool.submit(kind.observe, reader) for name, kind in KINDS.items()}
            target = pool.submit(self._target, reader)
            return {name: future.result() for name, future in seen.items()}, target.result()

    def _observe_at_rest(self) -> tuple[dict[str, Any], Target]:
        """As `observe`. A session that writes first waits for the end of a release that is under way.

        The archive takes no change until then. Where the spec asks for an embargo it is not waited for: the
        plan says why nothing can be done.
        """
        observed, target = self.observe()
        releasing = target.embargo_status == RELEASING
        if not (self.writing and releasing) or embargo.desired(self.spec, Local()).key:
            return observed, target
        wait_until_open(self.reader)
        return self.observe()

    def survey(
        self, observed: Mapping[str, Any], options: Options = UNBOUNDED, notify: Notify = ignore_step
    ) -> Local:
        """What is on this machine: names for it all; extraction and validation for what the draft lacks."""
        draft = observed[assets.NAME].assets
        known: dict[str, list[str]] = defaultdict(list)
        for asset in draft.values():
            known[asset.digest].append(asset.path)
        record = self._record()
        with survey_runner(tasks, self.cache, self.jobs, notify, self.engine, self.limit) as run:
            local = survey(
                self.spec,
                run,
                known={digest: tuple(sorted(paths)) for digest, paths in known.items()},
                record=record,
                listed=load(manifest_file(self.spec.file)),
                rename=options.rename,
                refresh=options.refresh_metadata,
            )
        local = replace(local, record=record)
        if not self.spec.regions.from_nwb:
            return local
        return locate_regions(self.source, self.spec, self.lookups, local, draft)

    def plan(self, options: Options = UNBOUNDED, notify: Notify = ignore_step) -> Planned:
        """Looks at the archive and at the data, and says what differs. Writes nothing but its cache."""
        observed, target = self._observe_at_rest()
        local = self.survey(observed, options, notify)
        plan = make_plan(KINDS, Situation(self.spec, local, observed, target), options)
        return self._checked(plan, local, observed)

    def resume(self, saved: Plan, notify: Notify = ignore_step) -> Planned:
        """What is left to do of a plan that was made earlier, perhaps elsewhere: nothing but what it says.

        BlockedError where the spec, its lock, a file or the archive has changed since.
        """
        refuse_other_spec(saved, self.spec)
        observed, target = self._observe_at_rest()
        refuse_other_target(saved.target, target)
        refuse_new_reasons(self.spec, observed, saved)
        local = self.survey(observed, UNBOUNDED, notify)
        rest = review(KINDS, replace(without_user(saved), target=target), observed)
        refuse_changed_files(rest.changes, local)
        return self._checked(rest, local, observed)

    def refuse_unready(self, plan: Plan) -> None:
        """BlockedError for a plan that must not be applied yet: a fact is not in the lock, or `create` lacks.

        What is written rests on facts that a person has reviewed and that are the same everywhere.
        """
        if unpinned := plan.unpinned or self.spec.unpinned:
            raise BlockedError(f"not in the lock: {', '.join(unpinned)}", fix=REMEDY)
        creates = any(change.permit == "create" for change in plan.changes)
        if creates and "create" not in plan.allow and not plan.is_stopped:  # first mend what stops it
            raise BlockedError(no_dandiset(plan.target.instance), fix=CREATE_OR_NAME)

    def apply(
        self,
        planned: Planned,
        *,
        allow: Collection[str] = (),
        create: bool = False,
        notify: Notify = ignore_step,
        sent: Callable[[int], None] = ignore_bytes,
    ) -> ApplyResult:
        """Does what the plan says, checks that the draft is so, and notes what was made of which file.

        `allow` and `create` repeat the permission for what cannot be undone. BlockedError, and nothing
        is written, where one is missing or something stops the plan as a whole.
        """
        planned = planned.permitting_creation() if create else planned
        self.refuse_unready(planned.plan)
        _refuse_stopped(planned.plan)
        _refuse_unpermitted(planned.plan, allow)
        if not planned.plan.steps:
            return self.note_unchanged(planned)
        return apply_steps(self, planned, notify, sent)

    def note_unchanged(self, planned: Planned) -> ApplyResult:
        """Notes what is here, so that a later rename is recognised; writes nothing to the archive."""
        return note_unchanged(self, planned)

    def remember(self, identifier: str) -> None:
        """Notes which dandiset is this spec's: with the embedded archive, or else in the lock."""
        if self.access.store is not None:
            local_identifiers.remember_identifier(
                self.access.store, local_identifiers.place_of(self.spec), identifier
            )
        else:
            lock = lock_file(self.spec.file)
            add_identifier(lock, self.spec.environment, self.instance.api_url, identifier)

    def _checked(self, plan: Plan, local: Local, observed: Mapping[str, Any]) -> Planned:
        """The plan, stopped where this user cannot carry it out, and with what makes the draft Invalid."""
        if plan.changes:
            reader = self.reader
            made: JsonObject = next(
                (change.after for change in plan.changes if change.key.kind == CREATED), {}
            )
            name, terms = made.get("name", ""), Embargo.of(made.get("embargo"))
            blocks = write_blocks(reader, name, intent_file(self.state, self.instance, name), terms)
            blocks = (*publishing_blocks(reader), *blocks)
            notes = (*unchecked_notes(reader, name), *plan.notes)
            plan = replace(plan, blocked=(*blocks, *plan.blocked), notes=notes)
            plan = replace(plan, steps=steps_of(KINDS, plan)) if blocks else plan
        return Planned(replace(plan, forecast=forecast(plan, self.spec, observed)), local, observed)

    def _target(self, reader: Reader) -> Target:
        target = Target(
            self.instance.name,
            self.instance.api_url,
            self.instance.web_url,
            self.identifier,
            user=reader.me(),
            archive=self.instance.home,
        )
        if self.identifier is None:
            return replace(target, title=self.spec.fields.get("name") or "")
        detail, draft = reader.dandiset(), reader.draft()
        published = detail.get("most_recent_published_version") or {}
        return replace(
            target,
            title=draft["name"],
            published=published.get("version"),
            embargo_status=reader.embargo().status,
            embargo_until=reader.embargo().until,
            status=draft["status"],
        )

    def _record(self) -> Record:
        if self.identifier is None:
            return Record()
        return load_record(self.state, self.instance.home, self.identifier)


def _refuse_stopped(plan: Plan) -> None:
    if plan.is_stopped:
        blocks = [block for block in plan.blocked if block.key is None]
        reasons = "; ".join(block.reason for block in blocks)
        raise BlockedError(f"the plan is blocked: {reasons}", fix=blocks[0].fix)


def _refuse_unpermitted(plan: Plan, allow: Collection[str]) -> None:
    """Both must permit it: the plan that was reviewed, and the call that applies it."""
    held = {change.permit for change in plan.held} & {*allow}
    if held:
        raise BlockedError(
            f"the plan was made without allow={sorted(held)}, so it does nothing that needs it",
            fix="make the plan again with it, look at it, and apply that",
        )
    missing = {change.permit for change in plan.due} - {"", "create", *allow}
    if missing:
        raise BlockedError(
            f"the plan has changes that cannot be undone, and apply was not given allow={sorted(missing)}",
            fix="give it to apply as well, if that is what you want",
        )
