"""What a spec can be told of the papers and terms that it names. `lookup.known` makes it from the lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dandifile.errors import Problem
from dandifile.model import Json, JsonObject


class Term(Protocol):
    """A term as it was found."""

    @property
    def id(self) -> str:
        """A CURIE."""

    @property
    def label(self) -> str: ...


class Credits(Protocol):
    """DANDI's `contributor`, whole. `where` of a problem is `contributors` or `contributors[3]`."""

    @property
    def contributors(self) -> tuple[JsonObject, ...]: ...

    @property
    def problems(self) -> tuple[Problem, ...]: ...

    @property
    def missing(self) -> tuple[Problem, ...]:
        """What the spec has to add, such as the address of a contact."""

    @property
    def warnings(self) -> tuple[str, ...]: ...


class Facts(Protocol):
    """What was looked up. Whatever is not known is None, and `why` says in words what stands in its way."""

    @property
    def paper(self) -> JsonObject | None:
        """What templates see as `paper`: of the first DOI, without what its services do not tell."""

    @property
    def fields(self) -> Mapping[str, Json] | None:
        """DANDI fields that the papers fill where the spec does not: name, description, relatedResource."""

    @property
    def unpinned(self) -> tuple[str, ...]:
        """What the lock does not hold, in words."""

    @property
    def digest(self) -> str:
        """Of all facts that were used; "" for none."""

    def term(self, asked: str, about: str) -> Term | None: ...

    def credits(
        self, declared: Sequence[JsonObject], write: Callable[[JsonObject], JsonObject]
    ) -> Credits | None:
        """The papers' contributors with the spec's entries over them; `write` gives DANDI's object of one."""

    def why(self, asked: str) -> str:
        """What came of looking for a term, or for a paper by its DOI as the spec has it; "" if nobody did."""

    def may_be_right(self, asked: str) -> bool:
        """Whether `why` is only that nobody could be asked: another time it may be found."""


@dataclass(frozen=True)
class NothingKnown:
    """Facts where nothing was looked up."""

    unpinned: tuple[str, ...] = ()
    paper: JsonObject | None = None
    fields: Mapping[str, Json] | None = None
    digest: str = ""

    def term(self, asked: str, about: str) -> Term | None:  # noqa: ARG002 - the Protocol's
        return None

    def credits(
        self,
        declared: Sequence[JsonObject],  # noqa: ARG002 - the Protocol's
        write: Callable[[JsonObject], JsonObject],  # noqa: ARG002 - the Protocol's
    ) -> Credits | None:
        return None

    def why(self, asked: str) -> str:  # noqa: ARG002 - the Protocol's
        return ""

    def may_be_right(self, asked: str) -> bool:  # noqa: ARG002 - the Protocol's
        return False
