"""How the changes of one kind are shown to a person. Whatever a kind leaves open has a general form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dandifile.model.plan import Change
from dandifile.model.remote import Target


@dataclass(frozen=True)
class Line:
    """What a plan says of one change, after its sign and its kind. `size` in bytes; None: not shown."""

    name: str
    remark: str = ""
    size: int | None = None


@dataclass(frozen=True)
class Wording:
    """The words for the changes of one kind.

    `planned` and `done` are the nouns by which plans and results count them: "2 metadata fields". Where they
    are "", the count is by action: "owners: 1 to add", "owners created". `held` is the noun for those that
    wait for a permit. `line` replaces the general line: the name, and what differs between before and after.

    `paths`: each change is about a path in the dandiset, and its sides hold `path`, `digest`, `size` and
    `metadata`. Many of them are folded by folder, and counted by action alone: "2 to add, 1 to move".
    """

    planned: str = ""
    done: str = ""
    held: str = "change"
    line: Callable[[Change, Target], Line] | None = None
    paths: bool = False
