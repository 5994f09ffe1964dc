"""Locks between processes: one at a time does what needs a file, or a folder, for itself."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def hold(file: Path, *, held: Exception | None = None) -> Iterator[None]:
    """Locks `file` until the block ends. Where another process has it: waits, or raises `held` at once.

    The system frees the lock when its process ends, also when that is killed; the file itself stays.
    Where a file cannot be locked, as on some network disks, the block runs without a lock.
    """
    from filelock import FileLock, SoftFileLock, Timeout

    lock = FileLock(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # filelock's, where it falls back to a soft lock
            file.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0 if held else -1)
    except Timeout:
        raise held or TimeoutError from None
    except (OSError, NotImplementedError):
        pass
    if isinstance(lock, SoftFileLock):
        lock.release()  # it is only a file that exists, and a killed process would leave it
    try:
        yield
    finally:
        lock.release()
