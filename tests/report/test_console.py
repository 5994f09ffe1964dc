"""What reaches a terminal, a pipe and an old code page."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from rich.text import Text

from dandifile.errors import ArchiveError, Problem, SpecError
from dandifile.report.console import console, error_text, show, stdout, width

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


def test_an_error_says_what_where_and_what_to_do() -> None:
    error = ArchiveError(
        "the archive refused the key", where="https://api.dandiarchive.org", fix="make a new key"
    )

    assert error_text(error).plain.splitlines() == [
        "error: the archive refused the key",
        "  at: https://api.dandiarchive.org",
        "hint: make a new key",
    ]


def test_every_problem_has_its_place_and_its_own_hint() -> None:
    error = SpecError(
        "dandiset.yaml has mistakes",
        [
            Problem("dandiset.yaml:12:5", "unknown key `keyword`", "did you mean `keywords`?"),
            Problem("dandiset.yaml:14:1", "`identifier` must be text", 'quote it: "000123"'),
        ],
        fix="see dandifile schema",
    )

    assert error_text(error).plain.splitlines() == [
        "error: dandiset.yaml has mistakes",
        "",
        "  dandiset.yaml:12:5  unknown key `keyword`",
        "    hint: did you mean `keywords`?",
        "",
        "  dandiset.yaml:14:1  `identifier` must be text",
        '    hint: quote it: "000123"',
        "",
        "hint: see dandifile schema",
    ]


def test_a_hint_that_holds_for_several_in_a_row_is_said_once() -> None:
    problems = [
        Problem(f"a.yaml:{line}:1", what, "fill it in") for line, what in ((1, "name"), (2, "license"))
    ]
    assert error_text(
        SpecError("gaps", [*problems, Problem("a.yaml:3:1", "typo", "mend it")])
    ).plain.splitlines() == [
        "error: gaps",
        "",
        "  a.yaml:1:1  name",
        "",
        "  a.yaml:2:1  license",
        "    hint: fill it in",
        "",
        "  a.yaml:3:1  typo",
        "    hint: mend it",
    ]


def test_the_same_problem_in_many_places_is_told_once() -> None:
    problems = [Problem(f"dandiset.yaml:{line}:1", "no role", "add roles") for line in range(1, 9)]
    lines = error_text(SpecError("mistakes", problems)).plain.splitlines()

    assert lines[2:8] == [
        "  dandiset.yaml:1:1  no role",
        "  dandiset.yaml:2:1  the same",
        "  dandiset.yaml:3:1  the same",
        "  dandiset.yaml:4:1  the same",
        "  … and 4 more places",
        "    hint: add roles",
    ]
    assert "8 problems in all" in lines


def test_long_messages_wrap_under_themselves_and_control_characters_are_shown() -> None:
    lines = error_text(SpecError("bad \x1b[31m " + "word " * 30, ()), width=60).plain.splitlines()

    assert lines[0].startswith(r"error: bad \x1b[31m word")
    assert all(len(line) <= 60 for line in lines)
    assert lines[1].startswith("       word")
