"""Which dandiset.yaml a command is about."""

from __future__ import annotations

from pathlib import Path

from dandifile.errors import UserError

NAME = "dandiset.yaml"


def chosen(named: Path | None) -> Path:
    """The spec that was named, by its file or by its folder; else the one that `find` finds from here."""
    if named is None:
        return find(Path.cwd())
    return named / NAME if named.is_dir() else named


def find(start: Path) -> Path:
    """The `dandiset.yaml` in `start` or the nearest parent that has one; a UserError if none has."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / NAME).is_file():
            return folder / NAME
    raise UserError(
        f"there is no {NAME} here or in a parent folder",
        where=str(start),
        fix="`dandifile init --data DIR` begins one; `-f FILE` names a spec elsewhere",
    )
