"""`dandifile apply`: plan, ask, do, look again."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

from dandifile.errors import BlockedError, Exit, UserError
from dandifile.model import Plan
from dandifile.planning.kind import Options
from dandifile.planning.planfile import read, spec_of
from dandifile.session.apply_steps import ApplyResult
from dandifile.session.opening import open_session, read_spec
from dandifile.session.options import refuse_undeclared
from dandifile.session.session import Planned, Session
from dandifile.spec.load import UnknownEnvironmentError
from dandifile.terminal.screen import (
    Flags,
    can_ask,
    is_confirmed,
    print_applied,
    show_applied,
    show_plan,
    show_progress,
)


def apply(flags: Flags, options: Options, planfile: Path | None, *, yes: bool, create: bool) -> int:
    """A saved plan brings its own options; what it says is done, or nothing is."""
    if not (yes or can_ask()):
        raise UserError(
            "apply changes the archive and asks first, but there is no terminal to ask on", fix="pass --yes"
        )
    saved = _read_saved(planfile, options)
    if saved and planfile:
        flags = _flags_of_plan(flags, saved, planfile)
    with open_session(flags, writing=True) as session:
        refuse_undeclared(options, session.spec)
        with show_progress(flags) as shown:
            notify = shown.notify
            planned = session.resume(saved, notify) if saved else session.plan(options, notify)
        planned = planned.permitting_creation() if create else planned
        if flags.format == "text":
            show_plan(planned.plan, flags, len(session.spec.fields))
        session.refuse_unready(planned.plan)
        if planned.plan.steps and not yes and not is_confirmed("Apply this plan?"):
            sys.stderr.write("nothing was done\n")
            return Exit.INTERRUPTED
        started = time.monotonic()
        done = _carry_out(session, planned, flags)
        seconds = time.monotonic() - started
        if flags.format == "json":
            print_applied(planned.plan, done, seconds, shown.why)
        elif done.results:
            show_applied(planned.plan, done, seconds, flags)
        return _exit_code(planned.plan, done)


def _read_saved(planfile: Path | None, options: Options) -> Plan | None:
    if planfile is None:
        return None
    saved = read(planfile)
    if options != Options():
        raise UserError(
            "a saved plan is applied as it was saved: no flag can change it",
            fix=f"give these flags to `dandifile plan --out {planfile}`",
        )
    return saved


def _flags_of_plan(flags: Flags, saved: Plan, planfile: Path) -> Flags:
    """The flags with the spec and the environment that the plan was made from."""
    if flags.environment not in ("", saved.environment):
        made = f"for the environment {saved.environment}" if saved.environment else "without --environment"
        raise UserError(
            f"{planfile} was made {made}: --environment {flags.environment} cannot change that",
            fix=f"leave --environment out, or run `dandifile plan --environment {flags.environment} --out …`",
        )
    flags = replace(flags, file=flags.file or spec_of(saved, planfile), environment=saved.environment)
    try:
        read_spec(flags)
    except UnknownEnvironmentError as error:
        what = (
            f"the plan is stale: it is for the environment {saved.environment}, which the spec no longer has"
        )
        raise BlockedError(what, where=error.where, fix="run plan again") from None
    return flags


def _carry_out(session: Session, planned: Planned, flags: Flags) -> ApplyResult:
    """Carries the plan out, if it has steps: a plan that is stopped as a whole has none."""
    plan = planned.plan
    if not plan.steps:
        return session.note_unchanged(planned)
    with show_progress(flags, len(plan.steps), plan.bytes_to_send) as shown:
        return session.apply(planned, allow=plan.allow, notify=shown.notify, sent=shown.sent)


def _exit_code(plan: Plan, done: ApplyResult) -> Exit:
    """A failed step before a block: run again first, then see what is blocked."""
    if done.failed:
        return Exit.FAILED
    if plan.is_denied:
        return Exit.INPUT
    return Exit.BLOCKED if plan.blocked or plan.held else Exit.DONE
