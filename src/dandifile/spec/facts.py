"""What a spec refers to (papers, people, institutions, terms), and the form of what was looked up about it.

The spec gives `References`; `lookup.known` answers with `Facts` from the lock; `spec.fill` fills them in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from dandifile.errors import Problem
from dandifile.identifiers import bare_orcid, ror_url
from dandifile.model import Json, JsonObject
from dandifile.spec.forms import is_whole, spec_items, term_lists


class TermReference(NamedTuple):
    """`asked` is an id, or a name if there is no id; `about` is its place: regions, disorders, …

    `name` is the name that the spec gives next to an id.
    """

    asked: str
    about: str
    name: str = ""


@dataclass(frozen=True)
class References:
    """DOIs as they are written, in the order of the spec; ids in their normal form.

    `called` gives the names of people and institutions by their ids, without people that the spec omits.
    """

    dois: tuple[str, ...] = ()
    orcids: tuple[str, ...] = ()
    rors: tuple[str, ...] = ()
    terms: tuple[TermReference, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.dois or self.orcids or self.rors or self.terms)


def find_references(raw: JsonObject) -> References:
    """Everything that a checked spec refers to."""
    found = [item.keys for item in spec_items(raw)]
    orcids = [(bare_orcid(keys["orcid"]), keys) for keys in found if keys.get("orcid")]
    rors = [(ror_url(keys["ror"]), keys) for keys in found if keys.get("ror")]
    return References(
        dois=dois(raw),
        orcids=tuple(id_ for id_, _ in orcids if id_),
        rors=tuple(id_ for id_, _ in rors if id_),
        terms=tuple(dict.fromkeys(_terms(raw))),
        called={
            id_: str(keys.get("name") or keys.get("organization") or id_)
            for id_, keys in (*orcids, *rors)
            if id_ and not keys.get("omit")
        },
    )


def dois(raw: JsonObject) -> tuple[str, ...]:
    declared = raw.get("doi", ())
    return (declared,) if isinstance(declared, str) else tuple(declared)


def _terms(raw: JsonObject) -> Iterator[TermReference]:
    for path, about in term_lists(raw):
        holder: Json = raw
        for key in path:
            holder = holder[key]
        for item in holder or ():
            if is_whole(item):
                continue
            name = item.get("name", "") if isinstance(item, dict) and "id" in item else ""
            yield TermReference(term_text(item), about, name.strip())


def term_text(item: Json) -> str:
    """What to look up: the id, else the name."""
    text: str = item if isinstance(item, str) else item.get("id") or item["name"]
    return text.strip()


class KnownTerm(Protocol):
    """A term that was found."""

    @property
    def id(self) -> str:
        """A CURIE."""

    @property
    def label(self) -> str: ...


class Credits(Protocol):
    """DANDI's whole `contributor` list. `where` of a problem is `contributors` or `contributors[3]`."""

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
    """What was looked up. What is not known is None, and `why` gives the reason."""

    @property
    def paper(self) -> JsonObject | None:
        """What templates see as `paper`: the first DOI's, without what the services do not know."""

    @property
    def fields(self) -> Mapping[str, Json] | None:
        """DANDI fields that the papers fill where the spec does not: name, description, relatedResource."""

    @property
    def unpinned(self) -> tuple[str, ...]:
        """What the lock lacks, in words."""

    @property
    def digest(self) -> str:
        """Of all facts that were used; "" for none."""

    def term(self, asked: str, about: str) -> KnownTerm | None: ...

    def credits(
        self, declared: Sequence[JsonObject], write: Callable[[JsonObject], JsonObject]
    ) -> Credits | None:
        """The papers' contributors with the spec's on top; `write` makes DANDI's object of one entry."""

    def why(self, asked: str) -> str:
        """Why a term, or a paper by its DOI as the spec writes it, is not known; "" if not looked up."""

    def may_be_right(self, asked: str) -> bool:
        """Whether `why` is only that no service could be reached: a later try may find it."""


@dataclass(frozen=True)
class NothingKnown:
    """The facts if nothing was looked up."""

    unpinned: tuple[str, ...] = ()
    paper: JsonObject | None = None
    fields: Mapping[str, Json] | None = None
    digest: str = ""

    def term(self, asked: str, about: str) -> KnownTerm | None:  # noqa: ARG002 - the Protocol's
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
