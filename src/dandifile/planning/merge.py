"""How a declared value is merged with the one on the archive: pure, and the heart of convergence.

What says the same is left as it is on the archive, to the letter, so that the server's own
spelling never shows up as a difference. The rules, in the order in which they apply:

- text is compared without the blanks around it;
- an empty sub-key (`""`, `[]`, `{}`, null) that the declaration does not name is no sub-key;
- lists of text are sets; lists of objects keep their order, since contributors are cited in it;
- an ontology term is its identifier, as CURIE or IRI; its name counts only where it is declared;
- a DOI is the same as `doi:…` and as an address at doi.org, which publishing both understands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dandifile.doi import published_doi as doi_of
from dandifile.identifiers import obo_curie
from dandifile.model import Json, JsonObject


def merge(declared: Json, observed: Json) -> Json:
    """What the archive should hold: `observed` itself where it says what is declared."""
    if is_same(declared, observed):
        return observed
    if isinstance(declared, list) and isinstance(observed, list):
        return _verbatim_items(declared, observed)
    return declared


def is_same(declared: Json, observed: Json) -> bool:
    """Whether the archive's value says what is declared."""
    if is_empty(declared) and is_empty(observed):
        return True
    if isinstance(declared, str) and isinstance(observed, str):
        return declared.strip() == observed.strip()
    if isinstance(declared, list) and isinstance(observed, list):
        return _is_same_list(declared, observed)
    if isinstance(declared, dict) and isinstance(observed, dict):
        return _is_same_object(declared, observed)
    if _is_number(declared) and _is_number(observed):
        return _is_same_number(declared, observed)
    # bool is an int in Python; in JSON, true is not 1.
    return type(declared) is type(observed) and bool(declared == observed)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_same_number(declared: float, observed: float) -> bool:
    """The archive's database gives 1e23 back as an integer (dandi-api, addendum)."""
    try:
        return declared == observed or float(declared) == float(observed)
    except OverflowError:  # an integer beyond what a float holds
        return False


def is_empty(value: Json) -> bool:
    """None and empty text, lists and objects say nothing; false and 0 say something."""
    return value is None or (isinstance(value, str | list | dict) and not value)


def identity(item: Json) -> str:
    """What names an item of a list for a person: its identifier, else its name, else its URL.

    A funder is named once for every award, so the award is part of the name.
    """
    if not isinstance(item, dict):
        return str(item)
    name = next((item[key] for key in ("identifier", "name", "url") if item.get(key)), "")
    award = item.get("awardNumber")
    return f"{curie(str(name))} {award}" if award else curie(str(name))


def curie(identifier: str) -> str:
    """`UBERON:0000955` for its OBO IRI; anything else as it is."""
    return obo_curie(identifier) or identifier.strip()


def carry(declared: Json, observed: Json, pointer: Sequence[str]) -> Json:
    """`declared` with what `pointer` leads to taken from `observed`: the spec does not own it.

    `pointer` names keys only; in a list it goes into every item, matched by `identity`.
    """
    if isinstance(declared, list):
        others = {identity(item): item for item in observed} if isinstance(observed, list) else {}
        return [carry(item, others.get(identity(item)), pointer) for item in declared]
    if not isinstance(declared, dict):
        return declared
    head, *rest = pointer
    theirs = observed.get(head) if isinstance(observed, dict) else None
    value = carry(declared[head], theirs, rest) if rest and head in declared else theirs
    kept = {key: item for key, item in declared.items() if key != head}
    return kept if value is None else {**kept, head: value}


def _is_same_list(declared: list[Json], observed: list[Json]) -> bool:
    if len(declared) != len(observed):
        return False
    if declared == observed and _all_text(declared):  # most lists are: nothing needs to be sorted
        return True
    if _all_text([*declared, *observed]):
        return sorted(text.strip() for text in declared) == sorted(text.strip() for text in observed)
    return all(map(is_same, declared, observed))


def _is_same_object(declared: JsonObject, observed: JsonObject) -> bool:
    if _is_term(declared, observed):
        return True
    keys = declared.keys() | {key for key, value in observed.items() if not is_empty(value)}
    return all(_is_same_sub_key(key, declared.get(key), observed.get(key)) for key in keys)


def _is_same_sub_key(key: str, declared: Json, observed: Json) -> bool:
    if key == "identifier" and isinstance(declared, str) and isinstance(observed, str):
        return curie(declared) == curie(observed) or _is_same_doi(declared, observed)
    return is_same(declared, observed)


def _is_same_doi(declared: str, observed: str) -> bool:
    """Two spellings of one DOI which publishing both reads; one that it does not read is to be replaced."""
    doi = doi_of(declared)
    return doi is not None and doi == doi_of(observed)


def _is_term(declared: JsonObject, observed: JsonObject) -> bool:
    """Whether a term that is declared by its identifier alone is the observed one."""
    return (
        declared.keys() == {"schemaKey", "identifier"}
        and observed.keys() <= {"schemaKey", "identifier", "name"}
        and declared["schemaKey"] == observed.get("schemaKey")
        and curie(str(declared["identifier"])) == curie(str(observed.get("identifier")))
    )


def _verbatim_items(declared: list[Json], observed: list[Json]) -> list[Json]:
    """The declared items in their order, each as the archive spells it where it has it."""
    left = list(observed)
    return [_take(item, left) for item in declared]


def _take(item: Json, left: list[Json]) -> Json:
    for position, candidate in enumerate(left):
        if is_same(item, candidate):
            return left.pop(position)
    return item


def _all_text(values: Iterable[Json]) -> bool:
    return all(isinstance(value, str) for value in values)
