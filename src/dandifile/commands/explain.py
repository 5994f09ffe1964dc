"""`dandifile explain`: why something is planned, or is not."""

from __future__ import annotations

from dandifile.errors import Exit
from dandifile.session.explained import explain_subject
from dandifile.session.opening import open_session
from dandifile.terminal.screen import Flags, print_json, show, show_progress


def explain(flags: Flags, asked: str) -> int:
    """Reads only. Exit code 0, whatever the answer is."""
    from dandifile.report.explanation_view import explanations_json, explanations_text

    with open_session(flags) as session:
        with show_progress(flags) as shown:
            found = explain_subject(session, asked, shown.notify)
        if flags.format == "json":
            print_json(explanations_json(found))
        else:
            show(flags, explanations_text, found, verbose=flags.verbose)
    return Exit.DONE
