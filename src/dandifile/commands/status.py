"""`dandifile status`: how the draft differs from the spec, and what the archive itself says about it."""

from __future__ import annotations

from dataclasses import replace

from dandifile.errors import Exit, UserError
from dandifile.kinds import assets, wordings
from dandifile.planning.planfile import to_json
from dandifile.session.draft_state import draft_state
from dandifile.session.opening import open_session
from dandifile.terminal.screen import Flags, print_json, show, show_progress, survey_json


def status(flags: Flags) -> int:
    """Reads only. Exit code 0: drift is what plan is for."""
    from dandifile.report.plan_view import plan_json
    from dandifile.report.status_view import status_json, status_text

    with open_session(flags) as session:
        if session.identifier is None:
            raise UserError(
                f"there is no dandiset yet on {session.instance.name} for this spec",
                fix="run `dandifile apply --create` to create it",
            )
        with show_progress(flags) as shown:
            planned = session.plan(notify=shown.notify)
        state = draft_state(session, planned)
        plan, paths = planned.plan, sorted(planned.observed[assets.NAME].assets)
        if flags.format == "json":
            verdict = {"draft": state.draft, **status_json(state.health, state.readiness)}
            print_json({**plan_json(plan, to_json(plan)), **verdict, **survey_json(shown.why)})
        else:
            if state.health.complaints:  # the archive itself says what is wrong already
                plan = replace(plan, forecast=tuple(one for one in plan.forecast if not one.before))
            how = {"wordings": wordings(), "verbose": flags.verbose, "fields": len(session.spec.fields)}
            show(flags, status_text, plan, state.readiness, paths, **how)
        return Exit.DONE
