"""Files of the user's, and notes of our own, that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from dandifile.errors import UserError


def replace_content(file: Path, content: str | bytes) -> None:
    """Give a file this content, on the disk when it returns; a text as UTF-8, its line ends as they are.

    A reader always finds the old content or the new one, whatever fails or ends this
    process, and however many write at once. A link stays one: what it leads to is written. An
    existing file keeps its mode. The folder must be there; OSError where it cannot be written.
    """
    target = Path(os.path.realpath(file))
    # Hidden, so that no scan takes it for data; short, since names have a limit; and unique.
    temporary = target.with_name(f".dandifile-{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def create_content(file: Path, content: str | bytes) -> None:
    """The same for a file that is not there yet. FileExistsError where it is: nothing is written over."""
    file.open("xb").close()
    try:
        replace_content(file, content)
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def create_spec(file: Path, text: str) -> None:
    """The same for a new spec, in the user's words: UserError where it cannot be written."""
    try:
        create_content(file, text)
    except OSError as error:
        raise UserError(
            f"the spec cannot be written: {error.strerror}",
            where=str(file),
            fix="name a file in a folder that exists and that you may write to",
        ) from error
