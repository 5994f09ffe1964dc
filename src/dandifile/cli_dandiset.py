"""The verbs about a dandiset that exists: import, pull, diff, publish, explain. `cli` has the others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dandifile.flags import Environment, Exclude, File, Format, Jobs, NoColor, PathGlob, Verbose


def add_commands(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    app.command(name="import")(import_)
    app.command()(diff)
    app.command()(pull)


Source = Annotated[
    str,
    typer.Argument(
        metavar="DANDISET",
        help="DANDI:000123, 000123, the address of its page, or a downloaded dandiset.yaml.",
    ),
]
Target = Annotated[
    Path | None, typer.Option("--file", "-f", metavar="FILE", help="The spec to write, or its folder.")
]
InstanceName = Annotated[
    str,
    typer.Option("--instance", metavar="NAME", help="Its archive: dandi-sandbox, dandi, local, … or a URL."),
]
Update = Annotated[
    bool,
    typer.Option("--update", help="Take what was changed on the archive over into the spec that is here."),
]
Field = Annotated[
    list[str], typer.Option("--field", metavar="FIELD", help="With --update: this field alone.")
]
AllFields = Annotated[
    bool, typer.Option("--all-fields", help="With --update: also what the spec does not declare.")
]
OverwriteSpec = Annotated[
    list[str],
    typer.Option(
        "--overwrite-spec",
        metavar="FIELD",
        help="With --update: take this field over even if it was changed in the spec.",
    ),
]
Check = Annotated[
    bool, typer.Option("--check", help="With --update: write nothing; exit 2 if something would change.")
]
Yes = Annotated[bool, typer.Option("--yes", help="With --update: write without asking.")]


def import_(
    source: Source = "",
    file: Target = None,
    instance: InstanceName = "",
    update: Update = False,
    environment: Environment = "",
    field: Field = [],
    all_fields: AllFields = False,
    overwrite_spec: OverwriteSpec = [],
    check: Check = False,
    yes: Yes = False,
    format: Format = "text",
    no_color: NoColor = False,
) -> int:
    """Write the dandiset.yaml of a dandiset that exists, or bring it up to date."""
    from dandifile.commands.import_spec import import_
    from dandifile.commands.import_update import Updating, import_update
    from dandifile.terminal.screen import Flags

    flags = Flags(file, environment, format=format, no_color=no_color)
    asked = Updating(tuple(field), tuple(overwrite_spec), every=all_fields, check=check, yes=yes)
    if update:
        return import_update(flags, asked, named=source or instance)
    asked.refuse_alone(environment)
    return import_(source, flags, instance)


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
