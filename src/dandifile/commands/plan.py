"""`dandifile plan`: what apply would do."""

from __future__ import annotations

import sys
from pathlib import Path

from dandifile.errors import Exit
from dandifile.model import Plan
from dandifile.planning.kind import Options
from dandifile.planning.planfile import refuse_overwriting, to_json, write
from dandifile.session.opening import open_session
from dandifile.session.options import refuse_undeclared
from dandifile.terminal.screen import (
    Flags,
    print_json,
    quote_for_shell,
    show_plan,
    show_progress,
    survey_json,
)


def plan(flags: Flags, options: Options, out: Path | None, *, detailed_exitcode: bool) -> int:
    """Shows the plan, and saves it to `out`."""
    if out is not None:
        refuse_overwriting(out)
    with open_session(flags) as session:
        refuse_undeclared(options, session.spec)
        with show_progress(flags) as shown:
            found = session.plan(options, shown.notify).plan
        if out is not None:
            write(found, out, session.spec.file)
            sys.stderr.write(f"saved; to apply it: dandifile apply {quote_for_shell(out)}\n")
        if flags.format == "json":
            from dandifile.report.plan_view import plan_json

            print_json(plan_json(found, to_json(found)) | survey_json(shown.why))
        else:
            show_plan(found, flags, len(session.spec.fields))
        return _exit_code(found, detailed=detailed_exitcode)


def _exit_code(plan: Plan, *, detailed: bool) -> Exit:
    if plan.blocked:
        return Exit.INPUT if plan.is_denied else Exit.BLOCKED
    return Exit.CHANGES if detailed and plan.changes else Exit.DONE
