"""The verbs about a dandiset that exists: import, pull, diff, publish, explain. `cli` has the others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dandifile.flags import (
    Environment,
    Exclude,
    Executor,
    File,
    Format,
    Jobs,
    Locked,
    NoColor,
    Offline,
    PathGlob,
    StepTimeout,
    Verbose,
)


def add_commands(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    app.command()(diff)
    app.command()(explain)
    app.command()(pull)


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
    """Show what changed between two versions."""
    from dandifile.commands.diff import FORMATS, diff
    from dandifile.terminal.screen import Flags

    flags = Flags(file, environment, format=format, verbose=verbose, no_color=no_color, formats=FORMATS)
    return diff(flags, versions, path)


def pull(
    file: File = None,
    environment: Environment = "",
    path: PathGlob = [],
    exclude: Exclude = [],
    version: Annotated[
        str, typer.Option("--version", metavar="VERSION", help="A published version; default: the draft.")
    ] = "draft",
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="Where to put assets that no entry of `paths` takes."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files here that differ from the archive's.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be fetched; fetch nothing.")
    ] = False,
    format: Format = "text",
    verbose: Verbose = False,
    no_color: NoColor = False,
    jobs: Jobs = None,
) -> int:
    """Fetch what the archive has and this folder lacks."""
    from dandifile.commands.pull import pull, pull_options
    from dandifile.terminal.screen import Flags

    options = pull_options(paths=path, exclude=exclude, version=version, overwrite=overwrite, to=to)
    flags = Flags(file, environment, jobs, format=format, verbose=verbose, no_color=no_color)
    return pull(flags, options, dry_run=dry_run)


def explain(
    what: Annotated[
        str,
        typer.Argument(
            metavar="PATH|FIELD",
            help="An asset, by its path in the dandiset; a file here; or a field, as keywords or "
            "contributor/0/email.",
        ),
    ],
    file: File = None,
    environment: Environment = "",
    format: Format = "text",
    verbose: Verbose = False,
    no_color: NoColor = False,
    jobs: Jobs = None,
    executor: Executor = "local",
    step_timeout: StepTimeout = None,
    locked: Locked = False,
    offline: Offline = False,
) -> int:
    """Show why something is planned, or not. Changes nothing."""
    from dandifile.commands.explain import explain
    from dandifile.terminal.screen import Flags

    flags = Flags(file, environment, jobs, executor, step_timeout, locked, offline, format, verbose, no_color)
    return explain(flags, what)
