"""Reads a whole file: a regular file, within a limit of size, and UTF-8 if it is text."""

from __future__ import annotations

import stat
from pathlib import Path

from dandifile.errors import Problem, SpecError, UserError

SPEC_LIMIT = 1 << 20
"""Bytes of a spec, or of a small JSON file: ruamel reads about 200 kB a second."""

LOCK_LIMIT = 4 << 20
"""Bytes of a lock, which no person writes."""

LIST_LIMIT = 1 << 30
"""Bytes of a file with one entry per asset: a manifest, a saved plan, the log of a tree."""


def read_bytes(file: Path, what: str, most: int, shown: str = "") -> bytes:
    """The whole content. UserError if it cannot be read; `what` names the file's role in the message.

    Pipes and devices are rejected, as they may never end.
    """
    shown = shown or str(file)
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise UserError(f"{what} cannot be read: it is {kind}", where=shown, fix="name a file")
        with file.open("rb") as opened:
            data = opened.read(most + 1)
    except OSError as error:
        raise UserError(
            f"{what} cannot be read: {error.strerror}", where=shown, fix="check its name and its permissions"
        ) from None
    if len(data) > most:
        raise UserError(
            f"{what} is larger than {most >> 20:,} MiB, the limit",
            where=shown,
            fix="check that it is the right file",
        )
    return data


def read_text(file: Path, what: str, most: int, shown: str = "") -> str:
    """As `read_bytes`, decoded. SpecError, with line and column, if it is not UTF-8."""
    return decode_text(read_bytes(file, what, most, shown), shown or str(file))


def decode_text(data: bytes, shown: str) -> str:
    """The text of a file, without a byte order mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        what = f"byte 0x{data[error.start]:02x} is not UTF-8"
        problem = Problem(f"{shown}:{line}:{column}", what, "save the file as UTF-8")
        raise SpecError(f"{shown} cannot be read", [problem]) from None
