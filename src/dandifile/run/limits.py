"""How long one step may take, and what happens to a step of this process that takes longer."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dandifile.errors import GivenUpError
from dandifile.model import Step

MINUTES = 20.0
"""What a step may take unless the spec or `--step-timeout` says otherwise; large files get more."""

_SECONDS_PER_GB = 60.0  # on top: a slow network disk reads some 17 MB a second


@dataclass(frozen=True)
class Limit:
    """A time limit in minutes, to which the size of what a step reads adds."""

    minutes: float = MINUTES

    def seconds(self, size: int) -> float:
        return self.minutes * 60 + size / 10**9 * _SECONDS_PER_GB


@dataclass(frozen=True)
class Terms:
    """What a pool is told about its steps: how many seconds each may take (None: no limit).

    `started` is called, from any thread, when a step begins.
    """

    seconds: Callable[[Step], float | None] = lambda _step: None
    started: Callable[[Step], None] = lambda _step: None


def given_up(seconds: float) -> GivenUpError:
    return GivenUpError(
        f"it took longer than {_in_words(seconds)} and was given up",
        fix="exclude it or write it again; if it only needs longer, use --step-timeout MINUTES",
    )


def within(seconds: float | None, function: Callable[..., Any], *arguments: Any) -> Any:
    """The function's result or error; GivenUpError once it has taken too long.

    A thread cannot be killed. The one that hangs, on a disk that no longer answers for instance,
    is left behind and does not keep the process from ending.
    """
    if seconds is None:
        return function(*arguments)
    answers: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((function(*arguments), None))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            answers.put((None, error))

    threading.Thread(target=run, name="step", daemon=True).start()
    try:
        result, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise given_up(seconds) from None
    if error is not None:
        raise error
    return result


def _in_words(seconds: float) -> str:
    if seconds < 100:  # noqa: PLR2004 - only tests and impatient people have such limits
        return f"{seconds:.2g} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes / 60:.1f} h"  # noqa: PLR2004 - easier to read
