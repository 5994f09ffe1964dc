"""Which paths the archive takes for assets, and which do not go together. Pure.

The rules are the server's (POST and PUT of an asset), said so that a file is refused while
planning and not after hours of hashing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from dandifile.spelling import first_unfit
from dandifile.spelling import respell as mend

MAX_LENGTH = 512

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
        return f"the path has {len(path)} characters, the archive takes {MAX_LENGTH}"
    if _PATH.fullmatch(path):
        return None
    for part in path.split("/"):
        if said := first_unfit(part, takes):
            return f"{part!r} in its path has a character that the archive takes in no path: {said}"
    if ".." in path:
        return "the archive takes no two dots in a row in a path"
    if "//" in path or path.startswith("/") or path.endswith("/") or not path:
        return "the archive takes no empty folder or file name in a path"
    return "the archive takes no folder or file name that is or ends in a dot"


def takes(character: str) -> bool:
    """Whether the archive takes a character in a path."""
    return bool(_ALLOWED.fullmatch(character))


def mended(path: str) -> str:
    """The path without the characters that the archive does not take; "" where that makes none."""
    better = mend(path, takes)
    return better if better != path and fault(better) is None else ""


def first_bad_part(path: str) -> str:
    """The first folder or file name of a path with a character that the archive does not take."""
    return next((part for part in path.split("/") if first_unfit(part, takes)), "")


def blanks(path: str) -> list[tuple[str, str]]:
    """Folders and files with a blank that is no space, as (name, what it is): the archive takes them."""
    return [(part, said) for part in path.split("/") if (said := first_unfit(part, _is_no_odd_blank))]


def _is_no_odd_blank(character: str) -> bool:
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
