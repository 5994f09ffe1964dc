"""The two consoles: results go to stdout, everything else to stderr.

rich itself honours `NO_COLOR`, `TERM=dumb` and redirected streams. Text is printed unchanged: no markup, no
highlighting, no emoji codes, and nothing is cut.
"""

from __future__ import annotations

import codecs
import sys
from typing import TYPE_CHECKING, TextIO

from rich.console import Console

if TYPE_CHECKING:
    from rich.text import Text

_ELSEWHERE = 100  # columns to lay out for where there is no terminal: a log, a file, a pipe
_WIDEST = 160  # longer lines are hard to follow, however wide the screen
_ASCII = {"→": "->", "·": "|", "…": "...", "«": '"', "»": '"', "—": "-"}


def stdout(*, no_color: bool = False) -> Console:
    return console(sys.stdout, no_color=no_color)


def stderr(*, no_color: bool = False) -> Console:
    return console(sys.stderr, no_color=no_color)


def show(to: Console, text: Text) -> None:
    """Prints without wrapping: the text has its layout, and a long path must stay one word."""
    to.print(text, soft_wrap=True, highlight=False)


def width(of: Console) -> int:
    """The columns to lay text out for."""
    return min(of.width, _WIDEST) if of.is_terminal else _ELSEWHERE


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Raises, as rich would end the program here with the exit code of a failure."""
        raise BrokenPipeError


def console(stream: TextIO, *, no_color: bool = False) -> Console:
    """A console on any stream that prints text unchanged."""
    _never_fail(stream)
    return _Console(
        file=stream,
        no_color=no_color or None,  # None: as NO_COLOR says
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=True,
    )


def _never_fail(stream: TextIO) -> None:
    """Makes an old code page without our signs print plain ones instead of failing."""
    codecs.register_error("dandifile", _ascii_signs)
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="dandifile")


def _ascii_signs(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(_ASCII.get(character, "?") for character in bad), error.end
