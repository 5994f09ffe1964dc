"""Fetching all files of a draft into an empty folder: many small ones, and one large one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.bench_upload import fill_large, fill_small, large_size, small_count
from benchmarks.measure import Outcome
from benchmarks.stage import Stage


def many(stage: Stage) -> Outcome:
    return _race(stage, "pull-many", f"{small_count(stage):,} files of 10 kB", fill_small(stage))


def large(stage: Stage) -> Outcome:
    return _race(stage, "pull-large", f"one file of {large_size(stage) / 1e9:g} GB", fill_large(stage))


def _race(stage: Stage, name: str, about: str, fill: Callable[[Path], None]) -> Outcome:
    """Both upload, delete what they have, and fetch it."""
    ours, theirs = stage.pair(name, fill)
    ours.run("apply", "--create", "--yes")
    theirs.run("upload", "-i", theirs.archive.web)
    spec = (ours.folder / "dandiset.yaml").read_text("utf-8")
    (ours.folder / "dandiset.yaml").write_text(f'{spec}identifier: "000001"\n', "utf-8")
    for folder in (ours.folder / "data", ours.folder / ".dandifile"):
        shutil.rmtree(folder)
    for file in theirs.folder.iterdir():
        if file.suffix in (".png", ".mp4"):
            file.unlink()
    took = ours.run("pull")
    return Outcome(
        name, about, took, theirs.run("download", "-i", theirs.archive.web, "--download", "assets")
    )
