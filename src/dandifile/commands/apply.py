"""`dandifile apply`: plan, ask, do, look again."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from dandifile import workspace as at
from dandifile.commands.common import Flags, opened
from dandifile.commands.showing import print_json, show_plan, show_results, watching
from dandifile.errors import BlockedError, Exit, UserError
from dandifile.model import Plan, Result, Status
from dandifile.plan.kind import Options
from dandifile.plan.planfile import read, to_json
from dandifile.workspace import Planned, Workspace


def apply(flags: Flags, options: Options, planfile: Path | None, *, yes: bool, create: bool) -> int:
    """A saved plan brings its own options; what it says is done, or nothing is."""
    if not (yes or _can_ask()):
        raise UserError("apply changes the archive, and nobody can be asked here", fix="pass --yes")
    saved = read(planfile) if planfile else None
    with opened(flags, writing=True) as workspace:
        with watching(flags) as (notify, _):
            planned = at.resume(workspace, saved, notify) if saved else at.plan(workspace, options, notify)
        if flags.format == "text":
            show_plan(planned.plan, flags, len(workspace.spec.fields))
        results = _decide(workspace, planned, flags, yes=yes, create=create)
        if flags.format == "json":
            from dandifile.report.jsonform import results_json

            print_json({"plan": to_json(planned.plan), "results": results_json(results)})
        return _exit_code(planned.plan, results)


def _decide(workspace: Workspace, planned: Planned, flags: Flags, *, yes: bool, create: bool) -> list[Result]:
    """Does the plan unless something forbids it; with nothing to do, only notes what is here."""
    plan = planned.plan
    if plan.stopped:
        return []
    if not create and any(change.permit == "create" for change in plan.changes):
        raise BlockedError(
            f"there is no dandiset yet on {plan.target.instance} for this spec",
            fix="apply --create makes it, or put `identifier:` of one that exists into the spec",
        )
    if not plan.steps:
        at.note(workspace, planned, planned.observed)
        return []
    if not yes and not _confirmed():
        raise KeyboardInterrupt
    started = time.monotonic()
    with watching(flags, len(plan.steps), plan.bytes_to_send) as (notify, sent):
        results = at.carry_out(workspace, planned, notify, sent)
    if flags.format == "text":
        show_results(plan, results, time.monotonic() - started, flags)
    return results


def _exit_code(plan: Plan, results: Sequence[Result]) -> Exit:
    """A failed step before a block: run again first, then see what is blocked."""
    if any(result.status in (Status.FAILED, Status.SKIPPED) for result in results):
        return Exit.FAILED
    return Exit.BLOCKED if plan.blocked or plan.held else Exit.DONE


def _can_ask() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _confirmed() -> bool:
    sys.stderr.write("Apply this plan? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
