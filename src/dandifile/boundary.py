"""Where a command line begins and ends: its exit code, and every expected error in words.

Nothing else is imported before the boundary is up, so that an interrupt while the command line loads is one
like any other.
"""

from __future__ import annotations

import os
import sys

from dandifile import interrupt


def main() -> None:
    """Runs one command and exits with its code; says what is wrong where something is."""
    # Child processes, our pools' among them, must not take modules from the current folder: a lab's own
    # `secrets.py` or `random.py` would be run in place of Python's.
    os.environ["PYTHONSAFEPATH"] = "1"
    interrupt.catch_interrupts()
    code = run(sys.argv[1:])
    try:
        if sys.stdout:
            sys.stdout.flush()  # what is not written by now would fail where it is not handled
    except OSError as error:
        from dandifile.terminal.failures import report_other_error

        code = report_other_error(error)
    if code == interrupt.CODE:  # not waiting for threads, where a second Ctrl-C would be a traceback
        interrupt.end_process(code)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """The exit code of one command line. Every expected error ends here, in words."""
    try:
        return _run_command(arguments)
    except KeyboardInterrupt:
        return _report_interrupt()


def _run_command(arguments: list[str]) -> int:
    import typer

    from dandifile.cli import app
    from dandifile.errors import Exit, UserError
    from dandifile.flags import with_refresh_word

    try:
        code = app(with_refresh_word(arguments), standalone_mode=False, obj=run) or Exit.DONE
        # A bare 130 is what typer makes of a Ctrl-C; a command's own is an Exit, and has been explained.
        return _report_interrupt() if code == Exit.INTERRUPTED and not isinstance(code, Exit) else int(code)
    except UserError as error:
        from dandifile.terminal.failures import report_error

        return report_error(error, no_color="--no-color" in arguments)
    except typer.Exit as ended:
        return ended.exit_code
    except SystemExit as ended:
        if ended.code != 1:  # a signal's
            raise
        return Exit.UNREAD  # typer ends so where the output is no longer read
    except typer.Abort:
        return _report_interrupt()
    except Exception as error:  # noqa: BLE001 - the last boundary
        from dandifile.terminal.failures import report_other_error

        return report_other_error(error)


def _report_interrupt() -> int:
    from dandifile.errors import Exit

    sys.stderr.write("interrupted; run the same command again to go on\n")
    return Exit.INTERRUPTED
