"""What lies in a lab's folders, in the large: which of them hold data, of which form, and of whom."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dandifile.model import PathEntry, Spec, Status
from dandifile.survey.glimpse import Glimpse
from dandifile.survey.scan import NWB, ZARR, ScannedFile, scan
from dandifile.survey.stages import Runner
from dandifile.survey.tasks import survey_step

FORMS = {NWB: "NWB file", ZARR: "Zarr", "bids": "file of a BIDS dataset", "media": "video or image"}
"""What `paths` takes up by itself, for people."""

_KNOWN = (Status.DONE, Status.FRESH)


@dataclass(frozen=True)
class Folder:
    """A folder for an entry of `paths`: files that it takes up by themselves by form, others by suffix."""

    source: str
    forms: Mapping[str, int] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Overview:
    """`unreadable` are NWB files that could not be looked into."""

    folders: tuple[Folder, ...] = ()
    glimpses: tuple[Glimpse, ...] = ()
    unreadable: tuple[str, ...] = ()


def overview(spec_file: Path, sources: Sequence[str], run: Runner) -> Overview:
    """Of folders as `paths` names them, relative to the spec's. Where data lies deeper, its subfolders.

    Opens every NWB file, briefly, and every Zarr that holds NWB.
    """
    taken = {file.path: file for file in _scanned(spec_file, sources, "auto")}
    files = [taken.get(file.path, file) for file in _scanned(spec_file, sources, "any")]
    seen = _glimpses((file for file in files if file.form in (NWB, ZARR)), run)
    return Overview(
        tuple(folder for source in sources for folder in _folders(source, files)),
        tuple(found for _, found in seen if found),
        tuple(file.source for file, found in seen if found is None and file.form == NWB),
    )


def _glimpses(files: Iterable[ScannedFile], run: Runner) -> list[tuple[ScannedFile, Glimpse | None]]:
    """NWB files before Zarrs; None for one that says nothing, or keeps its step busy for too long."""
    ordered = sorted(files, key=lambda file: file.form == ZARR)
    steps = [
        survey_step("glimpse", file.source, {"path": file.path, "size": file.size, "zarr": file.form == ZARR})
        for file in ordered
    ]
    results = run(steps) if steps else {}
    outputs = [results[step.id].output if results[step.id].status in _KNOWN else None for step in steps]
    return [
        (file, Glimpse.of(output) if output else None) for file, output in zip(ordered, outputs, strict=True)
    ]


def _scanned(spec_file: Path, sources: Sequence[str], standard: str) -> tuple[ScannedFile, ...]:
    entries = tuple(PathEntry(source, standard=standard) for source in sources)
    return scan(Spec(spec_file, "local", None, paths=entries)).files


def _folders(source: str, files: Iterable[ScannedFile]) -> list[Folder]:
    """The folder itself if data lies directly in it; else those right below it."""
    own = [file for file in files if file.entry.source == source]
    if any(_form(file) and "/" not in file.below for file in own) or not any(map(_form, own)):
        return [_folder(source, own)]
    below = [file for file in own if "/" in file.below]
    names = dict.fromkeys(file.below.split("/")[0] for file in below)
    return [
        _folder(_joined(source, name), [file for file in below if file.below.startswith(f"{name}/")])
        for name in names
    ]


def _folder(source: str, files: Sequence[ScannedFile]) -> Folder:
    forms = Counter(form for file in files if (form := _form(file)))
    others = Counter(os.path.splitext(file.source)[1] or "no suffix" for file in files if not _form(file))  # noqa: PTH122
    return Folder(source, dict(forms), dict(others))


def _form(file: ScannedFile) -> str:
    """A key of `FORMS`; "" for what only `standard: any` takes up."""
    if file.entry.standard == "any":
        return ""
    if file.dataset:
        return "bids"
    return file.form if file.form in FORMS else "media"


def _joined(source: str, name: str) -> str:
    return name if source in ("", ".") else f"{source}/{name}"
