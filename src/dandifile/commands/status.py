"""`dandifile status`: how the draft differs from the spec, and what the archive itself says about it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from dandifile.errors import Exit, UnfinishedError
from dandifile.kinds import assets, wordings
from dandifile.model import Overview
from dandifile.planning.planfile import to_json
from dandifile.session.draft_state import DraftState, draft_state
from dandifile.session.opening import open_session
from dandifile.session.overview import overview
from dandifile.session.session import Planned, Session
from dandifile.session.watching import LONGER, still_busy, watch
from dandifile.terminal.redraw import redrawing
from dandifile.terminal.screen import Flags, print_json, show, show_progress, survey_json
from dandifile.words import duration

if TYPE_CHECKING:
    from rich.text import Text

    from dandifile.report.reasons_view import Tally


def status(flags: Flags, minutes: float | None = None) -> int:
    """Reads only. Exit code 0: drift is what plan is for.

    With `minutes`, waits so long at most until the archive has ended its own work on the draft. Then the exit
    code is that of its verdict: 4 where it found a fault, 1 where it has not ended.
    """
    with open_session(flags) as session:
        identifier = session.access.require_identifier()
        found = _look(session, flags)
        left = ""
        if minutes is not None:
            left, waited = _wait(session, flags, found, minutes)
            found = _look(session, flags) if waited else found
        _show(found, flags, len(session.spec.fields))
        if left:
            raise UnfinishedError(
                still_busy(minutes or 0, left),
                where=session.instance.page(identifier),
                fix=LONGER,
            )
        return Exit.BLOCKED if minutes is not None and found.state.health.complaints else Exit.DONE


@dataclass(frozen=True)
class Found:
    """All that status shows."""

    planned: Planned
    state: DraftState
    around: Overview
    why: Tally

    @property
    def paths(self) -> list[str]:
        return sorted(self.planned.observed[assets.NAME].assets)


def _look(session: Session, flags: Flags) -> Found:
    with show_progress(flags) as shown:
        planned = session.plan(notify=shown.notify)
    return Found(planned, draft_state(session, planned), overview(session, planned), shown.why)


def _show(found: Found, flags: Flags, fields: int) -> None:
    from dandifile.report.plan_view import plan_json
    from dandifile.report.status_view import status_json

    plan, state = found.planned.plan, found.state
    if flags.format != "json":
        show(flags, _text(found, flags, fields))
        return
    about = status_json(state.health, state.readiness, found.around, plan.target, found.paths)
    print_json({**plan_json(plan, to_json(plan)), "draft": state.draft, **about, **survey_json(found.why)})


def _text(found: Found, flags: Flags, fields: int) -> Callable[..., Text]:
    """The whole status as a function of the width."""
    from dandifile.report.status_view import status_text

    plan, state = found.planned.plan, found.state
    if state.health.complaints:  # the archive itself says what is wrong already
        plan = replace(plan, forecast=tuple(one for one in plan.forecast if not one.before))

    return partial(
        status_text,
        plan,
        state.readiness,
        found.around,
        found.paths,
        wordings=wordings(),
        verbose=flags.verbose,
        fields=fields,
    )


def _wait(session: Session, flags: Flags, found: Found, minutes: float) -> tuple[str, bool]:
    """What the archive is still doing at the end, and whether it has done anything since `found`.

    On a terminal the whole status is drawn again at each look; elsewhere a line on stderr says what is new.
    """
    waited, said = any(blocker.passes for blocker in found.state.readiness.blockers), ""
    with redrawing(flags) as draw:

        def say(left: str, spent: float) -> None:
            nonlocal waited, said
            if not left:
                return
            waited = True
            if draw is not None:
                now = replace(found, state=draft_state(session, found.planned)) if spent else found
                line = f"The archive {left} (for {duration(spent)}). Ctrl-C stops watching."
                draw(_text(now, flags, len(session.spec.fields)), line)
            elif left != said:
                since = f" (after {duration(spent)})" if spent else ""
                sys.stderr.write(f"the archive {left}{since}\n")
                sys.stderr.flush()
            said = left

        return watch(session, minutes, say), waited
