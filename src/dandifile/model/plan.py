"""What to do: changes, their steps, the plan that holds both, and the results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dandifile.model.reason import Reason
from dandifile.model.remote import Target
from dandifile.model.values import Json, JsonObject


@dataclass(frozen=True, order=True)
class Key:
    """Identifies a resource permanently. An asset's name is its path, as its id changes on every PUT."""

    kind: str
    name: str


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"  # the same content, other metadata
    REPLACE = "replace"  # other content
    MOVE = "move"
    DELETE = "delete"


@dataclass(frozen=True)
class Change:
    """One resource that is not as it should be: what it is now and what it will be.

    None means "not there". Assets are `{path, digest, size, metadata}`, where `metadata`
    holds only the keys that differ. `permit` names the `--allow` word (or "create") without
    which nothing is done about this change; "" where none is needed. `reason` is why it is to be
    made, where the two sides alone do not show that.
    """

    key: Key
    before: Json
    after: Json
    permit: str = ""
    reason: Reason | None = None

    @property
    def action(self) -> Action:
        if self.before is None:
            return Action.CREATE
        if self.after is None:
            return Action.DELETE
        if isinstance(self.before, dict) and isinstance(self.after, dict) and "digest" in self.before:
            if self.before["path"] != self.after["path"]:
                return Action.MOVE
            if self.before["digest"] != self.after["digest"]:
                return Action.REPLACE
        return Action.UPDATE


class Effect(StrEnum):
    NONE = "none"
    LOCAL = "local"
    REMOTE = "remote"


@dataclass(frozen=True)
class Step:
    """One thing that a worker does. `params` are JSON and hold no secret.

    A step runs once all of `needs` are done, and is skipped when one of them failed.
    `after` only orders: these have ended, one way or another, before the step starts.
    `reason` is why it runs; None of a step that only waits for others, or in a plan that was saved without.
    """

    id: str
    kind: str
    params: JsonObject
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    effect: Effect = Effect.REMOTE
    reason: Reason | None = None


@dataclass(frozen=True)
class Block:
    """Why something will not be done. Without a key it stops everything.

    `about` is "account", "name" or "publishing" where it is about this user or moment: it is asked again
    when a saved plan is applied.
    """

    reason: str
    fix: str
    key: Key | None = None
    about: str = ""


@dataclass(frozen=True)
class Forecast:
    """One thing that keeps the draft from being valid once the plan is done.

    `field` is DANDI's own name; `before`: so it is already, without this plan. `assets` are the paths of
    those that it is about; none for the dandiset itself.
    """

    field: str
    message: str
    fix: str
    before: bool
    assets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What apply would do, said once: printed, saved, explained and executed from this value."""

    target: Target
    changes: tuple[Change, ...] = ()
    steps: tuple[Step, ...] = ()
    blocked: tuple[Block, ...] = ()
    elsewhere: tuple[str, ...] = ()  # what is not on this machine and therefore unknown
    notes: tuple[str, ...] = ()
    unchanged: int = 0  # assets that are up to date
    bytes_to_send: int = 0
    allow: tuple[str, ...] = ()  # the permits given when the plan was made
    base: Mapping[str, str] = field(default_factory=dict)  # digests of spec and lock
    environment: str = ""  # the one of the spec's `environments` that was chosen
    forecast: tuple[Forecast, ...] = ()  # why the archive will mark the draft as Invalid
    spec: str = ""  # in a saved plan: the spec's file, from the folder of the plan's own
    unpinned: tuple[str, ...] = ()  # looked up for this plan, and not in the lock: apply wants it there

    @property
    def held(self) -> tuple[Change, ...]:
        """The changes that wait for an `--allow` that was not given; apply leaves them undone.

        A creation is not among them: apply asks for its flag before it does anything.
        """
        free = ("", "create", *self.allow)
        return tuple(change for change in self.changes if change.permit not in free)

    @property
    def is_stopped(self) -> bool:
        """True when something blocks the whole plan, not just one resource."""
        return any(block.key is None for block in self.blocked)

    @property
    def is_denied(self) -> bool:
        """True when the user's account, and not the plan, is what stops it."""
        return any(block.about == "account" for block in self.blocked)

    @property
    def due(self) -> tuple[Change, ...]:
        """What apply does: the changes that are neither blocked nor held."""
        left = {block.key for block in self.blocked} | {change.key for change in self.held}
        return () if self.is_stopped else tuple(change for change in self.changes if change.key not in left)


class Status(StrEnum):
    DONE = "done"
    FRESH = "fresh"  # was as it should be already
    FAILED = "failed"
    SKIPPED = "skipped"  # something that it needs failed


GIVEN_UP = "given up"
"""The `reason` of a failed step that hung or crashed: the fault lies in the file, or in what reads it."""


@dataclass(frozen=True)
class Result:
    """How a step ended. `reason` says why it did not run; `error` what went wrong and what to do."""

    step: str
    status: Status
    output: Json = None
    reason: str = ""
    error: str = ""


@dataclass(frozen=True)
class ChangeLine:
    """What a plan says of one change, after its sign and its kind. `size` in bytes; None: not shown."""

    name: str
    remark: str = ""
    size: int | None = None


@dataclass(frozen=True)
class Wording:
    """How the changes of one kind are shown; what a kind leaves open has a general form.

    `planned` and `done` are the nouns by which plans and results count them: "2 metadata fields". Where they
    are "", the count is by action: "owners: 1 to add", "owners created". `held` is the noun for those that
    wait for a permit. `line` replaces the general line: the name, and what differs between before and after.

    `paths`: each change is about a path in the dandiset, and its sides hold `path`, `digest`, `size` and
    `metadata`. Many of them are folded by folder, and counted by action alone: "2 to add, 1 to move".
    """

    planned: str = ""
    done: str = ""
    held: str = "change"
    line: Callable[[Change, Target], ChangeLine] | None = None
    paths: bool = False
