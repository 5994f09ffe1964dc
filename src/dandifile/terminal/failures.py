"""How a command says that it could not do its work, and what goes to stderr or the log file meanwhile."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dandifile.errors import Exit, UserError

_OF_A_NAME = (errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR)
"""What the system has against a name, and not against what is done."""

_LONG = 200  # characters of a name that are shown


def report_error(error: UserError, *, no_color: bool = False) -> int:
    """An expected error: what, where, what to do next."""
    from dandifile.report.console import error_text, show, stderr, width

    console = stderr(no_color=no_color)
    show(console, error_text(error, width=width(console)))
    return error.exit_code


def report_other_error(error: Exception) -> int:
    """Any other error: of the command line, of the system, or a bug."""
    if isinstance(error, OSError):
        return _report_system(error)
    return _report_usage(error) if hasattr(error, "format_message") else _report_bug(error)


def _report_usage(error: Any) -> int:
    """A command line that makes no sense: typer's own words, and our exit code for bad input."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":  # no command at all: the message is the help
        sys.stderr.write(f"{error.format_message()}\n")
    else:
        sys.stderr.write(f"error: {error.format_message()}\n")
        if context is not None:
            sys.stderr.write(f"hint: {context.command_path} --help\n")
    return Exit.INPUT


def _report_system(error: OSError) -> int:
    """What the system refuses: no space, no permission, a folder in place of a file, a closed pipe."""
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is still to be written
        return Exit.UNREAD
    if error.errno in _OF_A_NAME and error.filename is not None:
        sys.stderr.write(
            f"error: {str(error.filename)[:_LONG]} cannot be used: {error.strerror}\nhint: check the name\n"
        )
        return Exit.INPUT
    log = _log_traceback(error)
    sys.stderr.write(f"error: the system says: {error.strerror or error}\n")
    if error.filename is not None:
        sys.stderr.write(f"  at: {error.filename}\n")
    sys.stderr.write(
        f"hint: check the disk space and your permissions, then run again; the details are in {log}\n"
    )
    return Exit.FAILED


def _report_bug(error: Exception) -> int:
    """Anything else is our fault: one line for the user, the traceback for the developer."""
    log = _log_traceback(error)
    sys.stderr.write(
        f"error: internal error: {type(error).__name__}: {error}\n"
        f"hint: this is a bug in dandifile; please report it with {log}\n"
    )
    return Exit.FAILED


def _log_traceback(error: Exception) -> Path:
    """Writes the traceback into the log, and gives the log's place."""
    log = log_file()
    with contextlib.suppress(OSError), log.open("a", encoding="utf-8") as stream:  # a full disk takes no log
        stream.write(f"\n{datetime.now(UTC).isoformat()} {' '.join(sys.argv)}\n")
        traceback.print_exception(error, file=stream)
    return log


# --- What the other packages log ----------------------------------------------------------------


SHOWN = ("dandifile.waits", "dandifile.session")
"""Loggers whose warnings are for the user: that an archive is waited for, that nothing can be cached."""


def start_logs() -> None:
    """Sends tracebacks of steps to the log file, and warnings for the user to stderr."""
    logging.basicConfig(handlers=[_LogFile()], level=logging.ERROR)
    for logger in map(logging.getLogger, SHOWN):
        if not any(isinstance(handler, _OnStderr) for handler in logger.handlers):
            logger.addHandler(_OnStderr())
            logger.setLevel(logging.WARNING)
            logger.propagate = False


class _OnStderr(logging.Handler):
    """Writes to what is stderr at the time: a progress bar replaces it with its own."""

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError, ValueError):  # its reader has ended
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()


class _LogFile(logging.Handler):
    """Makes the file when there is something to write."""

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError), log_file().open("a", encoding="utf-8") as stream:
            stream.write(f"{self.format(record)}\n")


def log_file() -> Path:
    """Where tracebacks go: one file in the user's log folder, else among the temporary files."""
    from platformdirs import user_log_path

    try:
        folder = user_log_path("dandifile", appauthor=False, ensure_exists=True)
    except OSError:  # a home that is not there, or read-only, as in many containers
        folder = Path(tempfile.gettempdir())
    return folder / "dandifile.log"
