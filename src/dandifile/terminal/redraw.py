"""A text that is drawn again and again in the same place of a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dandifile.terminal.screen import Flags

if TYPE_CHECKING:
    from rich.text import Text


@contextmanager
def redrawing(flags: Flags) -> Iterator[Callable[[Callable[..., Text], str], None] | None]:
    """What draws a line and below it a text, given as a function of the width, over those before.

    None where stdout is no terminal, or where the result is not text. All is gone when the block ends.
    """
    if flags.format != "text" or not sys.stdout.isatty():
        yield None
        return
    from rich.live import Live
    from rich.text import Text

    from dandifile.report.console import stdout, width

    console = stdout(no_color=flags.no_color)
    with Live(console=console, transient=True, auto_refresh=False) as live:

        def draw(text: Callable[..., Text], line: str) -> None:
            page = Text("\n\n").join([Text(line, "bold"), text(width=width(console))])
            live.update(page, refresh=True)

        yield draw
