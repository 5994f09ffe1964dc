"""The command line: flags in, one command's function out.

Nothing heavy is imported here: `dandifile --help` must feel instant. Every command imports its
own function when it is called.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import typer.core

from dandifile.cli_archive import archive
from dandifile.cli_dandiset import add_commands
from dandifile.flags import (
    Allow,
    Environment,
    Exclude,
    Executor,
    File,
    Format,
    Jobs,
    Locked,
    NoColor,
    Offline,
    Only,
    Overwrite,
    PathGlob,
    Refresh,
    Rename,
    StepTimeout,
    Timeout,
    Verbose,
    Yes,
)

_ORDER = (
    "init",
    "import",
    "check",
    "resolve",
    "plan",
    "apply",
    "status",
    "diff",
    "explain",
    "publish",
    "pull",
)
"""The verbs in the order in which a dandiset needs them; the others follow."""


class _Verbs(typer.core.TyperGroup):
    def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002 - the base class gives it
        return [*_ORDER, *(name for name in self.commands if name not in _ORDER)]


app = typer.Typer(
    name="dandifile",
    cls=_Verbs,
    help="One dandiset.yaml, reconciled with the DANDI archive.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(archive, name="archive")
add_commands(app)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"dandifile {version('dandifile')}")
        raise typer.Exit


@app.callback()
def every(
    version: Annotated[  # noqa: ARG001 - its callback has done it
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Reconcile one dandiset.yaml with the DANDI archive."""
    from dandifile.terminal.failures import start_logs

    start_logs()


@app.command()
def init(
    file: File = None,
    doi: Annotated[
        list[str], typer.Option("--doi", metavar="DOI", help="The paper; more than once for several.")
    ] = [],
    data: Annotated[
        list[Path],
        typer.Option("--data", metavar="DIR", help="A folder of data; more than once for several."),
    ] = [],
    instance: Annotated[
        str, typer.Option("--instance", metavar="NAME", help="dandi-sandbox, dandi, local, … or a URL.")
    ] = "",
    offline: Offline = False,
) -> int:
    """Write a first dandiset.yaml from a paper and folders of data."""
    from dandifile.commands.init import SpecSource, init, normal_dois

    source = SpecSource(normal_dois(doi), tuple(data), instance, offline)
    return init(file or Path(), source)


@app.command()
def plan(
    file: File = None,
    environment: Environment = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Save the plan for `apply PLANFILE`.")
    ] = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit 2 when there are changes.")
    ] = False,
    allow: Allow = [],
    only: Only = [],
    path: PathGlob = [],
    exclude: Exclude = [],
    rename: Rename = False,
    refresh_metadata: Refresh = False,
    overwrite_remote: Overwrite = [],
    format: Format = "text",
    verbose: Verbose = False,
    no_color: NoColor = False,
    jobs: Jobs = None,
    executor: Executor = "local",
    step_timeout: StepTimeout = None,
    locked: Locked = False,
    offline: Offline = False,
) -> int:
    """Show what apply would do. Changes nothing."""
    from dandifile.commands.plan import plan
    from dandifile.session.options import plan_options
    from dandifile.terminal.screen import Flags

    options = plan_options(
        allow=allow,
        only=only,
        paths=path,
        exclude=exclude,
        rename=rename,
        refresh_metadata=refresh_metadata,
        overwrite_remote=overwrite_remote,
    )
    flags = Flags(file, environment, jobs, executor, step_timeout, locked, offline, format, verbose, no_color)
    return plan(flags, options, out, detailed_exitcode=detailed_exitcode)


@app.command()
def apply(
    planfile: Annotated[Path | None, typer.Argument(help="A plan saved by `plan --out`.")] = None,
    file: File = None,
    environment: Environment = "",
    yes: Yes = False,
    create: Annotated[bool, typer.Option("--create", help="Make the dandiset if there is none yet.")] = False,
    allow: Allow = [],
    only: Only = [],
    path: PathGlob = [],
    exclude: Exclude = [],
    rename: Rename = False,
    refresh_metadata: Refresh = False,
    overwrite_remote: Overwrite = [],
    format: Format = "text",
    verbose: Verbose = False,
    no_color: NoColor = False,
    jobs: Jobs = None,
    executor: Executor = "local",
    step_timeout: StepTimeout = None,
    locked: Locked = False,
    offline: Offline = False,
) -> int:
    """Make the draft what the spec says."""
    from dandifile.commands.apply import apply
    from dandifile.session.options import plan_options
    from dandifile.terminal.screen import Flags

    options = plan_options(
        allow=allow,
        only=only,
        paths=path,
        exclude=exclude,
        rename=rename,
        refresh_metadata=refresh_metadata,
        overwrite_remote=overwrite_remote,
    )
    flags = Flags(file, environment, jobs, executor, step_timeout, locked, offline, format, verbose, no_color)
    return apply(flags, options, planfile, yes=yes, create=create)


@app.command()
def status(
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
    watch: Annotated[
        bool, typer.Option("--watch", help="Refresh until the archive has validated the draft.")
    ] = False,
    timeout: Timeout = 60.0,
) -> int:
    """Show what differs and what is still missing.

    That is drift, what the archive finds wrong, and what keeps the draft from being published.
    """
    from dandifile.commands.status import status
    from dandifile.terminal.screen import Flags

    flags = Flags(file, environment, jobs, executor, step_timeout, locked, offline, format, verbose, no_color)
    return status(flags, timeout if watch else None)


@app.command()
def check(
    file: File = None,
    environment: Environment = "",
    no_color: NoColor = False,
    format: Format = "text",
) -> int:
    """Check the spec, offline."""
    from dandifile.commands.check import check
    from dandifile.terminal.screen import Flags

    return check(Flags(file, environment, format=format, no_color=no_color))


@app.command()
def resolve(
    file: File = None,
    environment: Environment = "",
    offline: Offline = False,
    refresh: Annotated[
        list[str],
        typer.Option("--refresh", metavar="[WHAT]", help="Look up again: doi, orcid, ror, terms or all."),
    ] = [],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 2 if the lock would change.")
    ] = False,
    format: Format = "text",
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> int:
    """Look up papers, people and terms, and store them in the lock."""
    from dandifile.commands.resolve import Asked, resolve
    from dandifile.terminal.screen import Flags

    flags = Flags(file, environment, format=format, verbose=verbose, no_color=no_color)
    return resolve(flags, Asked(offline, tuple(refresh), check))


@app.command()
def checklist(
    file: File = None,
    environment: Environment = "",
    format: Format = "text",
    no_color: NoColor = False,
) -> int:
    """Show what would make the dandiset easier to find and reuse."""
    from dandifile.commands.checklist import checklist
    from dandifile.terminal.screen import Flags

    return checklist(Flags(file, environment, format=format, no_color=no_color))


@app.command()
def validate(
    file: File = None,
    environment: Environment = "",
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="FILE",
            help="Write the full result to a file: JSON if it ends in .json, else text.",
        ),
    ] = None,
    format: Format = "text",
    verbose: Verbose = False,
    no_color: NoColor = False,
    jobs: Jobs = None,
    executor: Executor = "local",
    step_timeout: StepTimeout = None,
) -> int:
    """Run the archive's checks on the data, offline."""
    from dandifile.commands.validate import validate
    from dandifile.terminal.screen import Flags

    flags = Flags(file, environment, jobs, executor, step_timeout, False, False, format, verbose, no_color)
    return validate(flags, report)


@app.command()
def scan(
    file: File = None,
    environment: Environment = "",
    forget: Annotated[
        list[str], typer.Option("--forget", metavar="GLOB", help="Remove lines of files that are not here.")
    ] = [],
    format: Format = "text",
    verbose: Verbose = False,
    no_color: NoColor = False,
    jobs: Jobs = None,
    executor: Executor = "local",
    step_timeout: StepTimeout = None,
) -> int:
    """Write dandiset.assets.tsv, for machines without the data."""
    from dandifile.commands.scan import scan
    from dandifile.terminal.screen import Flags

    flags = Flags(
        file, environment, jobs, executor, step_timeout, format=format, verbose=verbose, no_color=no_color
    )
    return scan(flags, forget)


@app.command()
def organize(
    file: File = None,
    environment: Environment = "",
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="Make a tree of files with these names.")
    ] = None,
    mode: Annotated[
        str, typer.Option("--mode", metavar="MODE", help="symlink (the default), hardlink, copy or move.")
    ] = "",
    undo: Annotated[
        Path | None, typer.Option("--undo", metavar="LOG", help="Remove a tree again, by its log.")
    ] = None,
    rename: Rename = False,
    format: Format = "text",
    verbose: Verbose = False,
    no_color: NoColor = False,
    jobs: Jobs = None,
    executor: Executor = "local",
    step_timeout: StepTimeout = None,
) -> int:
    """Show the names that files get; make a folder with them."""
    from dandifile.commands.organize import organize
    from dandifile.terminal.screen import Flags

    flags = Flags(
        file, environment, jobs, executor, step_timeout, format=format, verbose=verbose, no_color=no_color
    )
    return organize(flags, to, mode, undo, rename=rename)


@app.command()
def fmt(
    file: File = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether it would change; exit 2 if so.")
    ] = False,
) -> int:
    """Format the spec; comments are kept."""
    from dandifile.commands.fmt import fmt

    return fmt(file, check=check)


@app.command()
def schema(name: Annotated[str, typer.Argument(help="spec, plan or lock.")] = "spec") -> int:
    """Print the JSON Schema of the spec, a plan or the lock."""
    from dandifile.commands.schema import schema

    return schema(name)


@app.command()
def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where to put the made-up lab.")] = Path("demo"),
    release: Annotated[
        bool, typer.Option("--release", help="The steps from an embargo to a published version.")
    ] = False,
    no_color: NoColor = False,
) -> int:
    """Run the main steps on a made-up lab and the embedded archive."""
    from dandifile.commands.demo import demo

    return demo(folder, context.obj, no_color=no_color, release=release)
