"""Progress, on a terminal and in a log."""

from __future__ import annotations

import io
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from dandifile.model import Result, Status
from dandifile.report import progress as module
from dandifile.report.progress import Progress, progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def last_frame(stream: io.StringIO) -> str:
    """What the line of a terminal shows, before it is taken away."""
    frames = re.split(r"\r|\n", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue()))
    return next(frame for frame in reversed(frames) if "/" in frame)


def work(shown: Progress, count: int = 20) -> None:
    def one(number: int) -> None:
        shown.started(f"{number}", f"uploading [b]{number}\x1b.nwb")
        shown.advance(1_000)
        shown.ended(Result(f"{number}", Status.FAILED if number == 3 else Status.DONE, error="no way"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(count)))


def test_a_log_gets_few_lines_and_every_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_EVERY", 0.0)
    stream = io.StringIO()
    with progress(20_000, 20, stream=stream) as shown:
        work(shown)

    lines = stream.getvalue().splitlines()
    assert r"failed: uploading [b]3\x1b.nwb: no way" in lines
    assert lines[-1].startswith("20/20 steps · 20.0 kB of 20.0 kB at ")
    assert "\x1b" not in stream.getvalue()


def test_one_step_is_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_EVERY", 0.0)
    stream = io.StringIO()
    with progress(0, 0, stream=stream) as shown:
        work(shown, 1)
    assert stream.getvalue().splitlines()[-1].startswith("1 step")
    assert "1 steps" not in stream.getvalue()


def test_a_log_is_not_flooded() -> None:
    stream = io.StringIO()
    with progress(20_000, 20, stream=stream) as shown:
        work(shown)

    assert stream.getvalue().splitlines() == [r"failed: uploading [b]3\x1b.nwb: no way"]


def test_a_terminal_gets_a_bar_that_goes_away() -> None:
    stream = Terminal()
    with progress(20_000, 20, stream=stream) as shown:
        work(shown)

    assert "20/20" in stream.getvalue()
    assert "[b]" in stream.getvalue()
    assert stream.getvalue().endswith("\x1b[2K")


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["log", "terminal"])
def test_a_step_that_hangs_is_named_though_nothing_is_told(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LONG", 0.0)
    monkeypatch.setattr(module, "_QUIET", 0.0)
    with progress(0, 0, stream=stream) as shown:
        shown.started("1", "inspect stuck.nwb")
        told = len(stream.getvalue())
        while "inspect stuck.nwb for " not in stream.getvalue()[told:]:
            time.sleep(0.05)


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["log", "terminal"])
def test_totals_may_be_unknown(stream: io.StringIO) -> None:
    with progress(0, 0, stream=stream) as shown:
        work(shown, 2)


def test_silence_and_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(20_000, 20, stream=sys.stderr, silent=True) as shown:
        work(shown)

    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_what_matters_is_never_cut(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs, the count, the rate and the time left: the bar and the end of a name go first."""
    monkeypatch.setenv("COLUMNS", str(columns))
    stream = Terminal()
    with progress(5_000_000_000, 400, stream=stream) as shown:
        for number in range(3):
            shown.started(
                f"{number}", f"sending sub-Mouse{number}/sub-Mouse{number}_ses-1_behavior+ecephys.nwb"
            )
        shown.advance(1_234_000_000)
        shown.ended(Result("0", Status.DONE))
    line = last_frame(stream)
    assert re.search(r"^sending s\S* .*1/400 1\.2 GB of 5\.0 GB at \S+ [kMGTP]?B/s +[-:\d]+\s*$", line), line
    assert len(line) <= columns
    assert ("and 1 more" in line) == (columns > 60)


def test_a_log_shows_each_tenth_of_many_quick_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_LEAST", 0.0)
    stream = io.StringIO()
    with progress(0, 400, stream=stream) as shown:
        for number in range(400):
            shown.started(f"{number}", f"change {number}.nwb")
            shown.ended(Result(f"{number}", Status.DONE))
    lines = stream.getvalue().splitlines()
    assert [line.split(" · ")[0] for line in lines] == [f"{40 * tenth}/400 steps" for tenth in range(1, 11)]
    assert all(" left · " in line for line in lines[:-1])


@pytest.mark.parametrize(("steps", "words"), [(1, "1 step · "), (2, "2 steps · ")])
def test_steps_are_counted_in_words_where_the_whole_is_not_known(
    steps: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_EVERY", 0.0)
    stream = io.StringIO()
    with progress(0, 0, stream=stream) as shown:
        for number in range(steps):
            shown.ended(Result(f"{number}", Status.DONE))
    assert stream.getvalue().splitlines()[-1].startswith(words)
