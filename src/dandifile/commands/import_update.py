"""`dandifile import --update`: what was changed on the archive, taken over into the spec that is there."""

from __future__ import annotations

import sys

from dandifile.errors import BlockedError, Exit, UserError
from dandifile.reading.files import SPEC_LIMIT, read_text
from dandifile.session.opening import open_session
from dandifile.session.update import Asked, SpecUpdate, find_update
from dandifile.terminal.screen import Flags, can_ask, is_confirmed, print_json, quote_for_shell, show
from dandifile.writing import replace_content


def import_update(flags: Flags, asked: Asked, *, yes: bool, check: bool) -> int:
    """Shows the diff of the file, asks, and writes. `check`: writes nothing, and says whether it would.

    Blocked where a field was changed on both sides, or the spec cannot say it; the others are taken over.
    """
    if not (yes or check or can_ask()):
        raise UserError(
            "import --update changes the spec and asks first, but there is no terminal to ask on",
            fix="pass --yes, or --check to see what it would change",
        )
    with open_session(flags) as session:
        update = find_update(session, asked)
        archive = f"{session.instance.name} {session.identifier} draft"
    is_changed = update.before != update.after
    asks = is_changed and not (yes or check)
    _show(update, archive, flags, writes=is_changed and not check)
    if asks and not is_confirmed(f"Write {update.file.name}?"):
        sys.stderr.write("nothing was written\n")
        return Exit.INTERRUPTED
    if is_changed and not check:
        _write(update)
        if flags.format == "text":
            sys.stdout.write(f"{update.file.name} written; look at it with `git diff` and commit it\n")
    if update.conflicts or update.stuck:
        return Exit.BLOCKED
    return Exit.CHANGES if check and is_changed else Exit.DONE


def _write(update: SpecUpdate) -> None:
    if read_text(update.file, "the spec", SPEC_LIMIT) != update.before:
        raise BlockedError(
            f"{update.file.name} was changed meanwhile, and nothing was written", fix="run it again"
        )
    try:
        replace_content(update.file, update.content)
    except OSError as error:
        raise UserError(
            f"the spec cannot be written: {error.strerror}",
            where=str(update.file),
            fix=f"make {quote_for_shell(update.file)} and its folder writable",
        ) from error


def _show(update: SpecUpdate, archive: str, flags: Flags, *, writes: bool) -> None:
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
        lost=tuple((f"{name}:{comment.line + 1}", comment.text) for comment in update.lost),
    )
    if flags.format == "json":
        print_json(update_json(report) | {"written": writes})
    else:
        show(flags, update_text, report)
    sys.stdout.flush()
