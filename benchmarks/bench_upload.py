"""The first upload of files that need no validation: many small ones, and one large one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.loopback import least
from benchmarks.measure import Outcome
from benchmarks.stage import Stage

SMALL = 10_000  # bytes
MANY = 10  # times as many as there are recordings
LARGE = 4 * 10**9
_PIECE = 10**7


def many(stage: Stage) -> Outcome:
    """2,000 images of 10 kB where there are 200 recordings."""
    return _race(stage, "many-small", f"{small_count(stage):,} new files of 10 kB", fill_small(stage))


def small_count(stage: Stage) -> int:
    return MANY * stage.files


def fill_small(stage: Stage) -> Callable[[Path], None]:
    """Makes a folder of images."""

    def fill(folder: Path) -> None:
        folder.mkdir(parents=True)
        for number in range(small_count(stage)):
            (folder / f"image-{number:05}.png").write_bytes(os.urandom(SMALL))

    return fill


def large(stage: Stage) -> Outcome:
    """One video of 4 GB where there are 200 recordings, smaller in proportion; and what it costs at least."""
    outcome = _race(stage, "one-large", f"one new file of {large_size(stage) / 1e9:g} GB", fill_large(stage))
    return replace(outcome, least=least(stage.folder / "one-large" / "ours" / "data" / "session.mp4"))


def large_size(stage: Stage) -> int:
    return LARGE * stage.files // 200


def fill_large(stage: Stage) -> Callable[[Path], None]:
    """Makes a folder with one video."""

    def fill(folder: Path) -> None:
        folder.mkdir(parents=True)
        with (folder / "session.mp4").open("wb") as video:
            for _ in range(large_size(stage) // _PIECE):
                video.write(os.urandom(_PIECE))

    return fill


def _race(stage: Stage, name: str, about: str, fill: Callable[[Path], None]) -> Outcome:
    ours, theirs = stage.pair(name, fill)
    took = ours.run("apply", "--create", "--yes")
    return Outcome(name, about, took, theirs.run("upload", "-i", theirs.archive.web))
