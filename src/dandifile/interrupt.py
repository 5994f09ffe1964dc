"""Ctrl-C: after the first one running steps finish, a second one ends the process at once.

Nothing is lost: any of our processes may be killed at any moment, and a rerun continues. This module imports
nothing of dandifile, as it must work while the rest is still loading.
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


def call_before_end(function: Callable[[], object]) -> None:
    """Registers `function` for an end at once, when Python's `atexit` does not run."""
    _before_end.append(function)


def catch_interrupts() -> None:
    """Makes the first Ctrl-C a KeyboardInterrupt, wherever the process is. The second one ends it."""
    signal.signal(signal.SIGINT, _on_first)
    shown = sys.unraisablehook

    def again(lost: sys.UnraisableHookArgs) -> None:
        """Interrupts again: Python drops what is raised in its own callbacks, for example in imports."""
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            shown(lost)
            return
        signal.signal(signal.SIGINT, _on_first)
        soon = threading.Timer(_SOON, _interrupt_main)  # raised here, it would be dropped again
        soon.daemon = True
        soon.start()

    sys.unraisablehook = again


def _interrupt_main() -> None:
    """Acts as a Ctrl-C: a real signal, where the system has one, also ends a system call."""
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


@contextmanager
def finish_steps() -> Iterator[None]:
    """For the time in which the main thread waits for running steps, after a first Ctrl-C."""
    if signal.getsignal(signal.SIGINT) is not _on_second:  # `catch` was not called: not the command line
        yield
        return
    before = signal.signal(signal.SIGINT, _on_second)
    sys.stderr.write("interrupted: running steps finish first; Ctrl-C again stops at once\n")
    sys.stderr.flush()
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def end_process(code: int) -> NoReturn:
    """Ends the process without waiting for its threads and child processes."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    _end(code)


def _on_first(_number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGINT, _on_second)
    raise KeyboardInterrupt


def _on_second(_number: int, _frame: FrameType | None) -> NoReturn:
    cursor = _SHOW_CURSOR if os.isatty(2) else ""
    with suppress(OSError):  # the terminal is gone
        os.write(2, f"{cursor}stopped; run the same command again to go on\n".encode())
    _end(CODE)


def _end(code: int) -> NoReturn:
    for function in _before_end:
        with suppress(Exception):
            function()
    # Python's semaphore tracker outlives us, and would print a warning about semaphores that we leave.
    tracker = sys.modules.get("multiprocessing.resource_tracker")
    pid = getattr(getattr(tracker, "_resource_tracker", None), "_pid", None)
    if pid is not None:
        with suppress(OSError):
            os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    os._exit(code)
