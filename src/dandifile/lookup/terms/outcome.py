"""What comes of looking for a term. Only `Matched` is an answer; all others ask something of the user."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from dandifile.lookup.facts import Term


class Kind(StrEnum):
    """What a term is of, named as in the spec and in `facts.Term.about`."""

    REGION = "regions"
    DISORDER = "disorders"
    CELL_TYPE = "cell_types"
    PHENOTYPE = "phenotypes"

    @property
    def prefix(self) -> str:
        """The ontology that names of this kind are looked for in, as its CURIEs begin."""
        return _PREFIX[self]

    @property
    def noun(self) -> str:
        """One of them, for people."""
        return _NOUN[self]


_PREFIX = {Kind.REGION: "UBERON", Kind.DISORDER: "DOID", Kind.CELL_TYPE: "CL", Kind.PHENOTYPE: "HP"}
_NOUN = {
    Kind.REGION: "brain region",
    Kind.DISORDER: "disorder",
    Kind.CELL_TYPE: "cell type",
    Kind.PHENOTYPE: "phenotype",
}


@dataclass(frozen=True)
class Candidate:
    """A term that may be meant, and what speaks for it, such as "related synonym"."""

    id: str  # CURIE
    label: str
    why: str = ""


@dataclass(frozen=True)
class Matched:
    """The term, and every name that is exactly it: its label and its exact synonyms."""

    term: Term
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Open:
    """What was asked for is no term yet."""

    asked: str
    kind: Kind


@dataclass(frozen=True)
class Choice(Open):
    """The name may mean these and is taken for none of them; `why` says so. There may be none, too."""

    why: str
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Retired(Open):
    """An obsolete term. `replaced`: by the one successor; else they are what its ontology suggests."""

    id: str
    label: str
    successors: tuple[Candidate, ...] = ()
    replaced: bool = False


@dataclass(frozen=True)
class Absent(Open):
    """There is no such term: all who could know were asked. `near` are terms that look like it."""

    near: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Unchecked(Open):
    """Nothing is known: it is not in the shipped table, and nobody else could be asked, and `why`."""

    why: str
    near: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Foreign(Open):
    """An IRI or a CURIE outside of the OBO ontologies: kept as it is, and nobody here can check it."""


Outcome: TypeAlias = Matched | Choice | Retired | Absent | Unchecked | Foreign
