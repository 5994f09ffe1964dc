"""BIDS datasets: what the BIDS validator finds, and what a file's path says of subject and session.

The validator is the one that the dandi package runs, with the schema that comes with it, and
its results mean here what they mean there. Nothing needs the network.
"""

# Strings, not Path objects, as in the scan.
# ruff: noqa: PTH118, PTH122

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from dandifile.errors import DataError
from dandifile.model import JsonObject, Severity
from dandifile.survey.task import silence_packages
from dandifile.survey.zarr import SUFFIXES as ZARR_SUFFIXES

VALIDATOR = "bids-validator-deno"

_SPEC = "dandiset.yaml"
_RAN = (0, 1, 16)  # exit codes: nothing found, or errors found (1 before version 2.0.6)
_SEVERITIES = {"error": Severity.ERROR, "warning": Severity.HINT}
_PASSED_OVER = frozenset({".git", ".datalad", ".dandifile"})
_PLACEHOLDER = "{}\n"
_FIX = f"the fault is the tool's, not the data's; to see more, run it by hand: {VALIDATOR} FOLDER"


def validate(params: JsonObject) -> JsonObject:
    """`{path, nested, elsewhere}` → `{"findings": [{"path", "is_file", "check", "message", …}, …]}`.

    The other keys of a finding are `severity` and `within`.
    `path` of a finding is relative to the dataset, "" for the dataset as a whole. `nested` are
    folders of datasets inside it: the archive does not check them, so what is found there is at
    most a warning. `elsewhere` are files of the dataset that are on another machine. DataError where the
    validator itself fails.
    """
    root, elsewhere = Path(params["path"]), frozenset(params["elsewhere"])
    with complete_dataset(root, elsewhere) as shown:
        found = list(_findings(root, shown, ""))
        for folder in params["nested"]:
            found += [_lower_severity(finding) for finding in _findings(root, shown, f"{folder}/")]
    return {"findings": [finding for finding in found if finding["path"] not in elsewhere]}


def entities(params: JsonObject) -> JsonObject:
    """`{path}` → `{"entities": {path in the dataset: {"wasAttributedTo": …, "wasGeneratedBy": …}}}`.

    Only files whose path is a BIDS path with a subject are in it.
    """
    root = Path(params["path"]).resolve()
    with silence_packages():
        from dandi.validate._core import validate_bids

        matches = [result for result in validate_bids(root) if result.id == "BIDS.MATCH" and result.metadata]
        return {
            "entities": {
                result.path.relative_to(root).as_posix(): _as_metadata(result.metadata) for result in matches
            }
        }


def _as_metadata(flat: JsonObject) -> JsonObject:
    from dandi.metadata.core import prepare_metadata

    made: JsonObject = prepare_metadata(flat).model_dump(mode="json", exclude_none=True)
    return {key: made[key] for key in ("wasAttributedTo", "wasGeneratedBy") if made.get(key)}


def _findings(root: Path, shown: Path, below: str) -> Iterator[JsonObject]:
    said = _run(shown / below)
    for issue in said["issues"]["issues"]:
        if issue["severity"] != "ignore" and not _is_unfetched(root / f"{below}{_location(issue)}"):
            yield _finding(issue, said["issues"]["codeMessages"], root, below)


def _location(issue: JsonObject) -> str:
    return str(issue.get("location", "")).strip("/")


def _is_unfetched(path: Path) -> bool:
    """Links without their content, as git-annex leaves them, are unknown, and not an error."""
    return path.is_symlink() and not path.exists()


def _run(folder: Path) -> JsonObject:
    """The validator's own report on one dataset."""
    # The programs of the environment are found even where it is not activated.
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    program = shutil.which(VALIDATOR, path=places)
    if program is None:
        raise DataError(f"{VALIDATOR} is not installed", fix=f"install it: pip install {VALIDATOR}")
    with TemporaryDirectory() as temporary:
        report = Path(temporary) / "report.json"
        command = [program, "--json", "--outfile", str(report), str(folder)]
        try:
            done = subprocess.run(  # noqa: S603  # a program of this environment on a folder of the spec
                command,
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                check=False,
            )
            said: JsonObject = json.loads(report.read_text("utf-8")) if done.returncode in _RAN else {}
        except (OSError, ValueError) as error:
            raise DataError(f"{VALIDATOR} cannot run: {error}", where=str(folder), fix=_FIX) from error
    if not said:
        last = (done.stderr.strip().splitlines() or ["it gives no reason"])[-1]
        raise DataError(f"{VALIDATOR} failed: {last}", where=str(folder), fix=_FIX)
    return said


def _finding(issue: JsonObject, messages: JsonObject, root: Path, below: str) -> JsonObject:
    path = f"{below}{_location(issue)}".rstrip("/")
    if path.rpartition("/")[2] == _SPEC:
        return _spec_finding()
    is_file = bool(path) and (root / path).is_file()
    parts = (messages.get(issue["code"]), issue.get("subCode"), issue.get("issueMessage"))
    message = " ".join(" ".join(part for part in parts if part).split())
    severity = _SEVERITIES.get(issue["severity"])
    return {
        "path": path,
        "is_file": is_file,
        "check": f"BIDS.{issue['code']}",
        "message": f"{path}: {message}" if path and not is_file else message,
        "severity": severity.value if severity else None,
        "within": "",
    }


def _spec_finding() -> JsonObject:
    return {
        "path": "",
        "is_file": False,
        "check": "DANDI.BIDSIGNORE_DANDISET_YAML",
        "message": f"the BIDS validator treats {_SPEC} as data: add the line dandiset.* to .bidsignore",
        "severity": Severity.HINT.value,
        "within": "",
    }


def _lower_severity(finding: JsonObject) -> JsonObject:
    severe = finding["severity"] == Severity.ERROR
    return {**finding, "severity": Severity.WARNING.value} if severe else finding


# --- The files that the validator is shown -----------------------------------------------------------


def tree(root: str, below: str = "") -> Iterator[tuple[str, list[int]]]:
    """All that the validator may look at, also what is not taken up, with sizes and times. A Zarr is one."""
    for item in _items(os.path.join(root, below)):
        path = f"{below}/{item.name}" if below else item.name
        whole = os.path.splitext(item.name)[1] in ZARR_SUFFIXES
        if item.is_dir(follow_symlinks=False) and not whole:
            yield from tree(root, path)
        else:
            status = item.stat(follow_symlinks=False)
            yield path, [status.st_size, status.st_mtime_ns]


@contextmanager
def complete_dataset(root: Path, elsewhere: Collection[str]) -> Iterator[Path]:
    """A folder in which the dataset has a file for each of those that are `elsewhere`, by path in it.

    The validator takes a sidecar whose data file is on another machine for one without a data file. It
    is shown links to what is here, and placeholders; what it finds in those says nothing. Where no links
    can be made, it is shown the dataset itself.
    """
    if not elsewhere:
        yield root
        return
    with TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve() / root.name
        try:
            _fill(folder, root, elsewhere)
        except OSError:  # a Windows account without the right to make links
            folder = root
        yield folder


def _fill(folder: Path, root: Path, elsewhere: Collection[str]) -> None:
    folder.mkdir()
    for path, _ in tree(str(root)):
        if path not in elsewhere:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).symlink_to(root.resolve() / path)
    for path in elsewhere:
        # Never through a link, which would lead into the data itself.
        if _is_plain(folder, folder / path) and not os.path.lexists(folder / path):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(_PLACEHOLDER, "utf-8")


def _is_plain(folder: Path, path: Path) -> bool:
    """Whether a path is below the folder, and none of the folders that lead there is a link or a file."""
    parents = [parent for parent in path.parents if folder in parent.parents]
    return folder in path.parents and all(
        not os.path.lexists(parent) or (parent.is_dir() and not parent.is_symlink()) for parent in parents
    )


def _items(folder: str) -> list[os.DirEntry[str]]:
    """A folder that cannot be read was refused by the scan; the validator sees as little of it."""
    try:
        with os.scandir(folder) as items:
            return sorted(
                (item for item in items if item.name not in _PASSED_OVER), key=lambda item: item.name
            )
    except OSError:
        return []
