"""What a spec names that others know more about, and its terms filled in from what they said. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dandifile.identifiers import bare_orcid, ror_url, term_curie
from dandifile.model import Block, Json, JsonObject, Key
from dandifile.spec.facts import Facts
from dandifile.spec.fault import Path, spoken
from dandifile.spec.forms import items, term_lists

RESOLVE = "run `dandifile resolve`"
MEND = "correct the spec where it is wrong, and run `dandifile resolve`"
AGAIN = "run again when the service can be reached"


class NamedTerm(NamedTuple):
    """`asked` is an id, or a name where there is none; `about` its place: regions, disorders, …

    `name` is what the spec calls the term beside its id.
    """

    asked: str
    about: str
    name: str = ""


@dataclass(frozen=True)
class Named:
    """DOIs as they are written, in their order; ids in their normal forms.

    `called` gives the names of people and institutions by their ids, without people whom the spec omits.
    """

    dois: tuple[str, ...] = ()
    orcids: tuple[str, ...] = ()
    rors: tuple[str, ...] = ()
    terms: tuple[NamedTerm, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.dois or self.orcids or self.rors or self.terms)


def named(raw: JsonObject) -> Named:
    """All of it, of a checked spec."""
    found = [item.keys for item in items(raw)]
    orcids = [(bare_orcid(keys["orcid"]), keys) for keys in found if keys.get("orcid")]
    rors = [(ror_url(keys["ror"]), keys) for keys in found if keys.get("ror")]
    return Named(
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


def with_terms(raw: JsonObject, facts: Facts) -> tuple[JsonObject, list[Block]]:
    """The spec with the id and the label of every term; a list with one that is not known is left out.

    The block says so: of the field `about`, or of that rule for assets.
    """
    of_terms: JsonObject = {key: copy.deepcopy(raw[key]) for key in ("regions", "about") if key in raw}
    filled = raw | of_terms
    blocks: list[Block] = []
    for path, about in list(term_lists(filled)):
        *above, last = path
        holder: Json = filled
        for key in above:
            holder = holder[key]
        terms = [_filled(item, about, facts) for item in holder[last] or ()]
        lost = [_text(item) for item, term in zip(holder[last] or (), terms, strict=True) if term is None]
        blocks += [_unknown(text, path, facts) for text in lost]
        if lost:
            del holder[last]
        elif holder[last] is not None:
            holder[last] = terms
    return filled, blocks


def _terms(raw: JsonObject) -> Iterator[NamedTerm]:
    for path, about in term_lists(raw):
        holder: Json = raw
        for key in path:
            holder = holder[key]
        for item in holder or ():
            name = item.get("name", "") if isinstance(item, dict) and "id" in item else ""
            yield NamedTerm(_text(item), about, name.strip())


def _text(item: Json) -> str:
    """What is looked for: the id, else the name."""
    text: str = item if isinstance(item, str) else item.get("id") or item["name"]
    return text.strip()


def _filled(item: Json, about: str, facts: Facts) -> JsonObject | None:
    keys: JsonObject = {} if isinstance(item, str) else dict(item)
    if "id" in keys and "name" in keys:
        return keys
    found = facts.term(_text(item), about)
    if found:
        return keys | {"name": found.label, "id": found.id}
    is_id = "id" in keys or (isinstance(item, str) and term_curie(item) is not None)
    return keys | {"id": _text(item)} if is_id else None


def _unknown(text: str, path: Path, facts: Facts) -> Block:
    of_assets = path[0] == "regions" and len(path) > 2  # noqa: PLR2004  regions, subjects, C005
    key = Key("assets", spoken(path)) if of_assets else Key("metadata", "about")
    why = facts.why(text)
    said = why or f"{text!r} is not looked up yet"
    mend = f"correct the spec if it is wrong, or {AGAIN}" if facts.may_be_right(text) else MEND
    return Block(f"{spoken(path)}: {said}", mend if why else RESOLVE, key)
