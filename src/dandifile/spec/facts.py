"""What a spec can be told of the papers and terms that it names. `lookup.known` makes it from the lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from dandifile.errors import Problem
from dandifile.identifiers import bare_orcid, ror_url
from dandifile.model import Json, JsonObject
from dandifile.spec.forms import spec_items, term_lists


class TermReference(NamedTuple):
    """`asked` is an id, or a name where there is none; `about` its place: regions, disorders, …

    `name` is what the spec calls the term beside its id.
    """

    asked: str
    about: str
    name: str = ""


@dataclass(frozen=True)
class References:
    """DOIs as they are written, in their order; ids in their normal forms.

    `called` gives the names of people and institutions by their ids, without people whom the spec omits.
    """

    dois: tuple[str, ...] = ()
    orcids: tuple[str, ...] = ()
    rors: tuple[str, ...] = ()
    terms: tuple[TermReference, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.dois or self.orcids or self.rors or self.terms)


def find_references(raw: JsonObject) -> References:
    """All of it, of a checked spec."""
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
            name = item.get("name", "") if isinstance(item, dict) and "id" in item else ""
            yield TermReference(term_text(item), about, name.strip())


def term_text(item: Json) -> str:
    """What is looked for: the id, else the name."""
    text: str = item if isinstance(item, str) else item.get("id") or item["name"]
    return text.strip()


class KnownTerm(Protocol):
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

    def term(self, asked: str, about: str) -> KnownTerm | None: ...

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
