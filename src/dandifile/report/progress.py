"""How far a run is: a live bar on a terminal, a line every few seconds in a log. Never on stdout."""

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
_QUIET = 60.0  # seconds between two lines while nothing goes on
_AT_LEAST = 1.0  # seconds between two lines, however fast it goes
_PARTS = 10  # a line for each tenth of the whole as well
_LONG = 15.0  # seconds after which the time that a step has taken is shown
_BETWEEN = (
    "looking at what is there"  # before the first step and after the last: at the archive, and into folders
)
_NAME = 48  # columns at most for what is being done
_LEAST_NAME = 16  # columns that it has before the number of others is shown
_BAR = 20  # columns of the bar, where there is room for one
_LEAST_BAR = 5
_TIME = 7  # columns of the time left: `1:23:45`


class Progress(Protocol):
    """What a run reports, from any thread."""

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

    `total_steps` steps will end (0: not known); `total_bytes` is 0 where nothing is sent.
    """
    to = console(stream, no_color=no_color)
    tally = _Tally(total_bytes, total_steps)
    if silent:
        yield _Silent()
    elif to.is_terminal:
        with _bars(to) as bars, _ticker(_Shown(_Live(bars, tally), tally)) as shown:
            yield shown
    else:
        with _ticker(_Shown(_Lines(to), tally)) as shown:
            yield shown


@contextmanager
def _ticker(shown: _Shown, every: float = 1.0) -> Iterator[_Shown]:
    """Shows it every second too: a step that hangs reports nothing, and is named then."""
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

    def now(self, width: int | None = None) -> str:
        """The step that has run longest, for how long, and how many others run at the same time.

        In `width` columns, the name is cut first, and others are left out where it is very narrow.
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

    def counted(self, *, words: bool = False) -> str:
        if self.total_steps:
            return f"{self.steps:,}/{self.total_steps:,}" + (" steps" if words else "")
        return quantity(self.steps, "step")

    def tenth(self) -> int:
        """How many tenths of the whole are done; 0 where the whole is not known."""
        done, total = (self.bytes, self.total_bytes) if self.total_bytes else (self.steps, self.total_steps)
        return done * _PARTS // total if total else 0

    def left(self) -> str:
        """The time left, if it goes on as it went on average; "" where that cannot be said."""
        done, total = (self.bytes, self.total_bytes) if self.total_bytes else (self.steps, self.total_steps)
        if not 0 < done < total:
            return ""
        return f"{duration((time.monotonic() - self.begun) * (total - done) / done)} left"

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
    """Keeps the tally, from any thread, and has it shown."""

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
    """A bar in bytes where there are bytes to move, else in steps.

    Where the terminal is narrow, first the bar goes and then the end of the name: how much is done, how fast
    and how long it still takes are never cut.
    """

    def __init__(self, bars: Bars, tally: _Tally) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=tally.total_bytes or tally.total_steps or None, sent="")
        self.show(tally)

    def show(self, tally: _Tally) -> None:
        done = tally.bytes if tally.total_bytes else tally.steps
        said = f"{tally.counted()} {tally.sent()}".rstrip()
        room = self._bars.console.width - cell_len(said) - _TIME - 2  # blanks between columns
        bar = min(_BAR, room - _NAME - 1)
        if bar >= _LEAST_BAR:
            self._bars.columns = _columns(bar)
            room -= bar + 1
        else:
            self._bars.columns = _columns(0)
        name = tally.now(room)
        self._bars.update(self._task, completed=done, description=name, sent=said)

    def tell(self, line: Text) -> None:
        self._bars.console.print(line)


class _Lines:
    """A line now and then and for each tenth of the whole, fewer while nothing goes on; failures at once."""

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
        parts = [tally.counted(words=True), tally.sent(), tally.left(), tally.now()]
        self.tell(Text(" · ".join(part for part in parts if part)))

    def tell(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True)


def _bars(to: Console) -> Bars:
    return Bars(*_columns(_BAR), console=to, transient=True, redirect_stdout=False)


def _columns(bar: int) -> tuple[ProgressColumn, ...]:
    """One line: what is running, a bar of so many columns, how much is done and how fast, the time left."""
    whole = partial(Column, no_wrap=True)
    return (
        TextColumn("{task.description}", markup=False, table_column=whole(overflow="ellipsis")),
        *([BarColumn(bar_width=bar, table_column=whole())] if bar else []),
        TextColumn("{task.fields[sent]}", markup=False, table_column=whole()),
        TimeRemainingColumn(compact=True, table_column=whole()),
    )


def _failure(text: str, result: Result) -> Text:
    return Text.assemble(("failed: ", "bold red"), f"{text}: {clean(result.error or result.reason)}")
