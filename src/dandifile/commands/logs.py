"""What the parts log: tracebacks go to a file, and that an archive is waited for goes to the user."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress

WAITS = "dandifile.waits"


def keep_log() -> None:
    """Tracebacks of steps go to the log file, which is made when there is something to write."""
    from dandifile.commands.failing import log_file

    logging.basicConfig(handlers=[logging.FileHandler(log_file(), delay=True)], level=logging.ERROR)


def show_waits() -> None:
    """What is waited for is said on stderr: an archive or a service that does not answer."""
    logger = logging.getLogger(WAITS)
    if not any(isinstance(handler, _OnStderr) for handler in logger.handlers):
        logger.addHandler(_OnStderr())
        logger.setLevel(logging.WARNING)
        logger.propagate = False


class _OnStderr(logging.Handler):
    """On what is stderr at the time: a progress bar lends it another one."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError, ValueError):  # nobody reads it any more
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
