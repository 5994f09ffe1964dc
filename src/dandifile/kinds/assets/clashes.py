"""Paths that cannot be: below a file, or where a folder is. The archive refuses them at the last moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from dandifile.kinds.assets.gather import NAME
from dandifile.model import Block, Key, LocalAsset

_FIX = "rename one of them, or have the one on the draft deleted: `prune: true` and --allow delete"


def clashes(written: Iterable[LocalAsset], staying: Collection[str]) -> dict[str, Block]:
    """Why files cannot be written, by path, given the paths that stay on the draft."""
    folders = {folder for path in staying for folder in above(path)}
    found: dict[str, Block] = {}
    for file in written:
        files = [folder for folder in above(file.path) if folder in staying]
        if files:
            reason = f"{files[0]} is a file on the draft: a path cannot be both"
        elif file.path in folders:
            reason = "this is a folder on the draft: a path cannot be both"
        else:
            continue
        found[file.path] = Block(reason, _FIX, Key(NAME, file.path))
    return found


def above(path: str) -> Iterable[str]:
    """The folders that a path is in, nearest first."""
    return (str(parent) for parent in PurePosixPath(path).parents if str(parent) != ".")
