"""How a command says that it could not do its work."""

from __future__ import annotations

import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dandifile.errors import Exit, UserError


def tell(error: UserError, *, no_color: bool = False) -> int:
    """An expected error: what, where, what to do next."""
    from dandifile.report.console import show, stderr, width
    from dandifile.report.errors import error_text

    console = stderr(no_color=no_color)
    show(console, error_text(error, width=width(console)))
    return error.exit_code


def tell_usage(error: Any) -> int:
    """A command line that makes no sense: typer's own words, and our exit code for bad input."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":  # no command at all: the message is the help
        sys.stderr.write(f"{error.format_message()}\n")
    else:
        sys.stderr.write(f"error: {error.format_message()}\n")
        if context is not None:
            sys.stderr.write(f"hint: {context.command_path} --help\n")
    return Exit.INPUT


def tell_bug(error: Exception) -> int:
    """Anything else is our fault: one line for the user, the traceback for whoever mends it."""
    log = log_file()
    with log.open("a", encoding="utf-8") as stream:
        stream.write(f"\n{datetime.now(UTC).isoformat()} {' '.join(sys.argv)}\n")
        traceback.print_exception(error, file=stream)
    sys.stderr.write(
        f"error: internal error: {type(error).__name__}: {error}\n"
        f"hint: this is a bug in dandifile; please report it with {log}\n"
    )
    return Exit.FAILED


def log_file() -> Path:
    """Where tracebacks go: the user's log folder, one file."""
    from platformdirs import user_log_path

    return user_log_path("dandifile", appauthor=False, ensure_exists=True) / "dandifile.log"
