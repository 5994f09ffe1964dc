"""`dandifile import --update`: what was changed on the archive, taken over into the spec that is there."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from dandifile.errors import Exit, UserError
from dandifile.session.opening import open_session
from dandifile.session.update import SpecUpdate, UpdateRequest, find_update, write_update
from dandifile.terminal.screen import Flags, can_ask, is_confirmed, print_json, show


@dataclass(frozen=True)
class Updating:
    """The flags of `--update`, which mean nothing without it."""

    fields: tuple[str, ...] = ()
    overwrite: tuple[str, ...] = ()
    every: bool = False
    check: bool = False
    yes: bool = False

    def refuse_alone(self, environment: str, *, fix: bool) -> None:
        """UserError for one of them without `--update`; `--yes` is also for `--fix`."""
        given = {
            "--field": self.fields,
            "--all-fields": self.every,
            "--overwrite-spec": self.overwrite,
            "--check": self.check,
            "--yes": self.yes and not fix,
            "--environment": environment,
        }
        if alone := next((flag for flag, value in given.items() if value), ""):
            raise UserError(f"{alone} is only for --update", fix=f"add --update, or leave {alone} out")

    @staticmethod
    def refuse_fix(*, fix: bool) -> None:
        """UserError for `--fix`, which is about a spec that an import writes."""
        if fix:
            what = "--fix and --update cannot be combined"
            raise UserError(what, fix="import into another file, with -f FILE and --fix, to see repairs")


def import_update(flags: Flags, asked: Updating, named: str) -> int:
    """Shows the diff of the file, asks, and writes.

    Blocked where a field was changed on both sides, or the spec cannot say it; the others are taken over.
    """
    if named:
        raise UserError(
            f"--update works on the dandiset of the spec, so {named} cannot be named next to it",
            fix="leave it out, or leave --update out to write a new spec",
        )
    yes, check = asked.yes, asked.check
    if not (yes or check or can_ask()):
        raise UserError(
            "import --update changes the spec and asks first, but there is no terminal to ask on",
            fix="pass --yes, or --check to see what it would change",
        )
    with open_session(flags) as session:
        update = find_update(session, UpdateRequest(asked.fields, asked.every, asked.overwrite))
        is_changed = update.before != update.after
        _show(update, f"{session.instance.name} {session.identifier} draft", flags, asked)
        if is_changed and not check:
            if not (yes or is_confirmed(f"Write {update.file.name}?")):
                sys.stderr.write("nothing was written\n")
                return Exit.INTERRUPTED
            write_update(session, update)
            if flags.format == "text":
                sys.stdout.write(f"{update.file.name} written: look at it with `git diff`, then commit it\n")
    if update.conflicts or update.stuck:
        return Exit.BLOCKED
    return Exit.CHANGES if check and is_changed else Exit.DONE


def _show(update: SpecUpdate, archive: str, flags: Flags, asked: Updating) -> None:
    from dandifile.report.update_view import UpdateReport, update_json, update_text

    name = update.file.name
    report = UpdateReport(
        file=name,
        archive=archive,
        before=update.before,
        after=update.after,
        taken=update.taken,
        unsure=update.unsure,
        left=update.left,
        conflicts=update.conflicts,
        stuck=tuple((each.field, each.why) for each in update.stuck),
        overwritten=update.overwritten,
        is_check=asked.check,
        lost=tuple((f"{name}:{comment.line + 1}", comment.text) for comment in update.lost),
    )
    if flags.format == "json":
        written = update.before != update.after and not asked.check
        print_json(update_json(report) | {"written": written})
    else:
        show(flags, update_text, report)
    sys.stdout.flush()
