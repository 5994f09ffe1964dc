"""The verbs about a dandiset that exists: import, pull, diff, publish, explain. `cli` has the everyday ones."""

from __future__ import annotations

import typer


def add_commands(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
