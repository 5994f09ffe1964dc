"""A plan that `--path` and `--exclude` bound: never half of what can only be done together."""

from __future__ import annotations

from collections.abc import Sequence

from dandifile.kinds.assets.gather import NAME
from dandifile.kinds.assets.steps import makes_room, vacating
from dandifile.model import Action, Block, Change, Key


def possible(kept: Sequence[Change], changes: Sequence[Change]) -> tuple[list[Change], list[Block]]:
    """(those of the changes `kept` that can be done without the other `changes`, why the rest cannot).

    A path that something has to leave first is free only if that is kept as well.
    """
    room = makes_room(changes)
    blocked: list[Block] = []
    while True:
        names = {change.key.name for change in kept}
        waiting = {
            change.key.name: min(needed)
            for change in kept
            if change.action is not Action.DELETE and (needed := vacating(change.key.name, room) - names)
        }
        if not waiting:
            return list(kept), blocked
        blocked += [_block(name, needed) for name, needed in waiting.items()]
        kept = [change for change in kept if change.key.name not in waiting]


def _block(name: str, needed: str) -> Block:
    return Block(
        f"it needs {needed} first, which --path or --exclude leaves out",
        "leave both in, or both out",
        Key(NAME, name),
    )
