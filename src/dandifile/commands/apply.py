"""`dandifile apply`: plan, ask, do, look again."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dandifile import workspace as at
from dandifile.commands.common import Flags, bound, opened, refuse_undeclared
from dandifile.commands.showing import print_outcome, show_outcome, show_plan, watching
from dandifile.desired.spec_and_lock import REMEDY
from dandifile.errors import BlockedError, Exit, UserError
from dandifile.model import Plan, Result, Status
from dandifile.planning.kind import Options
from dandifile.planning.planfile import read, spec_of
from dandifile.spec.load import UnknownEnvironmentError
from dandifile.workspace import Outcome, Planned, Workspace


def apply(flags: Flags, options: Options, planfile: Path | None, *, yes: bool, create: bool) -> int:
    """A saved plan brings its own options; what it says is done, or nothing is."""
    if not (yes or _can_ask()):
        raise UserError(
            "apply changes the archive and asks first, but there is no terminal to ask on", fix="pass --yes"
        )
    saved = read(planfile) if planfile else None
    if saved and options != Options():
        raise UserError(
            "a saved plan is applied as it was saved: no flag can change it",
            fix=f"give these flags to `dandifile plan --out {planfile}`",
        )
    if saved and planfile:
        flags = _as_planned(flags, saved, planfile)
    with opened(flags, writing=True) as workspace:
        refuse_undeclared(options, workspace.spec)
        with watching(flags) as (notify, _):
            planned = at.resume(workspace, saved, notify) if saved else at.plan(workspace, options, notify)
        plan = replace(planned.plan, allow=(*planned.plan.allow, *(["create"] if create else [])))
        if flags.format == "text":
            show_plan(plan, flags, len(workspace.spec.fields))
        _refuse_unpinned(plan.unpinned or workspace.spec.unpinned)
        if not plan.is_stopped:
            _refuse_creation(plan)
        if plan.steps and not yes and not _confirmed():
            sys.stderr.write("nothing was done\n")
            return Exit.INTERRUPTED
        started = time.monotonic()
        done = _do(workspace, replace(planned, plan=plan), flags)
        seconds = time.monotonic() - started
        if flags.format == "json":
            print_outcome(plan, done, seconds)
        elif done.results:
            show_outcome(plan, done, seconds, flags)
        return _exit_code(plan, done.results)


def _as_planned(flags: Flags, saved: Plan, planfile: Path) -> Flags:
    """The flags with the spec and the environment that the plan was made from."""
    if flags.environment not in ("", saved.environment):
        made = f"for the environment {saved.environment}" if saved.environment else "without --environment"
        raise UserError(
            f"{planfile} was made {made}: --environment {flags.environment} cannot change that",
            fix=f"leave --environment out, or run `dandifile plan --environment {flags.environment} --out …`",
        )
    flags = replace(flags, file=flags.file or spec_of(saved, planfile), environment=saved.environment)
    try:
        bound(flags)
    except UnknownEnvironmentError as error:
        what = (
            f"the plan is stale: it is for the environment {saved.environment}, which the spec no longer has"
        )
        raise BlockedError(what, where=error.where, fix="run plan again") from None
    return flags


def _do(workspace: Workspace, planned: Planned, flags: Flags) -> Outcome:
    """Carries the plan out, if it has steps: a plan that is stopped as a whole has none."""
    plan = planned.plan
    if not plan.steps:
        return at.nothing_to_do(workspace, planned)
    with watching(flags, len(plan.steps), plan.bytes_to_send) as (notify, sent):
        return at.carry_out(workspace, planned, notify, sent)


def _refuse_unpinned(unpinned: Sequence[str]) -> None:
    """What is written rests on facts that somebody has reviewed and that are the same everywhere."""
    if unpinned:
        raise BlockedError(f"not in the lock: {', '.join(unpinned)}", fix=REMEDY)


def _refuse_creation(plan: Plan) -> None:
    """Says which flag is missing, unless something else has to be mended first."""
    if plan.is_stopped:
        return
    if "create" not in plan.allow and any(change.permit == "create" for change in plan.changes):
        raise BlockedError(
            f"there is no dandiset yet on {plan.target.instance} for this spec",
            fix="apply --create makes it, or put `identifier:` of one that exists into the spec",
        )


def _exit_code(plan: Plan, results: Sequence[Result]) -> Exit:
    """A failed step before a block: run again first, then see what is blocked."""
    if any(result.status in (Status.FAILED, Status.SKIPPED) for result in results):
        return Exit.FAILED
    if plan.is_denied:
        return Exit.INPUT
    return Exit.BLOCKED if plan.blocked or plan.held else Exit.DONE


def _can_ask() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _confirmed() -> bool:
    sys.stderr.write("Apply this plan? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
