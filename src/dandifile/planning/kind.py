"""What a kind of resource is: one module that satisfies the Protocol `Kind`, registered in `kinds`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from dandifile.model import Block, Change, Json, Local, Plan, Record, Spec, Step, Wording
from dandifile.planning.merge import is_same

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader
    from dandifile.archive.writer import Writer


class Kind(Protocol):
    """Desired and observed are the kind's own values; only changes leave it.

    What is absent from the desired is not owned: a diff never touches it. `diff` and `steps` are pure. A
    change with a file to send says `source`, `size` and `digest` in its `after`; the plan counts its bytes.
    """

    NAME: str
    TRAITS: Traits

    def observe(self, reader: Reader) -> Any: ...

    def desired(self, spec: Spec, local: Local) -> Any: ...

    def diff(self, desired: Any, observed: Any, options: Options) -> Difference: ...

    def steps(self, changes: tuple[Change, ...]) -> tuple[Step, ...]: ...

    def standing(self, change: Change, observed: Any) -> Standing:
        """Whether a change of a saved plan is due, done or stale, by what the archive has now."""

    def rebase(self, change: Change, observed: Any) -> Change:
        """A change that is due, with the names that its resource has today, as the archive renames assets."""

    def perform(self, step: Step, context: StepContext, inputs: Mapping[str, Json]) -> Json:
        """Does one step. It may be done again after a kill, so it looks before it writes."""


@dataclass(frozen=True)
class Traits:
    """What else there is to know of a kind. The defaults serve a kind that needs none of it.

    `reads`: the spec's keys that its desired state comes from, as `paths` or `policy.require`. `docs`: the
    page and section that describe it, from the root of the repository. `permits`: the words of `--allow`
    that its changes may wait for (`Change.permit`). `wording`: how its changes are shown.

    `note` gives the record of an apply that has just ended, with what this kind left as declared.
    `recheck` gives reasons to stop a plan that this kind did not take part in, or not today: one with
    `--only` for other kinds, or a saved one. `leads` says whether this kind's changes are made before all
    others, which then need them; a creation always comes first.
    `conclude` is for a kind whose changes come last: it completes or blocks them by a look at the whole plan,
    and their steps need all others.
    """

    reads: tuple[str, ...] = ()
    docs: str = ""
    permits: tuple[str, ...] = ()
    wording: Wording = field(default_factory=Wording)
    note: Callable[[Spec, Local, Any, Record], Record] = lambda spec, local, observed, record: record  # noqa: ARG005
    recheck: Callable[[Spec, Any, Plan], tuple[Block, ...]] = lambda spec, observed, plan: ()  # noqa: ARG005
    leads: Callable[[tuple[Change, ...]], bool] = lambda changes: False  # noqa: ARG005
    conclude: Callable[[Plan, Mapping[str, Any]], Plan] | None = None


@dataclass(frozen=True)
class Options:
    """What the command line adds to the spec for one plan."""

    allow: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()  # names of kinds; empty: all
    paths: tuple[str, ...] = ()  # globs of asset paths to look at; empty: all
    exclude: tuple[str, ...] = ()
    rename: bool = False
    refresh_metadata: bool = False
    overwrite: frozenset[str] = frozenset()  # metadata fields to set though they were edited on the archive


@dataclass(frozen=True)
class Difference:
    """What one kind found: the changes, and what there is to say about them."""

    changes: tuple[Change, ...] = ()
    blocked: tuple[Block, ...] = ()
    elsewhere: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unchanged: int = 0


class Standing(StrEnum):
    """What is left to do of a saved change, by what the archive has now."""

    DUE = "due"  # as it was when the plan was made: do it
    DONE = "done"  # as the plan wants it already
    STALE = "stale"  # neither: what was reviewed is not what would be done


def standing_of(before: Json, after: Json, now: Json) -> Standing:
    """The standing of one value. `after` comes first: a change that was done may be done only once."""
    if is_same(after, now):
        return Standing.DONE
    if is_same(before, now):
        return Standing.DUE
    return Standing.STALE


Parts: TypeAlias = Callable[[Iterable[Step]], Iterator[Any]]
"""Does the parts of one step, each a step of the same kind, some at a time; gives their outputs, in order."""


@dataclass(frozen=True)
class StepContext:
    """What a step may use: the archive, the folder of the data, and the one for caches and notes.

    `sent` is called with each number of bytes that went out. `parts` has other machines do parts of the step;
    where there are none, the step does all itself.
    """

    writer: Writer
    root: Path
    state: Path
    sent: Callable[[int], None] = lambda count: None  # noqa: ARG005
    parts: Parts | None = None
