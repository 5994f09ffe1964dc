"""`dandifile publish`: make a version of the draft that never changes and has a DOI."""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from dandifile.errors import Exit, UserError
from dandifile.reading.files import SPEC_LIMIT, read_text
from dandifile.session.opening import open_session
from dandifile.session.publish import (
    Outcome,
    Prospect,
    Terms,
    check_notes,
    look_ahead,
    publish as publish_prospect,
    recognise,
    refuse_unpermitted,
)
from dandifile.session.session import Session
from dandifile.terminal.screen import Flags, print_json, show, show_progress

AUTO = "auto"
"""What `--notes` takes for notes that are written from the difference with the last version."""


@dataclass(frozen=True)
class Asked:
    """The flags of `publish`. `notes` is a file's name, AUTO or ""."""

    terms: Terms
    notes: str = ""
    dry_run: bool = False
    yes: bool = False
    allow: Collection[str] = ()


def publish(flags: Flags, asked: Asked) -> int:
    """Looks, asks, publishes, verifies. Exit code 4, and nothing is written, where something prevents it."""
    typed = not asked.dry_run and _must_be_typed(asked)
    notes = _notes_of_file(asked.notes)
    with open_session(flags, writing=not asked.dry_run) as session:
        with show_progress(flags) as shown:
            found = look_ahead(session, asked.terms, shown.notify, waiting=not asked.dry_run)
        if found.is_done:
            return _report(flags, asked, found, "", recognise(session, found, note=not asked.dry_run))
        if not found.readiness.is_ready:
            return _report(flags, asked, found, notes)
        notes = _written_notes(session, found) if asked.notes == AUTO else notes
        if asked.dry_run:
            return _report(flags, asked, found, notes)
        if typed and not _is_typed(flags, found, notes, str(session.identifier)):
            sys.stderr.write("nothing was published\n")
            return Exit.INTERRUPTED
        with show_progress(flags) as shown:
            outcome = publish_prospect(session, found, notes, asked.terms, shown.notify)
        return _report(flags, asked, found, notes, outcome)
