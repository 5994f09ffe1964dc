"""Paths of assets: which the archive takes, which do not go together, and what is odd about others. Pure.

The server's rules (POST and PUT of an asset) are checked here, so that a file is refused while
planning and not after hours of hashing. The rules of the archive's summary are dandischema's
(`aggregate_assets_summary`): it reads the part of a file's name before the first dot, and in it
`sub-` and `sample-`. Subjects in the metadata are counted as well.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from dandifile.model import Finding, Severity
from dandifile.spelling import first_unfit
from dandifile.spelling import respell as mend
from dandifile.survey.scanned_file import Content

MAX_LENGTH = 512

PATH_CHARACTER = "path_character"
SUMMARY = "archive_summary"
"""The names of these findings, for `validation.ignore`."""

_LONG_ENDINGS = re.compile(r"(\.ome\.(zarr|tiff?)|\.nwb\.zarr|\.nii\.gz|\.tsv\.gz|\.[A-Za-z0-9]+)$")
_WORDS = {"sub": "subject", "sample": "sample"}

# The server's own range A-z takes in the six characters between Z and a. Each step of this
# form eats a character, so that it is linear where the server's expression is exponential.
_CHARACTER = r"[A-z0-9(),&\s#+~_=-]"
_PATH = re.compile(rf"\.?{_CHARACTER}(?:/?\.?{_CHARACTER})*")
_ALLOWED = re.compile(rf"{_CHARACTER}|[./]")

_LABEL = r"[^_*\\/<>:|\"'?%@;.]+"
_ORGANIZED_FILE = re.compile(
    rf"(sub-{_LABEL})(_ses-{_LABEL})?(_(tis|slice|cell|desc|probe|obj)-{_LABEL})*(_[a-z]+(\+[a-z]+)*)?\.nwb"
)
_SUBJECT_FOLDER = re.compile(rf"sub-{_LABEL}")


def fault(path: str) -> str | None:
    """Why the server would not take an asset of this path; None where it would."""
    if len(path) > MAX_LENGTH:
        return f"the path has {len(path)} characters; the archive accepts {MAX_LENGTH} at most"
    if _PATH.fullmatch(path):
        return None
    for part in path.split("/"):
        if said := first_unfit(part, is_allowed):
            return f"{part!r} in its path has a character that the archive does not accept in paths: {said}"
    if ".." in path:
        return "the archive does not accept two dots in a row in a path"
    if "//" in path or path.startswith("/") or path.endswith("/") or not path:
        return "the archive does not accept a path with an empty folder or file name"
    return "the archive does not accept a folder or file name that is a dot or ends in one"


def is_allowed(character: str) -> bool:
    """Whether the archive takes a character in a path."""
    return bool(_ALLOWED.fullmatch(character))


def allowed_spelling(path: str) -> str:
    """The path without the characters that the archive does not take; "" where that makes none."""
    better = mend(path, is_allowed)
    return better if better != path and fault(better) is None else ""


def first_bad_part(path: str) -> str:
    """The first folder or file name of a path with a character that the archive does not take."""
    return next((part for part in path.split("/") if first_unfit(part, is_allowed)), "")


def odd_blanks(path: str) -> list[tuple[str, str]]:
    """Folders and files with a blank that is not a space, as (name, what it is): the archive takes them."""
    return [(part, said) for part in path.split("/") if (said := first_unfit(part, _is_plain))]


def _is_plain(character: str) -> bool:
    return character == " " or not character.isspace()


def organized_faults(path: str) -> list[tuple[str, str]]:
    """How a path breaks the archive's layout for NWB, as (id of the dandi client's check, message)."""
    parent, _, name = path.rpartition("/")
    file = _ORGANIZED_FILE.fullmatch(name)
    folder = _SUBJECT_FOLDER.fullmatch(parent)
    faults = []
    if not file:
        faults.append(("DANDI.NON_DANDI_FILENAME", "its name is not like sub-X_ses-Y_ecephys.nwb"))
    if not folder:
        faults.append(("DANDI.NON_DANDI_FOLDERNAME", "it is not in one folder with a name like sub-X"))
    if file and folder and file[1] != folder[0]:
        faults.append(
            ("DANDI.METADATA_MISMATCH_SUBJECT", f"the file is of {file[1]}, its folder of {folder[0]}")
        )
    return faults


def clashes(paths: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Of paths by source, those that cannot be assets of one dandiset: source → (other source, why)."""
    by_path = defaultdict(list)
    for source in sorted(paths):
        by_path[paths[source]].append(source)
    found = {}
    for sources in by_path.values():
        for source, other in zip(sources, sources[1:] + sources[:1], strict=True):
            if source != other:
                found[source] = (other, "the same path")
    for source, parent in paths.items():
        while parent := parent.rpartition("/")[0]:
            for other in by_path.get(parent, ()):
                found.setdefault(source, (other, "a file where this one needs a folder"))
                found.setdefault(other, (source, "a folder where this one is a file"))
    return found


# --- Findings -------------------------------------------------------------------------------------


def path_findings(content: Content, path: str) -> tuple[Finding, ...]:
    """All findings on the path that a content gets. The layout applies to files that are named by content."""
    source = content.source
    odd = (*blank_findings(source, path), *summary_findings(source, path, content.entity("sub")))
    if not content.file.is_named_by_content:
        return odd
    faults = content.file.format.layout_faults(path)  # the dandi client's checks, ids and severity
    return (*odd, *(Finding(source, check, message, Severity.ERROR) for check, message in faults))


def blank_findings(source: str, path: str) -> tuple[Finding, ...]:
    """Blanks in a path that look like a space and are not one: the archive takes them, and searches fail."""
    return tuple(
        Finding(
            source,
            PATH_CHARACTER,
            f"{part!r} in its path has a space that is not the usual one ({said}): "
            f"rename it to {' '.join(part.split())!r}",
            Severity.WARNING,
        )
        for part, said in odd_blanks(path)
    )


def summary_findings(source: str, path: str, subject: str | None) -> tuple[Finding, ...]:
    """Findings on one file; `subject` is the one in the file itself, spelled as names have it."""
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
                f"the archive's summary reads a name up to its first dot, and so finds {seen} instead of "
                f"{key}-{meant}: use a dot only in the ending of the name"
            )


def _hidden_image(path: str) -> Iterator[str]:
    name = PurePosixPath(path).name
    if name.endswith(".ome.zarr") and PurePosixPath(name).suffixes != [".ome", ".zarr"]:
        yield (
            "the archive's summary does not see that it is an OME-Zarr, because its name has another dot: "
            "use only the dots of .ome.zarr"
        )


def _two_subjects(path: str, subject: str | None) -> Iterator[str]:
    read = _value(PurePosixPath(path).name.split(".")[0], "sub")
    if subject and read and subject != read:
        yield (
            f"its name says sub-{read} and the file itself {subject}: the archive counts two subjects, and "
            "its summary fails if that makes more subjects than files; rename it after its subject"
        )


def _value(name: str, key: str) -> str:
    """The value of the first part of a name with this key; "" where there is none."""
    found = (part.removeprefix(f"{key}-") for part in name.split("_") if part.startswith(f"{key}-"))
    return next(found, "")
