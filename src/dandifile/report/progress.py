"""How far a run is: a live bar on a terminal, a line now and then in a log. Never on stdout."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol, TextIO

from rich.cells import cell_len
from rich.progress import BarColumn, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Column
from rich.text import Text

from dandifile.model import Result, Status
from dandifile.report.console import console
from dandifile.report.lines import clip
from dandifile.words import clean, duration, quantity, size

if TYPE_CHECKING:
    from rich.console import Console

_EVERY = 20.0  # seconds between two lines of a log
_QUIET = 60.0  # seconds between two lines while nothing progresses
_AT_LEAST = 1.0  # seconds between two lines, however fast it goes
_PARTS = 10  # a line for each tenth of the total as well
_LONG = 15.0  # seconds after which the time that a step has taken is shown
_BETWEEN = "looking at the archive and the folders"  # before the first step and after the last
_NAME = 48  # columns of the running step, at most
_LEAST_NAME = 16  # columns of the running step, before the number of others is shown
_BAR = 20  # columns of the bar, where there is room for it
_LEAST_BAR = 5
_TIME = 7  # columns of the time left: `1:23:45`


class Progress(Protocol):
    """What a run reports, from any thread."""

    def started(self, step_id: str, text: str) -> None:
        """`text` says what the step does: `uploading sub-1/a.nwb`."""

    def advance(self, count: int) -> None:
        """`count` more bytes were sent or read."""

    def ended(self, result: Result) -> None: ...


@contextmanager
def progress(
    total_bytes: int, total_steps: int, *, stream: TextIO, no_color: bool = False, silent: bool = False
) -> Iterator[Progress]:
    """Shows progress on `stream`, usually stderr, until the block ends.

    `total_steps` steps are expected (0: not known); `total_bytes` is 0 where nothing is sent.
    """
    to = console(stream, no_color=no_color)
    tally = _Tally(total_bytes, total_steps)
    if silent:
        yield _Silent()
    elif to.is_terminal:
        with _bars(to) as bars, _ticker(_Reporter(_LiveBar(bars, tally), tally)) as shown:
            yield shown
    else:
        with _ticker(_Reporter(_LogLines(to), tally)) as shown:
            yield shown


@contextmanager
def _ticker(shown: _Reporter, every: float = 1.0) -> Iterator[_Reporter]:
    """Also shows progress every second: a step that hangs reports nothing, and this names it."""
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
    """Counts steps and bytes, and knows the running steps. Not thread-safe: its owner locks."""

    def __init__(self, total_bytes: int, total_steps: int) -> None:
        self.total_bytes, self.total_steps = total_bytes, total_steps
        self.bytes = self.steps = 0
        self.running: dict[str, tuple[str, float]] = {}  # by step: what it does, and since when
        self.begun = time.monotonic()

    def end(self, result: Result) -> str:
        """Counts the step as ended, and gives its text."""
        self.steps += 1
        return self.running.pop(result.step, (result.step, 0.0))[0]

    def current(self, width: int | None = None) -> str:
        """The step that has run longest, for how long, and how many others run at the same time.

        To fit into `width` columns, the name is cut first; where it is very narrow, only the name is left.
        """
        first, since = next(iter(self.running.values()), (_BETWEEN, time.monotonic()))
        others = len(self.running) - 1
        taken = time.monotonic() - since
        long = f" for {duration(taken)}" if taken >= _LONG else ""
        rest = long + (f" and {others:,} more" if others > 0 else "")
        if width is None:
            return clip(first, _NAME) + rest
        if width - len(rest) < _LEAST_NAME:
            rest = ""
        return clip(first, min(_NAME, max(width - len(rest), 1))) + rest

    def count(self, *, words: bool = False) -> str:
        if self.total_steps:
            return f"{self.steps:,}/{self.total_steps:,}" + (" steps" if words else "")
        return quantity(self.steps, "step")

    def tenth(self) -> int:
        """How many tenths of the total are done; 0 where the total is not known."""
        done, total = (self.bytes, self.total_bytes) if self.total_bytes else (self.steps, self.total_steps)
        return done * _PARTS // total if total else 0

    def time_left(self) -> str:
        """The time left at the average speed so far; "" where that is not known."""
        done, total = (self.bytes, self.total_bytes) if self.total_bytes else (self.steps, self.total_steps)
        if not 0 < done < total:
            return ""
        return f"{duration((time.monotonic() - self.begun) * (total - done) / done)} left"

    def bytes_sent(self) -> str:
        if not self.total_bytes:
            return ""
        rate = self.bytes / max(time.monotonic() - self.begun, 0.001)
        return f"{size(self.bytes)} of {size(self.total_bytes)} at {size(int(rate))}/s"


class _Face(Protocol):
    """How a tally looks. Called by one thread at a time."""

    def show(self, tally: _Tally) -> None: ...

    def print(self, line: Text) -> None: ...


class _Reporter:
    """Keeps the tally, from any thread, and shows it."""

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
                self._face.print(_failure(text, result))
            self._face.show(self._tally)


class _LiveBar:
    """A bar in bytes where there are bytes to send, else in steps.

    On a narrow terminal the bar is left out first, then the name is cut. How much is done, how fast it goes
    and the time left are never cut.
    """

    def __init__(self, bars: Bars, tally: _Tally) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=tally.total_bytes or tally.total_steps or None, sent="")
        self.show(tally)

    def show(self, tally: _Tally) -> None:
        done = tally.bytes if tally.total_bytes else tally.steps
        counts = f"{tally.count()} {tally.bytes_sent()}".rstrip()
        room = self._bars.console.width - cell_len(counts) - _TIME - 2  # blanks between columns
        bar = min(_BAR, room - _NAME - 1)
        if bar >= _LEAST_BAR:
            self._bars.columns = _columns(bar)
            room -= bar + 1
        else:
            self._bars.columns = _columns(0)
        name = tally.current(room)
        self._bars.update(self._task, completed=done, description=name, sent=counts)

    def print(self, line: Text) -> None:
        self._bars.console.print(line)


class _LogLines:
    """A line now and then and for each tenth of the total, fewer while nothing happens; failures at once."""

    def __init__(self, to: Console) -> None:
        self._console = to
        self._last = time.monotonic()
        self._shown: tuple[int, int] = (0, 0)  # steps and bytes of the last line
        self._tenth = 0

    def show(self, tally: _Tally) -> None:
        done = (tally.steps, tally.bytes)
        tenth = tally.tenth()
        waited = time.monotonic() - self._last
        further = tenth > self._tenth and waited >= _AT_LEAST
        if waited < (_QUIET if done == self._shown else _EVERY) and not further:
            return
        self._last, self._shown, self._tenth = time.monotonic(), done, tenth
        parts = [tally.count(words=True), tally.bytes_sent(), tally.time_left(), tally.current()]
        self.print(Text(" · ".join(part for part in parts if part)))

    def print(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True)


def _bars(to: Console) -> Bars:
    return Bars(*_columns(_BAR), console=to, transient=True, redirect_stdout=False)


def _columns(bar: int) -> tuple[ProgressColumn, ...]:
    """One line: what is running, a bar of `bar` columns, how much is done and how fast, and the time left."""
    whole = partial(Column, no_wrap=True)
    return (
        TextColumn("{task.description}", markup=False, table_column=whole(overflow="ellipsis")),
        *([BarColumn(bar_width=bar, table_column=whole())] if bar else []),
        TextColumn("{task.fields[sent]}", markup=False, table_column=whole()),
        TimeRemainingColumn(compact=True, table_column=whole()),
    )


def _failure(text: str, result: Result) -> Text:
    return Text.assemble(("failed: ", "bold red"), f"{text}: {clean(result.error or result.reason)}")
