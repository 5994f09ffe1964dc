"""What a bench gives, and how commands are timed."""

from __future__ import annotations

import os
import statistics
import subprocess
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(sysconfig.get_path("scripts"))


@dataclass(frozen=True)
class Side:
    """One program's part: median seconds, and HTTP requests where they were counted."""

    seconds: float
    requests: int | None = None


@dataclass(frozen=True)
class Outcome:
    """Both sides; `least`: seconds that no client can do without, where they were measured."""

    name: str
    about: str
    dandifile: Side
    dandi: Side
    least: float | None = None

    @property
    def ratio(self) -> float:
        """How many times faster dandifile is."""
        return self.dandi.seconds / self.dandifile.seconds


def program(name: str) -> str:
    """The command of that name in this environment."""
    return str(SCRIPTS / name)


def timed(
    command: Sequence[str], *, folder: Path, env: Mapping[str, str], codes: Sequence[int] = (0,)
) -> float:
    """Seconds of one run. Any exit code but `codes` ends the bench, with what was said."""
    started = time.perf_counter()
    ended = subprocess.run(
        command, cwd=folder, env=os.environ | env, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    seconds = time.perf_counter() - started
    if ended.returncode not in codes:
        said = (ended.stdout + ended.stderr).decode("utf-8", "replace")
        raise SystemExit(f"{' '.join(command)} ended with {ended.returncode}:\n{said}")
    return seconds


def alternate(first: Callable[[], Side], second: Callable[[], Side], *, rounds: int) -> tuple[Side, Side]:
    """Medians of both, run in turn so that what else the machine does meets both alike."""
    pairs = [(first(), second()) for _ in range(rounds)]
    return _median([one for one, _ in pairs]), _median([other for _, other in pairs])


def _median(sides: Sequence[Side]) -> Side:
    counts = [side.requests for side in sides if side.requests is not None]
    return Side(
        statistics.median(side.seconds for side in sides),
        round(statistics.median(counts)) if counts else None,
    )
