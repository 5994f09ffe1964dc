"""Progress, on a terminal and in a log."""

from __future__ import annotations

import io
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
