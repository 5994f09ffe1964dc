"""Media: videos and images, and whether the references of other files to them will hold in the dandiset.

A file refers to a medium by a path from its own folder, by an absolute path or by a URL.
"""

# Names stay as they were scanned: strings, never resolved.
# ruff: noqa: PTH110, PTH117, PTH118, PTH120, PTH122

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Mapping

from dandifile.model import Finding, Severity
from dandifile.survey.scanned_file import Content

SUFFIXES = frozenset({".mp4", ".avi", ".wmv", ".mov", ".flv", ".mkv", ".png", ".jpg", ".jpeg", ".gif"})
"""What the dandi client uploads without an option; case counts, as there."""

LOST_MEDIA = "media_reference"
"""The check that a reference holds in the dandiset, as findings and `validation.ignore` call it."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")  # one slash: the dandi package loses the other
_LOST = (
    "an NWB file refers to a video or image that will be in another place in the dandiset: "
    "`dandifile organize --to DIR --mode copy` puts it there and corrects the reference"
)
_NOT_TAKEN = (
    "an NWB file refers to a {suffix} file, which is not among the media that `paths` takes by itself "
    f"({', '.join(sorted(SUFFIXES))}): convert it, or add an entry with `standard: any` for it"
)


def is_url(name: str) -> bool:
    return bool(_URL.match(name))


def media_path(file: str, name: str) -> str:
    """The path here that the reference `name` in the file `file` means."""
    return os.path.normpath(os.path.join(os.path.dirname(file), name))


def missing_media(file: str, names: Iterable[str]) -> list[str]:
    """Of the media files that a file refers to, those that are not where it looks for them."""
    folder = os.path.dirname(file)
    return [name for name in names if not os.path.exists(os.path.join(folder, name))]


def lost_media(file: str, path: str, media: Iterable[str], paths: Mapping[str, str]) -> list[str]:
    """The references of `file` that find nothing, or something else, once it is at `path`.

    `paths` are the new paths of all files, by where they are here, absolute.
    """
    return [
        name
        for name in media
        if not is_url(name)
        and (
            os.path.isabs(name)
            or paths.get(media_path(file, name))
            != posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        )
    ]


def media_findings(content: Content, media: Iterable[str], paths: Mapping[str, str]) -> tuple[Finding, ...]:
    """The references of a file that hold here and will not hold in the dandiset; `paths` as above.

    Media that are missing here are the tools' finding; but nwbinspector does not check absolute paths.
    """
    file = content.file.path
    lost = lost_media(file, paths.get(file, ""), media, paths)
    there = [name for name in lost if os.path.isabs(name) or os.path.exists(media_path(file, name))]
    messages = {_message(name, paths.get(media_path(file, name))) for name in there}
    return tuple(
        Finding(content.source, LOST_MEDIA, message, Severity.WARNING) for message in sorted(messages)
    )


def _message(name: str, path: str | None) -> str:
    suffix = os.path.splitext(name)[1].lower()
    if path is None and suffix not in SUFFIXES:
        return _NOT_TAKEN.format(suffix=suffix or "suffixless")
    return _LOST
