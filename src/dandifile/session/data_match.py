"""What an import knows of files: folders with data next to a dandiset's assets, compared by content."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from dandifile.errors import UserError
from dandifile.importing.paths import ImportedPaths, match_data
from dandifile.run.execute import Notify
from dandifile.run.processes import DEFAULT_MINUTES, TimeLimit
from dandifile.run.survey_runner import survey_runner
from dandifile.session.import_source import ImportSource
from dandifile.session.opening import open_cache
from dandifile.survey import tasks


def match_folders(source: ImportSource, file: Path, folders: Sequence[Path], notify: Notify) -> ImportedPaths:
    """The `paths` for these folders, for a spec in `file`, with which the first plan uploads nothing.

    Every file is hashed, and its digest kept in the spec's cache: the plan hashes none of them again.
    """
    if source.on_archive is None:
        raise UserError(
            "--data needs the archive: a downloaded dandiset.yaml says nothing of the files",
            fix="name the dandiset, as in `dandifile import DANDI:000123 --data DIR`",
        )
    file = file.absolute()
    sources = list(dict.fromkeys(source_of(file, folder) for folder in folders))
    jobs, limit = os.cpu_count() or 1, TimeLimit(DEFAULT_MINUTES)
    with open_cache(file) as cache, survey_runner(tasks, cache, jobs, notify, limit=limit) as run:
        return match_data(file, sources, source.on_archive.assets(), run)


def source_of(file: Path, folder: Path) -> str:
    """A folder of data as the spec in `file` names it: from its own folder, with forward slashes.

    A folder that has nothing but the root of the disk in common with the spec's is named from there.
    """
    if not folder.exists():
        raise UserError(f"there is no folder {folder}", fix="give --data a folder that exists")
    here, there = file.absolute().parent.resolve(), folder.resolve()
    if there.drive != here.drive or (folder.is_absolute() and there.parts[1:2] != here.parts[1:2]):
        return there.as_posix()
    return Path(os.path.relpath(there, here)).as_posix()
