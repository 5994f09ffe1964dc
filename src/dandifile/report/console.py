"""The two consoles (results go to stdout, everything else to stderr), and how errors look on them.

rich itself honours `NO_COLOR`, `TERM=dumb` and redirected streams. Text is printed unchanged: no markup, no
highlighting, no emoji codes, and nothing is cut.
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Sequence
from typing import TextIO

from rich.console import Console
from rich.text import Text

from dandifile.errors import Problem, SpecError, UserError
from dandifile.report.lines import page, paragraph
from dandifile.words import clean, quantity

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


_COUNTED = 5  # problems that can be counted at a glance
_MOST_PLACES = 5  # of the same problem


def error_text(error: UserError, *, width: int = 100) -> Text:
    """The whole error, with its problems in the order in which they were found."""
    lines = paragraph("error: ", error.what, width, "bold red")
    if error.where:
        lines += paragraph("  at: ", error.where, width, "dim")
    if isinstance(error, SpecError):
        lines += _problems(error.problems, width)
        lines += [Text("")] if error.problems and error.fix else []
    if error.fix:
        lines += _hint(error.fix, width)
    return page(lines)


def _problems(problems: Sequence[Problem], width: int) -> list[Text]:
    """Each problem once, with its places: the same wrong word is often in many places."""
    places: dict[tuple[str, str], list[str]] = {}
    for problem in problems:
        places.setdefault((problem.what, problem.fix), []).append(problem.where)
    lines: list[Text] = []
    fixes = [fix for _, fix in places]
    for ((what, fix), where), later in zip(places.items(), [*fixes[1:], ""], strict=False):
        lines += [Text(""), *_places(where, what, width)]
        if fix and fix != later:  # once, after the last with this fix
            lines += _hint(fix, width, "    ")
    total = [Text(""), Text(f"{quantity(len(problems), 'problem')} in all")]
    return [*lines, *total] if len(problems) > _COUNTED else lines


def _places(where: Sequence[str], what: str, width: int) -> list[Text]:
    """The place and what is wrong there, with further places of the same problem below."""
    first, *others = where
    lead = f"  {clean(first)}  " if first else "  "
    shown = others if len(others) < _MOST_PLACES else others[: _MOST_PLACES - 2]
    more = len(others) - len(shown)
    return [
        *paragraph(lead, what, width, "bold"),
        *(Text(f"  {clean(place)}  the same") for place in shown),
        *([Text(f"  … and {quantity(more, 'more place')}")] if more else []),
    ]


def _hint(fix: str, width: int, indent: str = "") -> list[Text]:
    return paragraph(f"{indent}hint: ", fix, width, "cyan")
