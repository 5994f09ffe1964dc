"""What there is to say of an asset's path: odd blanks, the archive's layout, the archive's summary. Pure.

The rules of the summary are dandischema's (`aggregate_assets_summary`): it reads the part of a file's
name before the first dot, and in it `sub-` and `sample-`. Subjects in the metadata are counted as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from dandifile.model import Finding, Severity
from dandifile.survey.asset_paths import blanks
from dandifile.survey.scanned_file import Content

PATH_CHARACTER = "path_character"
SUMMARY = "archive_summary"
"""The names of these findings, for `validation.ignore`."""

_LONG_ENDINGS = re.compile(r"(\.ome\.(zarr|tiff?)|\.nwb\.zarr|\.nii\.gz|\.tsv\.gz|\.[A-Za-z0-9]+)$")
_WORDS = {"sub": "subject", "sample": "sample"}


def of_path(content: Content, path: str) -> tuple[Finding, ...]:
    """All findings on the path that a content gets. The archive's layout is only for what is named by it."""
    source = content.source
    odd = (*of_characters(source, path), *of_summary(source, path, content.entity("sub")))
    if not content.file.is_named_by_content:
        return odd
    faults = content.file.format.layout_faults(path)  # the dandi client's checks, ids and severity
    return (*odd, *(Finding(source, check, message, Severity.ERROR) for check, message in faults))


def of_characters(source: str, path: str) -> tuple[Finding, ...]:
    """Blanks in a path that look like a space and are not one: the archive takes them, and searches fail."""
    return tuple(
        Finding(
            source,
            PATH_CHARACTER,
            f"{part!r} in its path has a blank that is not a space ({said}): "
            f"rename it to {' '.join(part.split())!r}",
            Severity.WARNING,
        )
        for part, said in blanks(path)
    )


def of_summary(source: str, path: str, subject: str | None) -> tuple[Finding, ...]:
    """Findings on one file; `subject` is the one that the file itself names, as names hold it."""
    said = (*_cut_off(path), *_hidden_image(path), *_two_subjects(path, subject))
    return tuple(Finding(source, SUMMARY, message, Severity.WARNING) for message in said)


def _cut_off(path: str) -> Iterator[str]:
    """Subjects and samples with a dot: several may become one."""
    name = PurePosixPath(path).name
    whole = _LONG_ENDINGS.sub("", name)
    for key, word in _WORDS.items():
        meant, read = _value(whole, key), _value(name.split(".")[0], key)
        if meant and meant != read:
            seen = f"{key}-{read}" if read else f"no {word}"
            yield (
                f"the archive's summary reads a name up to its first dot, and so finds {seen} in place of "
                f"{key}-{meant}: use no dot in the name except for its ending"
            )


def _hidden_image(path: str) -> Iterator[str]:
    name = PurePosixPath(path).name
    if name.endswith(".ome.zarr") and PurePosixPath(name).suffixes != [".ome", ".zarr"]:
        yield (
            "the archive's summary does not see that it is an OME-Zarr, since its name has another dot: "
            "use none but those of .ome.zarr"
        )


def _two_subjects(path: str, subject: str | None) -> Iterator[str]:
    read = _value(PurePosixPath(path).name.split(".")[0], "sub")
    if subject and read and subject != read:
        yield (
            f"its name says sub-{read} and the file itself {subject}: the archive counts two subjects, and "
            "its summary fails where that makes more subjects than files; name it by its subject"
        )


def _value(name: str, key: str) -> str:
    """What the first part of a name that begins so says; "" where there is none."""
    found = (part.removeprefix(f"{key}-") for part in name.split("_") if part.startswith(f"{key}-"))
    return next(found, "")
