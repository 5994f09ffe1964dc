"""`dandifile publish`: make a version of the draft that never changes and has a DOI."""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from dandifile.errors import Exit, UserError
from dandifile.lookup.lock import lock_file
from dandifile.reading.files import SPEC_LIMIT, read_text
from dandifile.session import publish as publishing
from dandifile.session.opening import open_session
from dandifile.session.publish import Outcome, Prospect, Terms
from dandifile.session.session import Session
from dandifile.terminal.screen import Flags, print_json, show, show_progress

AUTO = "auto"
"""What `--notes` takes for notes that are written from the difference with the last version."""


@dataclass(frozen=True)
class PublishRequest:
    """The flags of `publish`. `notes` is a file's name, AUTO or ""."""

    terms: Terms
    notes: str = ""
    dry_run: bool = False
    yes: bool = False
    allow: Collection[str] = ()


def publish(flags: Flags, asked: PublishRequest) -> int:
    """Looks, asks, publishes, verifies. Exit code 4, and nothing is written, where something prevents it."""
    is_typed = not asked.dry_run and _must_be_typed(asked)
    notes = _notes_of_file(asked.notes)
    with open_session(flags, writing=not asked.dry_run) as session:
        with show_progress(flags) as shown:
            waiting = asked.terms.wait or not asked.dry_run
            found = publishing.look_ahead(session, asked.terms, shown.notify, waiting=waiting)
        if found.is_done:
            outcome = publishing.recognise(session, found, note=not asked.dry_run)
            return _report(flags, session, found, notes, outcome)
        if not found.readiness.is_ready:
            return _report(flags, session, found, notes)
        notes = _written_notes(session) if asked.notes == AUTO else notes
        if asked.dry_run:
            return _report(flags, session, found, notes)
        if is_typed and not _is_confirmed(flags, session, found, notes):
            sys.stderr.write("nothing was published\n")
            return Exit.INTERRUPTED
        with show_progress(flags) as shown:
            outcome = publishing.publish(session, found, notes, asked.terms, shown.notify)
        return _report(flags, session, found, notes, outcome)


def _must_be_typed(asked: PublishRequest) -> bool:
    """Whether the identifier is to be typed. An error where there is no terminal, and not both flags."""
    if asked.yes and (publishing.PERMIT in asked.allow or not _can_ask()):
        publishing.refuse_unpermitted(asked.allow)
        return False
    if not _can_ask():
        raise UserError(
            "publish cannot be undone and asks first, but there is no terminal to ask on",
            fix=f"pass --yes --allow {publishing.PERMIT}, or look first with --dry-run",
        )
    publishing.refuse_unpermitted({publishing.PERMIT, *asked.allow})  # any other word is a mistake
    return True


def _notes_of_file(named: str) -> str:
    """The release notes in a file: read before anything else, so that a wrong name costs no time."""
    if named in ("", AUTO):
        return ""
    text = read_text(Path(named), "the file of release notes", SPEC_LIMIT)
    if not text.strip():
        raise UserError(
            "the release notes are empty",
            where=named,
            fix="write what is new for readers, or leave --notes out",
        )
    return publishing.check_notes(text, named)


def _written_notes(session: Session) -> str:
    from dandifile.report.comparison_markdown import release_notes
    from dandifile.session.versions import changes_since_publication

    return release_notes(changes_since_publication(session.reader), publishing.LONGEST_NOTES)


def _report(
    flags: Flags, session: Session, found: Prospect, notes: str, outcome: Outcome | None = None
) -> Exit:
    """Shows what was found and what came of it, and gives the exit code."""
    from dandifile.report.publish_view import blocked_text, outcome_text, prospect_text, publish_json

    target, ready = found.plan.target, found.readiness
    lock = "" if session.access.store is not None else lock_file(session.spec.file).name
    publication = outcome.publication if outcome else None
    if flags.format == "json":
        document = publish_json(target, ready, notes, publication, lock=lock)
        document |= {"made": bool(outcome and outcome.made), "noted": bool(outcome and outcome.noted)}
        print_json(document)
    elif outcome is not None:
        how = {"made": outcome.made, "noted": outcome.noted}
        show(flags, outcome_text, target, outcome.publication, lock, **how)
    elif ready.is_ready:
        show(flags, prospect_text, target, found.draft, notes, ready.notes)
    else:
        show(flags, blocked_text, target, ready, verbose=flags.verbose)
    if outcome is not None or ready.is_ready:
        return Exit.DONE
    return Exit.INPUT if found.is_denied else Exit.BLOCKED


def _can_ask() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _is_confirmed(flags: Flags, session: Session, found: Prospect, notes: str) -> bool:
    """Shows what would be published, and asks for the dandiset's identifier."""
    from dandifile.report.publish_view import prospect_text

    if flags.format == "text":
        show(flags, prospect_text, found.plan.target, found.draft, notes, found.readiness.notes)
    sys.stderr.write(f"A version can never be changed or deleted. To publish, type {session.identifier}: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == session.identifier
