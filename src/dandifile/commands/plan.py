"""`dandifile plan`: what apply would do."""

from __future__ import annotations

from pathlib import Path

from dandifile import workspace as at
from dandifile.commands.common import Flags, opened, refuse_undeclared
from dandifile.commands.showing import print_json, show_plan, watching
from dandifile.errors import Exit
from dandifile.model import Plan
from dandifile.planning.kind import Options
from dandifile.planning.planfile import refuse_overwriting, to_json, write


def plan(flags: Flags, options: Options, out: Path | None, *, detailed_exitcode: bool) -> int:
    if out is not None:
        refuse_overwriting(out)
    with opened(flags, writing=False) as workspace:
        refuse_undeclared(options, workspace.spec)
        with watching(flags) as (notify, _):
            found = at.plan(workspace, options, notify).plan
        if out is not None:
            write(found, out, workspace.spec.file)
        if flags.format == "json":
            from dandifile.report.plan_view import plan_json

            print_json(plan_json(found, to_json(found)))
        else:
            show_plan(found, flags, len(workspace.spec.fields))
        return _exit_code(found, detailed=detailed_exitcode)


def _exit_code(plan: Plan, *, detailed: bool) -> Exit:
    if plan.blocked:
        return Exit.INPUT if plan.is_denied else Exit.BLOCKED
    return Exit.CHANGES if detailed and plan.changes else Exit.DONE
