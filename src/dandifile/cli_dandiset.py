"""The verbs about a dandiset that exists: import, pull, diff, publish, explain. `cli` has the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer


def add_commands(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
