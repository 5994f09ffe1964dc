"""Media files that an NWB file refers to: by paths from its own folder, or by URLs. Pure."""

# Names stay as they were scanned: strings, never resolved.
# ruff: noqa: PTH117, PTH118, PTH120

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Mapping

LOST = "media_reference"
"""The check that a reference holds in the dandiset, as findings and `validation.ignore` call it."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")  # one slash: the dandi package loses the other


def is_url(name: str) -> bool:
    return bool(_URL.match(name))


def media_file(file: str, name: str) -> str:
    """What the reference `name` in the NWB file `file` means here."""
    return os.path.normpath(os.path.join(os.path.dirname(file), name))


def lost(file: str, path: str, media: Iterable[str], paths: Mapping[str, str]) -> list[str]:
    """The references of `file` that find nothing, or something else, once it is at `path`.

    `paths` are the new places of all files, by where they are here, absolute.
    """
    return [
        name
        for name in media
        if not is_url(name)
        and (
            os.path.isabs(name)
            or paths.get(media_file(file, name))
            != posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        )
    ]
