"""The flags that several commands have, each defined once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

File = Annotated[
    Path | None,
    typer.Option("--file", "-f", metavar="FILE", help="The spec, or its folder; default: here or above."),
]
Environment = Annotated[
    str, typer.Option("--environment", "-e", metavar="NAME", help="One of the spec's environments.")
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show everything, and why each step runs.")]
Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help="text or json.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours (also: NO_COLOR).")]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", metavar="N", min=1, help="How many steps run at once; default: by the machine."
    ),
]
Executor = Annotated[
    str,
    typer.Option("--executor", metavar="WHERE", help="local, or dask://HOST:PORT: a running cluster."),
]
StepTimeout = Annotated[
    float | None,
    typer.Option(
        "--step-timeout",
        metavar="MINUTES",
        min=0.01,
        help="How long one step on a file may take; large files get more. Default: 20.",
    ),
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", metavar="MINUTES", min=0.0, help="How long to wait for the archive."),
]
Locked = Annotated[bool, typer.Option("--locked", help="Look nothing up: what the lock lacks is an error.")]
Offline = Annotated[bool, typer.Option("--offline", help="Ask no lookup service.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before anything is changed.")]
Allow = Annotated[
    list[str],
    typer.Option(
        "--allow", metavar="WORD", help="Permit what cannot be undone: delete, or another word of the plan."
    ),
]
Only = Annotated[
    list[str], typer.Option("--only", metavar="KIND", help="Only this kind, such as assets or metadata.")
]
PathGlob = Annotated[
    list[str], typer.Option("--path", metavar="GLOB", help="Only assets whose path matches this glob.")
]
Exclude = Annotated[
    list[str],
    typer.Option("--exclude", metavar="GLOB", help="Leave out assets whose path matches this glob."),
]
Rename = Annotated[
    bool,
    typer.Option("--rename", help="Rename assets on the draft to the names that the files would get today."),
]
Refresh = Annotated[
    bool, typer.Option("--refresh-metadata", help="Apply a new extraction to unchanged files too.")
]
Overwrite = Annotated[
    list[str],
    typer.Option(
        "--overwrite-remote", metavar="FIELD", help="Set this field even if it was changed on the archive."
    ),
]
Store = Annotated[
    Path | None,
    typer.Option("--store", metavar="FOLDER", help="The archive's folder; default: the user's own."),
]

ALL = "all"
"""What `--refresh` means without a word."""


def with_refresh_word(arguments: Sequence[str]) -> list[str]:
    """A command line on which `--refresh` alone means all: the parser wants a word after it."""
    completed: list[str] = []
    for argument, following in pairwise([*arguments, "-"]):
        completed.append(argument)
        if argument == "--refresh" and following.startswith("-"):
            completed.append(ALL)
    return completed
