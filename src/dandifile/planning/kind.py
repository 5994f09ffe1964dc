"""What a kind of resource is: one module that satisfies this Protocol, registered in `kinds`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from dandifile.model import Block, Change, Json, Local, Spec, Step
from dandifile.planning.standing import Standing

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader
    from dandifile.archive.writer import Writer


@dataclass(frozen=True)
class Options:
    """What the command line adds to the spec for one plan."""

    allow: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()  # names of kinds; empty: all
    paths: tuple[str, ...] = ()  # globs of asset paths to look at; empty: all
    exclude: tuple[str, ...] = ()
    rename: bool = False
    refresh_metadata: bool = False
    overwrite: frozenset[str] = frozenset()  # metadata fields to set though somebody changed them


@dataclass(frozen=True)
class Difference:
    """What one kind found: the changes, and what is to be said beside them."""

    changes: tuple[Change, ...] = ()
    blocked: tuple[Block, ...] = ()
    elsewhere: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unchanged: int = 0


Parts: TypeAlias = Callable[[Iterable[Step]], Iterator[Any]]
"""Does the parts of one step, each a step of the same kind, some at a time; gives their outputs, in order."""


@dataclass(frozen=True)
class StepContext:
    """What a step may use: the archive, and the folders that it reads data from and notes things in.

    `parts` has other machines do parts of it; where there are none, the step does all itself.
    """

    writer: Writer
    root: Path
    state: Path
    sent: Callable[[int], None] = lambda count: None  # noqa: ARG005 - told of bytes as they leave
    parts: Parts | None = None


class Kind(Protocol):
    """Desired and observed are the kind's own values; only changes leave it.

    Absent from the desired is not owned: a diff never touches it.
    """

    NAME: str

    def observe(self, reader: Reader) -> Any: ...

    def desired(self, spec: Spec, local: Local) -> Any: ...

    def diff(self, desired: Any, observed: Any, options: Options) -> Difference: ...

    def steps(self, changes: tuple[Change, ...]) -> tuple[Step, ...]: ...

    def standing(self, change: Change, observed: Any) -> Standing:
        """Where a change of a saved plan stands now: due, done, or stale."""

    def rebased(self, change: Change, observed: Any) -> Change:
        """A change that is due, with whatever names the resource today in place of what did then."""

    def perform(self, step: Step, context: StepContext, inputs: Mapping[str, Json]) -> Json: ...
