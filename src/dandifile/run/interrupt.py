"""Two interruptions: after the first what is running is finished, the second ends the process at once.

That loses nothing: whatever runs here may be killed at any instant, and a rerun goes on.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from dandifile.errors import Exit
from dandifile.run.child import kill_all

_SHOW_CURSOR = "\x1b[?25h"  # a progress bar may have hidden it


@contextmanager
def last_steps() -> Iterator[None]:
    """While the main thread waits, after a first interruption, for what is running."""
    before = signal.signal(signal.SIGINT, _stop)
    sys.stderr.write("interrupted: what is running is finished first; Ctrl-C again stops at once\n")
    sys.stderr.flush()
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    kill_all()
    cursor = _SHOW_CURSOR if os.isatty(2) else ""
    os.write(2, f"{cursor}stopped; run the same command again to go on\n".encode())
    os._exit(Exit.INTERRUPTED)
