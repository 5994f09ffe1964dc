"""The verbs about a dandiset that exists: import, pull, diff, publish, explain. `cli` has the others."""

from __future__ import annotations

from typing import Annotated

import typer

from dandifile.flags import Environment, File, NoColor, PathGlob, Verbose


def add_commands(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    app.command()(diff)


def diff(
    versions: Annotated[
        list[str],
        typer.Argument(
            metavar="[VERSION [VERSION]]",
            help="A version, as 0.260218.2052, to compare with the draft; two: with each other; "
            "none: the last published one with the draft.",
        ),
    ] = [],
    file: File = None,
    environment: Environment = "",
    path: PathGlob = [],
    format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="text, json or markdown.")
    ] = "text",
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> int:
    """Show what changed between two versions, or between a version and the draft."""
    from dandifile.commands.diff import FORMATS, diff
    from dandifile.terminal.screen import Flags

    flags = Flags(file, environment, format=format, verbose=verbose, no_color=no_color, formats=FORMATS)
    return diff(flags, versions, path)
