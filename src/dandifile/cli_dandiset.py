"""The verbs about a dandiset that exists: import, pull, diff, publish, explain. `cli` has the others."""

from __future__ import annotations

from typing import Annotated

import typer

from dandifile.flags import (
    Allow,
    Environment,
    Executor,
    File,
    Format,
    Jobs,
    Locked,
    NoColor,
    Offline,
    StepTimeout,
    Verbose,
    Yes,
)


def add_commands(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    app.command()(publish)


def publish(
    file: File = None,
    environment: Environment = "",
    notes: Annotated[
        str,
        typer.Option(
            "--notes", metavar="FILE", help="Release notes from a file; auto: written from what has changed."
        ),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show everything, publish nothing.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the archive has validated it.")] = False,
    timeout: Annotated[
        float,
        typer.Option("--timeout", metavar="MINUTES", min=0.01, help="How long to wait for the archive."),
    ] = 60,
    as_is: Annotated[
        bool, typer.Option("--as-is", help="Publish the draft also where it is not as the spec declares.")
    ] = False,
    yes: Yes = False,
    allow: Allow = [],
    format: Format = "text",
    verbose: Verbose = False,
    no_color: NoColor = False,
    jobs: Jobs = None,
    executor: Executor = "local",
    step_timeout: StepTimeout = None,
    locked: Locked = False,
    offline: Offline = False,
) -> int:
    """Publish the draft: a version with a DOI, which never changes."""
    from dandifile.commands.publish import Asked, publish
    from dandifile.session.publish import Terms
    from dandifile.terminal.screen import Flags

    flags = Flags(file, environment, jobs, executor, step_timeout, locked, offline, format, verbose, no_color)
    return publish(flags, Asked(Terms(as_is, wait, timeout), notes, dry_run, yes, tuple(allow)))
