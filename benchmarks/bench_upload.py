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
    count = MANY * stage.files

    def fill(folder: Path) -> None:
        folder.mkdir(parents=True)
        for number in range(count):
            (folder / f"image-{number:05}.png").write_bytes(os.urandom(SMALL))

    return _race(stage, "many-small", f"{count:,} new files of 10 kB", fill)


def large(stage: Stage) -> Outcome:
    """One video of 4 GB where there are 200 recordings, smaller in proportion; and what it costs at least."""
    size = LARGE * stage.files // 200

    def fill(folder: Path) -> None:
        folder.mkdir(parents=True)
        with (folder / "session.mp4").open("wb") as video:
            for _ in range(size // _PIECE):
                video.write(os.urandom(_PIECE))

    outcome = _race(stage, "one-large", f"one new file of {size / 1e9:g} GB", fill)
    return replace(outcome, least=least(stage.folder / "one-large" / "ours" / "data" / "session.mp4"))


def _race(stage: Stage, name: str, about: str, fill: Callable[[Path], None]) -> Outcome:
    ours, theirs = stage.pair(name, fill)
    took = ours.run("apply", "--create", "--yes")
    return Outcome(name, about, took, theirs.run("upload", "-i", theirs.archive.web))
