"""What reaches a terminal, a pipe and an old code page."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from rich.text import Text

from dandifile.report.console import console, show, stdout, width

if TYPE_CHECKING:
    import pytest

LONG = "sub-1/" + "x" * 300 + ".nwb"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_paths_stay_in_one_piece_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    show(stdout(), Text(f"+ {LONG} [bold]:smile:", "red"))

    assert capsys.readouterr().out == f"+ {LONG} [bold]:smile:\n"


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    show(console(stream), Text("x", "red"))
    show(console(stream, no_color=True), Text("y", "red"))
    monkeypatch.setenv("NO_COLOR", "1")
    show(console(stream), Text("z", "red"))

    assert stream.getvalue() == "\x1b[31mx\x1b[0m\ny\nz\n"


def test_a_code_page_without_our_signs_gets_plain_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    show(stdout(), Text("a → b · «é» …"))

    stream.flush()
    assert stream.buffer.getvalue() == b'a -> b | "?" ...\n'


def test_a_pipe_is_laid_out_for_a_hundred_columns() -> None:
    assert width(console(io.StringIO())) == 100
