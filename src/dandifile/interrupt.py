"""Two interruptions: after the first what is running is finished, the second ends the process at once.

That loses nothing: whatever runs here may be killed at any instant, and a rerun goes on. Imports nothing of
dandifile, as it works while the rest still loads.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

CODE = 130  # the exit code of every interrupted command

_SHOW_CURSOR = "\x1b[?25h"  # a progress bar may have hidden it
_SOON = 0.05  # seconds
_before_end: list[Callable[[], object]] = []


def before_end(function: Callable[[], object]) -> None:
    """Has `function` called before the process ends at once: Python's `atexit` does not run then."""
    _before_end.append(function)


def catch() -> None:
    """Makes the first Ctrl-C a KeyboardInterrupt, wherever the process is, and the second one its end."""
    signal.signal(signal.SIGINT, _first)
    shown = sys.unraisablehook

    def again(lost: sys.UnraisableHookArgs) -> None:
        """Python drops what is raised in a callback of its own, as in imports, and prints a traceback."""
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            shown(lost)
            return
        signal.signal(signal.SIGINT, _first)
        soon = threading.Timer(_SOON, _interrupt_main)  # raised in here, it would be dropped again
        soon.daemon = True
        soon.start()

    sys.unraisablehook = again


def _interrupt_main() -> None:
    """As a Ctrl-C does: a real signal, where there is one, also ends a system call."""
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


@contextmanager
def last_steps() -> Iterator[None]:
    """While the main thread waits, after a first interruption, for what is running."""
    if signal.getsignal(signal.SIGINT) is not _second:  # `catch` was not called: this is no command line
        yield
        return
    before = signal.signal(signal.SIGINT, _second)
    sys.stderr.write("interrupted: what is running is finished first; Ctrl-C again stops at once\n")
    sys.stderr.flush()
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def end(code: int) -> NoReturn:
    """Ends the process without waiting for its threads and child processes."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    _end(code)


def _first(_number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGINT, _second)
    raise KeyboardInterrupt


def _second(_number: int, _frame: FrameType | None) -> NoReturn:
    cursor = _SHOW_CURSOR if os.isatty(2) else ""
    with suppress(OSError):  # the terminal is gone
        os.write(2, f"{cursor}stopped; run the same command again to go on\n".encode())
    _end(CODE)


def _end(code: int) -> NoReturn:
    for function in _before_end:
        with suppress(Exception):
            function()
    # Python's own tracker of semaphores outlives us, and would print a warning about those that we leave.
    tracker = sys.modules.get("multiprocessing.resource_tracker")
    pid = getattr(getattr(tracker, "_resource_tracker", None), "_pid", None)
    if pid is not None:
        with suppress(OSError):
            os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    os._exit(code)
