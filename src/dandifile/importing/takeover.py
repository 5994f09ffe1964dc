"""What an existing spec says once it has a field from the archive: in its own forms, where it has some. Pure.

What says the same as before is not touched: templates, names of regions, ids in any spelling. A paper's
contributors and links stay the paper's; only what differs from them becomes explicit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dandifile.model import Json, JsonObject
from dandifile.planning.merge import is_empty, is_same
from dandifile.spec.fields import FIELD_OF_KEY
from dandifile.spec.forms import (
    ABOUT,
    AFFILIATION,
    ANATOMY,
    ETHICS,
    canonical,
    contributor_form,
    contributor_object,
    dandi_object,
    short_contributor,
)
from dandifile.spec.resources import related_resources

ObjectOf = Callable[[Any], JsonObject]
"""DANDI's object of an item of a spec."""


@dataclass(frozen=True)
class Written:
    """A spec: as it is written, and the same `filled` in (templates, terms).

    `papers` are DANDI's fields that its papers alone would give.
    """

    raw: JsonObject
    filled: JsonObject
    papers: JsonObject = field(default_factory=dict)


def take_over(spec: Written, name: str, value: Json, imported: JsonObject) -> JsonObject:
    """The spec, as written, with another value of DANDI's field `name`; `imported` is what says it."""
    metadata = spec.raw.get("metadata") or {}
    keys = [key for key, dandi in FIELD_OF_KEY.items() if dandi == name]
    if name in metadata or not keys or name in imported.get("metadata", {}):
        return _in_metadata(spec, name, value, imported, keys)
    if name == "about":
        return _about(spec, imported)
    (key,) = keys
    return _with_key(spec, key, name, value, imported.get(key) or [])


def rewrite(spec: Written, name: str, imported: JsonObject) -> JsonObject:
    """The spec with the field in the words of an import, where its own forms cannot say it.

    Such is the same person twice: each entry alone has a short form, and both together have none.
    """
    keys = [key for key, dandi in FIELD_OF_KEY.items() if dandi == name]
    kept = {key: item for key, item in spec.raw.items() if key not in keys}
    new = kept | {key: imported[key] for key in keys if key in imported}
    if "regions" in keys and isinstance(regions := spec.raw.get("regions"), dict):
        new["regions"] = {**regions, "dandiset": imported.get("regions", [])}
    metadata = {key: item for key, item in (spec.raw.get("metadata") or {}).items() if key != name}
    said = imported.get("metadata", {})
    return {**new, "metadata": metadata | said} if metadata or said or "metadata" in spec.raw else new


def _with_key(spec: Written, key: str, name: str, value: Json, wanted: Any) -> JsonObject:
    raw, filled = spec.raw.get(key), spec.filled.get(key)
    given = spec.papers.get(name)
    if key == "contributors" and given:
        return _with_list(spec.raw, key, _besides_the_papers(spec, wanted))
    if key == "related" and given:
        links = [item for item in wanted if not any(is_same(each, _link(item)) for each in given)]
        return _with_list(spec.raw, key, adopt_items(raw or [], filled or [], links, _link))
    if is_empty(value) and key == "license":  # no spec can say that there is none
        return {other: item for other, item in spec.raw.items() if other != key}
    if is_empty(value):
        return {**spec.raw, key: [] if isinstance(raw, list) else None}
    if key in _OBJECTS:
        return {**spec.raw, key: adopt_items(raw or [], filled or [], wanted, _OBJECTS[key])}
    return {**spec.raw, key: adopt(raw, filled, wanted, key)}


def _in_metadata(
    spec: Written, name: str, value: Json, imported: JsonObject, keys: Sequence[str]
) -> JsonObject:
    """Word for word under `metadata`; short keys that said the field before go."""
    metadata = spec.raw.get("metadata") or {}
    old = (spec.filled.get("metadata") or {}).get(name)
    said = imported.get("metadata", {}).get(name, value)
    empty: Json = [] if isinstance(old, list) else None
    new = empty if is_empty(value) else adopt(metadata.get(name), old, said, name)
    kept = {key: item for key, item in spec.raw.items() if key not in keys}
    if "regions" in keys and isinstance(regions := spec.raw.get("regions"), dict):
        kept["regions"] = {key: item for key, item in regions.items() if key != "dandiset"}
    return {**kept, "metadata": {**metadata, name: new}}


def _with_list(raw: JsonObject, key: str, items: list[Json]) -> JsonObject:
    """The spec with this list, which is left out where it is empty: the papers say the rest."""
    return {
        **{other: value for other, value in raw.items() if other != key},
        **({key: items} if items else {}),
    }


# --- Regions and `about` --------------------------------------------------------------------------


def _about(spec: Written, imported: JsonObject) -> JsonObject:
    new = dict(spec.raw)
    regions, filled = spec.raw.get("regions"), spec.filled.get("regions")
    wanted = imported.get("regions", [])
    if isinstance(regions, dict):
        listed = adopt_items(
            regions.get("dandiset") or [], (filled or {}).get("dandiset") or [], wanted, _term
        )
        if listed or "dandiset" in regions:
            new["regions"] = {**regions, "dandiset": listed}
    elif wanted or "regions" in spec.raw:
        new["regions"] = adopt_items(regions or [], filled or [], wanted, _term)
    raw, said = spec.raw.get("about") or {}, spec.filled.get("about") or {}
    listed_terms = {
        key: adopt_items(raw.get(key) or [], said.get(key) or [], imported.get("about", {}).get(key, []), of)
        for key, of in _TERMS.items()
    }
    about = {key: items for key, items in listed_terms.items() if items or key in raw}
    if about or "about" in spec.raw:
        new["about"] = about
    return new


def _term(item: Json) -> JsonObject:
    return dandi_object(ANATOMY, item)


def _link(item: Json) -> JsonObject:
    return (related_resources([item]) or [{}])[0]


_TERMS: dict[str, ObjectOf] = {
    key: (lambda item, form=form: dandi_object(form, item))  # type: ignore[misc]
    for key, form in ABOUT.items()
}
_OBJECTS: dict[str, ObjectOf] = {
    "contributors": contributor_object,
    "ethics": lambda item: dandi_object(ETHICS, item),
    "related": _link,
}


# --- Next to a paper's contributors ---------------------------------------------------------------


def _besides_the_papers(spec: Written, wanted: Sequence[Json]) -> list[Json]:
    """The entries that make the papers' contributors those that are wanted, each with the fewest keys."""
    raw, filled = spec.raw.get("contributors") or [], spec.filled.get("contributors") or []
    of_papers: list[JsonObject] = list(spec.papers["contributor"])
    left = list(wanted)
    entries: list[Json] = []
    for item, said in zip(raw, filled, strict=True):
        from_paper = _take_same(contributor_object(said), of_papers, dict)
        person = _take_same(contributor_object(said), left, contributor_object)
        if person is None:
            entries += [item if said.get("omit") else _omission(from_paper)] if from_paper else []
        elif not said.get("omit"):
            entries.append(_entry(item, said, person, from_paper or {}))
    for from_paper in of_papers:
        person = _take_same(from_paper, left, contributor_object)
        if person is None:
            entries.append(_omission(from_paper))
        elif not is_same(from_paper, contributor_object(person)):
            entries.append(_entry({}, {}, person, from_paper))
    return [*entries, *left]


def _take_same(one: JsonObject, others: list[Any], object_of: ObjectOf) -> Any:
    """The item that is about the same person, organization, term or link, which is taken out; else None."""
    found = next((item for item in others if is_same(one, object_of(item))), None)
    found = found or next((item for item in others if _is_same_thing(one, object_of(item))), None)
    if found is not None:
        others.remove(found)
    return found


def _is_same_thing(one: JsonObject, other: JsonObject) -> bool:
    """Whether two objects have the same identifier or, where one has none, the same name or URL."""
    if one.get("schemaKey") != other.get("schemaKey"):
        return False
    if one.get("awardNumber") and other.get("awardNumber") and one["awardNumber"] != other["awardNumber"]:
        return False
    if one.get("identifier") and other.get("identifier"):
        return is_same_value("identifier", one["identifier"], other["identifier"])
    return any(one.get(key) and one[key] == other.get(key) for key in ("name", "url"))


def is_same_value(key: str, one: Json, other: Json) -> bool:
    """Whether two values of a key say the same: an ORCID iD, a ROR id or a term has several spellings."""
    return is_same(canonical(key, one), canonical(key, other))


def _omission(person: JsonObject) -> JsonObject:
    short = short_contributor(person)
    return {**{key: short[key] for key in ("name", "orcid", *_FUNDER) if key in short}, "omit": True}


_FUNDER = ("organization", "ror", "award")


def _entry(raw: JsonObject, said: JsonObject, person: JsonObject, from_paper: JsonObject) -> JsonObject:
    """The entry with which a paper's contributor becomes `person`: what the paper says is left out."""
    keys = contributor_form(person).keys
    wanted = contributor_object(person)
    entry: JsonObject = {}
    for key, dandi in keys.items():
        now, of_paper = wanted.get(dandi), from_paper.get(dandi)
        if key in raw and is_same_value(key, said[key], person.get(key)):
            entry[key] = raw[key]
        elif is_empty(now):
            entry |= {} if is_empty(of_paper) else {key: [] if isinstance(of_paper, list) else ""}
        elif key in ("name", "organization") or key in raw or not is_same(now, of_paper):
            entry[key] = adopt(raw.get(key), said.get(key), person[key], key)
    if more := person.get("metadata"):
        entry["metadata"] = adopt(raw.get("metadata"), said.get("metadata"), more, "metadata")
    return entry


# --- The forms in which the file says things ------------------------------------------------------


def adopt_items(
    raw: Sequence[Json], filled: Sequence[Json], wanted: Sequence[Json], object_of: ObjectOf
) -> list[Json]:
    """The wanted items; each that says the same as one in the file is the file's, to the letter."""
    left = list(range(len(raw)))

    def take(item: Json, is_match: Callable[[JsonObject, JsonObject], bool]) -> int | None:
        found = next((at for at in left if is_match(object_of(item), object_of(filled[at]))), None)
        if found is not None:
            left.remove(found)
        return found

    same = [take(item, is_same) for item in wanted]
    items: list[Json] = []
    for item, at in zip(wanted, same, strict=True):
        if at is not None:
            items.append(raw[at])
        elif (like := take(item, _is_same_thing)) is not None:
            items.append(adopt(raw[like], filled[like], item, ""))
        else:
            items.append(item)
    return items


def adopt(raw: Json, filled: Json, wanted: Json, key: str) -> Json:
    """The wanted value of a key, with the parts of the old one that say the same as they are written."""
    if raw is None or filled is None:
        return wanted
    if is_same_value(key, filled, _unescaped(wanted)):
        return raw
    if isinstance(raw, dict) and isinstance(filled, dict) and isinstance(wanted, dict):
        return {name: adopt(raw.get(name), filled.get(name), item, name) for name, item in wanted.items()}
    if isinstance(raw, list) and isinstance(filled, list) and isinstance(wanted, list):
        return _adopt_list(raw, filled, wanted, key)
    if isinstance(raw, str) and isinstance(wanted, str) and raw.endswith("\n"):
        return f"{wanted.rstrip()}\n"  # a literal text, which keeps its form
    return wanted


def _adopt_list(raw: list[Json], filled: list[Json], wanted: list[Json], key: str) -> list[Json]:
    if key == "affiliations":
        return adopt_items(raw, filled, wanted, lambda item: dandi_object(AFFILIATION, item))
    if key == "roles":  # their order means nothing, so they keep that of the file
        kept = [item for item in raw if item in wanted]
        return [*kept, *(item for item in wanted if item not in kept)]
    written = {str(item): text for item, text in zip(filled, raw, strict=True)}
    return [written.get(str(_unescaped(item)), item) for item in wanted]


def _unescaped(value: Json) -> Json:
    """A text without the marks that keep it from being a template."""
    if isinstance(value, str):
        return value.removeprefix("{% raw %}").removesuffix("{% endraw %}")
    return value
