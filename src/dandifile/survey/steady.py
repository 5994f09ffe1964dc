"""Notices a file that changes while it is read, before anything is remembered under its digest."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from dandifile.errors import DataError
from dandifile.model import JsonObject


@contextlib.contextmanager
def steady(params: JsonObject) -> Iterator[None]:
    """Raises DataError unless, after it was read, the file is still as the scan saw it.

    `params` hold `path`, `size` and `mtime_ns` of that scan. A change before or during the
    reading shows afterwards too, so one look is enough. What the system does not let us
    read is a DataError as well.
    """
    path = params["path"]
    try:
        yield
        status = Path(path).stat()
    except OSError as error:
        raise DataError(
            f"it cannot be read: {error.strerror or error}",
            where=path,
            fix="check the file and its permissions",
        ) from error
    if (status.st_size, status.st_mtime_ns) != (params["size"], params["mtime_ns"]):
        raise changed(path)


def changed(path: str) -> DataError:
    return DataError(
        "it changed while it was read",
        where=path,
        fix="wait until it is written completely, then run again",
    )
