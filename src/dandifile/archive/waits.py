"""Telling that an archive lets us wait: soon, and once however many requests wait for it.

It is a warning of this module's logger: who runs a command shows it (`commands.logs`).
"""

from __future__ import annotations

import logging
import threading
import time
from urllib.parse import urlsplit

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_told_until: dict[str, float] = {}  # by host; by the monotonic clock


def tell(url: str, why: str, seconds: float) -> None:
    """`why` the host of `url` is asked again, for so many seconds at most; nothing while that is known."""
    host, now = urlsplit(url).netloc, time.monotonic()
    with _lock:
        if now < _told_until.get(host, now):
            return
        _told_until[host] = now + seconds
    _log.warning("%s: %s; trying again for up to %.0f s", host, why, seconds)
