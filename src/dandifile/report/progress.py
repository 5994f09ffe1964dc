"""How far a run is: a live bar on a terminal, a line every few seconds in a log. Never on stdout."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.text import Text

from dandifile.model import Result, Status
from dandifile.report.console import console
from dandifile.report.words import clean, clip, duration, size

if TYPE_CHECKING:
    from rich.console import Console

_EVERY = 5.0  # seconds between two lines
_QUIET = 60.0  # seconds between two lines while nothing goes on
_LONG = 15.0  # seconds after which the time that a step has taken is shown
_BETWEEN = (
    "looking at what is there"  # before the first step and after the last: at the archive, and into folders
)
_NAME = 48  # columns for what is being done


class Progress(Protocol):
    """What a run tells of itself, from any thread."""

    def started(self, step_id: str, text: str) -> None:
        """`text` says what the step does, as in `uploading sub-1/a.nwb`."""

    def advance(self, count: int) -> None:
        """So many more bytes are sent or read."""

    def ended(self, result: Result) -> None: ...


@contextmanager
def progress(
    total_bytes: int, total_steps: int, *, stream: TextIO, no_color: bool = False, silent: bool = False
) -> Iterator[Progress]:
    """Shows progress on `stream`, stderr as a rule, until the block is left.

    `total_steps` steps will be told as ended (0: not known); `total_bytes` is 0 where nothing is sent.
    """
    to = console(stream, no_color=no_color)
    tally = _Tally(total_bytes, total_steps)
    if silent:
        yield _Silent()
    elif to.is_terminal:
        with _bars(to) as bars, _ticking(_Shown(_Live(bars, tally), tally)) as shown:
            yield shown
    else:
        with _ticking(_Shown(_Lines(to), tally)) as shown:
            yield shown


@contextmanager
def _ticking(shown: _Shown, every: float = 1.0) -> Iterator[_Shown]:
    """Shows it every second too: a step that hangs tells nothing, and is to be named then."""
    over = threading.Event()

    def tick() -> None:
        while not over.wait(every):
            shown.tick()

    thread = threading.Thread(target=tick, name="progress", daemon=True)
    thread.start()
    try:
        yield shown
    finally:
        over.set()
        thread.join()


class _Silent:
    def started(self, step_id: str, text: str) -> None: ...

    def advance(self, count: int) -> None: ...

    def ended(self, result: Result) -> None: ...


class _Tally:
    """Counts steps and bytes, and knows what is being done now. Not thread-safe: its owner locks."""

    def __init__(self, total_bytes: int, total_steps: int) -> None:
        self.total_bytes, self.total_steps = total_bytes, total_steps
        self.bytes = self.steps = 0
        self.running: dict[str, tuple[str, float]] = {}  # what it does, and since when
        self.begun = time.monotonic()

    def end(self, result: Result) -> str:
        """The text of the step that ended."""
        self.steps += 1
        return self.running.pop(result.step, (result.step, 0.0))[0]

    def now(self) -> str:
        """The step that has run longest, for how long, and how many others run at the same time."""
        first, since = next(iter(self.running.values()), (_BETWEEN, time.monotonic()))
        others = len(self.running) - 1
        taken = time.monotonic() - since
        long = f" for {duration(taken)}" if taken >= _LONG else ""
        return clip(first, _NAME) + long + (f" and {others:,} more" if others > 0 else "")

    def counted(self) -> str:
        return f"{self.steps:,}/{self.total_steps:,}" if self.total_steps else f"{self.steps:,}"

    def sent(self) -> str:
        if not self.total_bytes:
            return ""
        rate = self.bytes / max(time.monotonic() - self.begun, 0.001)
        return f"{size(self.bytes)} of {size(self.total_bytes)} at {size(int(rate))}/s"


class _Face(Protocol):
    """How a tally looks. Asked by one thread at a time."""

    def show(self, tally: _Tally) -> None: ...

    def tell(self, line: Text) -> None: ...


class _Shown:
    """Keeps the tally, whichever thread tells of something, and has it shown."""

    def __init__(self, face: _Face, tally: _Tally) -> None:
        self._face, self._tally, self._lock = face, tally, threading.Lock()

    def started(self, step_id: str, text: str) -> None:
        with self._lock:
            self._tally.running[step_id] = (clean(text), time.monotonic())
            self._face.show(self._tally)

    def tick(self) -> None:
        with self._lock:
            self._face.show(self._tally)

    def advance(self, count: int) -> None:
        with self._lock:
            self._tally.bytes += count
            self._face.show(self._tally)

    def ended(self, result: Result) -> None:
        with self._lock:
            text = self._tally.end(result)
            if result.status is Status.FAILED:
                self._face.tell(_failure(text, result))
            self._face.show(self._tally)


class _Live:
    """A bar in bytes where there are bytes to move, else in steps."""

    def __init__(self, bars: Bars, tally: _Tally) -> None:
        self._bars = bars
        self._task = bars.add_task(tally.now(), total=tally.total_bytes or tally.total_steps or None, sent="")

    def show(self, tally: _Tally) -> None:
        done = tally.bytes if tally.total_bytes else tally.steps
        said = f"{tally.counted()} {tally.sent()}".rstrip()
        self._bars.update(self._task, completed=done, description=tally.now(), sent=said)

    def tell(self, line: Text) -> None:
        self._bars.console.print(line)


class _Lines:
    """At most one line every few seconds, fewer while nothing goes on, and what is told at once."""

    def __init__(self, to: Console) -> None:
        self._console = to
        self._last = time.monotonic()
        self._shown: tuple[int, int] = (0, 0)  # steps and bytes that the last line told

    def show(self, tally: _Tally) -> None:
        done = (tally.steps, tally.bytes)
        if time.monotonic() - self._last < (_QUIET if done == self._shown else _EVERY):
            return
        self._last, self._shown = time.monotonic(), done
        steps = "step" if (tally.total_steps or tally.steps) == 1 else "steps"
        parts = [f"{tally.counted()} {steps}", tally.sent(), tally.now()]
        self.tell(Text(" · ".join(part for part in parts if part)))

    def tell(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True)


def _bars(to: Console) -> Bars:
    return Bars(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TaskProgressColumn(),
        TextColumn("{task.fields[sent]}", markup=False),
        TimeRemainingColumn(compact=True),
        console=to,
        transient=True,
        redirect_stdout=False,
    )


def _failure(text: str, result: Result) -> Text:
    return Text.assemble(("failed: ", "bold red"), f"{text}: {clean(result.error or result.reason)}")
