"""The verbs about a dandiset that exists: import, pull, diff, publish, explain. `cli` has the others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dandifile.flags import Format, NoColor


def add_commands(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    app.command(name="import")(import_)


def import_(
    source: Annotated[
        str,
        typer.Argument(
            metavar="DANDISET",
            help="DANDI:000123, 000123, the address of its page, or a downloaded dandiset.yaml.",
        ),
    ],
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="FILE", help="The spec to write, or its folder.")
    ] = None,
    instance: Annotated[
        str,
        typer.Option(
            "--instance", metavar="NAME", help="Its archive: dandi-sandbox, dandi, local, … or a URL."
        ),
    ] = "",
    format: Format = "text",
    no_color: NoColor = False,
) -> int:
    """Write the dandiset.yaml of a dandiset that exists. Its plan is empty."""
    from dandifile.commands.import_spec import import_
    from dandifile.terminal.screen import Flags

    return import_(source, Flags(file, format=format, no_color=no_color), instance)
