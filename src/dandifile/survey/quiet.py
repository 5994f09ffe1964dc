"""Runs the dandi, pynwb and nwbinspector packages without their talk, caches and look-ups of versions."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import warnings
from collections.abc import Iterator

# Read by the packages when they are imported: our cache goes by content, theirs by path, and
# no check may ask the network for a newer version.
_SETTINGS = {"DANDI_CACHE": "ignore", "DANDI_NO_ET": "1", "NO_ET": "1"}


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Within it, nothing that those packages warn, log or print reaches the terminal.

    It acts on the whole process for a while, which is why steps that need it run in
    worker processes, one at a time in each.
    """
    os.environ.update(_SETTINGS)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        disabled = logging.root.manager.disable
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(disabled)
