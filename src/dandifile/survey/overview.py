"""An overview of a lab's folders: which of them hold data, of which format, and of whom."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dandifile.model import PathEntry, Spec, Step
from dandifile.survey.scan import scan
from dandifile.survey.scanned_file import Glimpse, Runner, ScannedFile
from dandifile.survey.task import has_failed, run_steps, survey_step


@dataclass(frozen=True)
class Folder:
    """A folder for an entry of `paths`: files that it takes by themselves by format, others by suffix."""

    source: str
    formats: Mapping[str, int] = field(default_factory=dict)
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
    taken = {file.path: file for file in _scan(spec_file, sources, "auto")}
    files = [taken.get(file.path, file) for file in _scan(spec_file, sources, "any")]
    seen = _glimpses((file for file in files if file.format.HAS_GLIMPSE), run)
    return Overview(
        tuple(folder for source in sources for folder in _folders(source, files)),
        tuple(found for _, found in seen if found),
        tuple(file.source for file, found in seen if found is None and file.format.READS_CONTENT),
    )


def _glimpses(files: Iterable[ScannedFile], run: Runner) -> list[tuple[ScannedFile, Glimpse | None]]:
    """None for one that says nothing, or keeps its step busy for too long. Files that are read come first."""
    ordered = sorted(files, key=lambda file: not file.format.READS_CONTENT)
    steps = [_glimpse_step(file) for file in ordered]
    results = run_steps(steps, run)
    outputs = [None if has_failed(results[step.id]) else results[step.id].output for step in steps]
    return [
        (file, Glimpse.of(output) if output else None) for file, output in zip(ordered, outputs, strict=True)
    ]


def _glimpse_step(file: ScannedFile) -> Step:
    params = {"path": file.path, "size": file.size, "format": file.format.NAME}
    return survey_step("glimpse", file.source, params)


def _scan(spec_file: Path, sources: Sequence[str], standard: str) -> tuple[ScannedFile, ...]:
    entries = tuple(PathEntry(source, standard=standard) for source in sources)
    return scan(Spec(spec_file, "local", None, paths=entries)).files


def _folders(source: str, files: Iterable[ScannedFile]) -> list[Folder]:
    """The folder itself if data lies directly in it; else those right below it."""
    own = [file for file in files if file.entry.source == source]
    if any(_format(file) and "/" not in file.below for file in own) or not any(map(_format, own)):
        return [_folder(source, own)]
    below = [file for file in own if "/" in file.below]
    names = dict.fromkeys(file.below.split("/")[0] for file in below)
    return [
        _folder(_join(source, name), [file for file in below if file.below.startswith(f"{name}/")])
        for name in names
    ]


def _folder(source: str, files: Sequence[ScannedFile]) -> Folder:
    formats = Counter(name for file in files if (name := _format(file)))
    others = Counter(os.path.splitext(file.source)[1] or "no suffix" for file in files if not _format(file))  # noqa: PTH122
    return Folder(source, dict(formats), dict(others))


def _format(file: ScannedFile) -> str:
    """The name of the format that the folder has it for; "" for what only `standard: any` takes."""
    return "" if file.entry.standard == "any" else file.formats[-1].NAME


def _join(source: str, name: str) -> str:
    return name if source in ("", ".") else f"{source}/{name}"
