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
    Timeout,
    Verbose,
)


def add_commands(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    app.command(name="import")(import_)
    app.command()(diff)
    app.command()(explain)
    app.command()(pull)
    app.command()(publish)


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
    typer.Option("--update", help="Take over into the spec here what was changed on the archive."),
]
Field = Annotated[
    list[str],
    typer.Option("--field", metavar="FIELD", help="With --update: only this field; can be repeated."),
]
AllFields = Annotated[
    bool, typer.Option("--all-fields", help="With --update: also the fields that the spec does not declare.")
]
OverwriteSpec = Annotated[
    list[str],
    typer.Option(
        "--overwrite-spec",
        metavar="FIELD",
        help="With --update: take over this field even if it was changed in the spec.",
    ),
]
Check = Annotated[
    bool, typer.Option("--check", help="With --update: write nothing; exit 2 if something would change.")
]
Fix = Annotated[
    bool, typer.Option("--fix", help="Show what is surely wrong in the metadata, as a diff of the spec.")
]
Yes = Annotated[bool, typer.Option("--yes", help="With --update or --fix: write without asking.")]


Data = Annotated[
    list[Path],
    typer.Option("--data", metavar="DIR", help="A folder with files of the dandiset; can be repeated."),
]


def import_(
    source: Source = "",
    file: Target = None,
    instance: InstanceName = "",
    data: Data = [],
    fix: Fix = False,
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
    """Write the dandiset.yaml of a dandiset that exists.

    With --update, take over into the spec here what was changed on the archive.
    """
    from dandifile.commands.import_spec import Wish, import_
    from dandifile.commands.import_update import Updating, import_update
    from dandifile.terminal.screen import Flags

    flags = Flags(file, environment, format=format, no_color=no_color)
    asked = Updating(tuple(field), tuple(overwrite_spec), every=all_fields, check=check, yes=yes)
    if update:
        asked.refuse_fix(fix=fix)
        return import_update(flags, asked, named=source or instance)
    asked.refuse_alone(environment, fix=fix)
    return import_(Wish(source, instance, fix, yes, tuple(data)), flags)


def diff(
    versions: Annotated[
        list[str],
        typer.Argument(
            metavar="[VERSION [VERSION]]",
            help="One version, as 0.260218.2052: compare it with the draft. Two: compare them with each "
            "other. None: the last published one with the draft.",
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
    """Show what changed between two versions.

    Without arguments: the last published one and the draft.
    """
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
        str, typer.Option("--version", metavar="VERSION", help="A published version.")
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
    from dandifile.commands.pull import pull
    from dandifile.session.pull import pull_options
    from dandifile.terminal.screen import Flags

    options = pull_options(paths=path, exclude=exclude, version=version, overwrite=overwrite, to=to)
    flags = Flags(file, environment, jobs, format=format, verbose=verbose, no_color=no_color)
    return pull(flags, options, dry_run=dry_run)


def publish(
    file: File = None,
    environment: Environment = "",
    notes: Annotated[
        str,
        typer.Option(
            "--notes", metavar="FILE", help="Release notes from a file; auto: written from what has changed."
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be published; publish nothing.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until the archive has validated the draft.")
    ] = False,
    timeout: Timeout = 60.0,
    as_is: Annotated[
        bool, typer.Option("--as-is", help="Publish the draft even if it differs from the spec.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; needs --allow publish too.")] = False,
    allow: Annotated[
        list[str], typer.Option("--allow", metavar="WORD", help="publish: permit it, as it cannot be undone.")
    ] = [],
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
    from dandifile.commands.publish import PublishRequest, publish
    from dandifile.session.publish import Terms
    from dandifile.terminal.screen import Flags

    flags = Flags(file, environment, jobs, executor, step_timeout, locked, offline, format, verbose, no_color)
    return publish(flags, PublishRequest(Terms(as_is, wait, timeout), notes, dry_run, yes, tuple(allow)))


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
