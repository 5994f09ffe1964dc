"""A dandiset's metadata document as values of a spec: each field in its short form, or word for word.

Every value is tried out (`trial`): where a short form is invalid, or would change what the draft has, the
item or the field goes under `metadata` as it is, and where even that is refused the field is not declared.
So the spec is valid and its plan is empty, whatever the document holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from dandifile.importing.items import ItemPlace, map_item, whole_item, without_empty
from dandifile.importing.oddities import Oddity, oddities
from dandifile.importing.trial import Trial
from dandifile.model import Json, JsonObject
from dandifile.planning.merge import is_empty
from dandifile.reading.document import KeyPath
from dandifile.spec.fields import COMPUTED_DANDISET_FIELDS, DANDISET_FIELDS
from dandifile.spec.forms import ANATOMY, DISORDER, ETHICS, GENERIC, ORGANIZATION, PERSON, RESOURCE, Form
from dandifile.spec.skeleton import escaped


@dataclass(frozen=True)
class Undeclared:
    """A field of the draft that the spec does not declare, and why: it stays as it is."""

    field: str
    why: str


@dataclass(frozen=True)
class Imported:
    """`values` are the spec's keys in their documented order, each with its value as YAML has it.

    A text that holds `{{` is marked as no template already.
    """

    values: JsonObject = field(default_factory=dict)
    remarks: tuple[Oddity, ...] = ()
    undeclared: tuple[Undeclared, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """Values that may say a field."""

    values: JsonObject
    remarks: tuple[Oddity, ...] = ()


KEYS = ("name", "description", "license", "keywords", "contributors", "regions", "about", "ethics", "related")
"""The short keys of a dandiset's fields, in the order of the spec."""


def import_document(document: JsonObject, licenses: Sequence[str]) -> Imported:
    """The spec's values for a whole document; of its fields, each that says something."""
    trial = Trial(document, tuple(licenses))
    values: JsonObject = {}
    metadata: JsonObject = {}
    remarks: list[Oddity] = []
    undeclared: list[Undeclared] = []
    for name in (name for name in DANDISET_FIELDS if not _says_nothing(trial.own.get(name))):
        found = _declared(name, trial)
        if isinstance(found, Undeclared):
            undeclared.append(found)
            continue
        metadata |= found.values.get("metadata", {})
        values |= {key: value for key, value in found.values.items() if key != "metadata"}
        remarks += found.remarks
    ordered = {key: values[key] for key in KEYS if key in values} | (
        {"metadata": metadata} if metadata else {}
    )
    remarks = sorted([*remarks, *oddities(ordered)], key=lambda each: _position(each.path))
    return Imported(escaped(ordered), tuple(remarks), (*undeclared, *_unknown_fields(document)))


def _position(path: KeyPath) -> tuple[int, list[tuple[int, str]]]:
    """The order of paths in the file."""
    place = KEYS.index(path[0]) if path[0] in KEYS else len(KEYS)
    return place, [(part, "") if isinstance(part, int) else (-1, part) for part in path[1:]]


def _says_nothing(value: Json) -> bool:
    """Whether a field holds nothing but names of DANDI's classes, as web forms leave them behind."""
    if isinstance(value, list):
        return all(item is not None and not isinstance(item, str) and _says_nothing(item) for item in value)
    if isinstance(value, dict):
        return all(key == "schemaKey" or _says_nothing(item) for key, item in value.items())
    return is_empty(value)


def _unknown_fields(document: JsonObject) -> Iterator[Undeclared]:
    for name, value in document.items():
        if name not in (*DANDISET_FIELDS, *COMPUTED_DANDISET_FIELDS) and not is_empty(value):
            yield Undeclared(name, "DANDI's schema has no such field")


def _declared(name: str, trial: Trial) -> Candidate | Undeclared:
    """The first way to write a field that is valid and leaves it as it is."""
    value = trial.own[name]
    why = _misfit(value, name)
    for number, candidate in enumerate(_candidates(name, value, trial)):
        objection = _objection(candidate.values, name, trial)
        if not objection:
            return candidate
        why = why if number else objection
    if _is_too_large(value):
        return Undeclared(name, "it is larger than a spec can hold")
    whole: JsonObject = {"metadata": {name: without_empty(value)}}
    if objection := _objection(whole, name, trial):
        return Undeclared(name, why or objection)
    if why == _INEXACT:
        why = "no short form says exactly this, so it is kept word for word"
    return Candidate(whole, (Oddity(("metadata", name), why),) if why else ())


def _misfit(value: Json, name: str) -> str:
    """Why a field with short keys may have none: it has another form than DANDI's schema says."""
    if name not in (*_TEXTS, *_LISTS):
        return ""
    listed = value if isinstance(value, list) and name in _LISTS else ()
    for number, item in enumerate(listed, start=1):
        if not _is_object(item):
            what = "is empty" if is_empty(item) else "is not an object with a `schemaKey`"
            return f"entry {number} {what}, so the list has no short form"
    return "it has another form than DANDI's schema says"


def _is_object(item: Json) -> bool:
    return isinstance(item, dict) and "schemaKey" in item


_INEXACT = "a spec cannot say it exactly as the archive has it"
_DEEPEST, _MOST = 40, 20_000  # levels and values of one field, within what is read of a file


def _is_too_large(value: Json) -> bool:
    level, count = [value], 0
    for _ in range(_DEEPEST):
        count += len(level)
        inner = [each.values() if isinstance(each, dict) else each for each in level if each]
        level = [item for each in inner if not isinstance(each, str | int | float) for item in each]
        if not level or count > _MOST:
            break
    return bool(level) or count > _MOST


def _candidates(name: str, value: Json, trial: Trial) -> Iterator[Candidate]:
    """Short forms of a field, the shortest first."""
    if name in _TEXTS:
        short = _TEXTS[name](value)
        yield from () if short is None else (Candidate(short),)
    elif name in _LISTS:
        yield from _LISTS[name](value, trial)


def _objection(values: JsonObject, name: str, trial: Trial) -> str:
    """Why a spec with these values is invalid, or would change the field; "" if neither."""
    if fault := trial.fault(values):
        return fault.what
    return "" if trial.is_said(values, name) else _INEXACT


# --- Texts ----------------------------------------------------------------------------------------


def _text_of(key: str, value: Json) -> JsonObject | None:
    return {key: value.strip()} if isinstance(value, str) else None


def _license(value: Json) -> JsonObject | None:
    if not _is_list_of_text(value):
        return None
    names = [each.removeprefix("spdx:") for each in value]
    return {"license": names[0] if len(names) == 1 else names}


def _keywords(value: Json) -> JsonObject | None:
    return {"keywords": [word.strip() for word in value]} if _is_list_of_text(value) else None


def _is_list_of_text(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


# --- Lists of items -------------------------------------------------------------------------------


def _contributors(value: Json, trial: Trial) -> Iterator[Candidate]:
    forms = {"Organization": ORGANIZATION}

    def place(item: JsonObject) -> ItemPlace:
        form = forms.get(str(item.get("schemaKey")), PERSON)
        return _place(form, "contributors", "contributor", besides=(("contributors",),))

    yield from _listed("contributors", value, place, trial)


def _ethics(value: Json, trial: Trial) -> Iterator[Candidate]:
    yield from _listed("ethics", value, lambda _: _place(ETHICS, "ethics", "ethicsApproval"), trial)


def _related(value: Json, trial: Trial) -> Iterator[Candidate]:
    yield from _listed("related", value, lambda _: _place(RESOURCE, "related", "relatedResource"), trial)


def _place(form: Form, key: str, name: str, besides: Sequence[KeyPath] = ()) -> ItemPlace:
    return ItemPlace(form, lambda value: {key: [value]}, lambda fields: fields[name][0], besides)


def _listed(
    key: str, value: Json, place: Callable[[JsonObject], ItemPlace], trial: Trial
) -> Iterator[Candidate]:
    """The list item by item; then with each item whole that collides with one before it."""
    if not isinstance(value, list) or not all(map(_is_object, value)):
        return
    items: list[Json] = []
    remarks: list[Oddity] = []
    for number, item in enumerate(value):
        mapped = map_item(item, place(item), trial)
        items.append(mapped.value or whole_item(item))
        remarks += (Oddity((key, number), why) for why in mapped.why)
    yield Candidate({key: items}, tuple(remarks))
    yield _without_collisions(key, items, remarks, value, trial)


def _without_collisions(
    key: str, items: Sequence[Json], remarks: Sequence[Oddity], value: list[JsonObject], trial: Trial
) -> Candidate:
    kept: list[Json] = []
    more: list[Oddity] = []
    for number, item in enumerate(items):
        why = _collision(key, [*kept, item], trial)
        if why:
            more.append(Oddity((key, number), why))
            apart = _with_hidden_id(item)
            item = whole_item(value[number]) if _collision(key, [*kept, apart], trial) else apart  # noqa: PLW2901
        kept.append(item)
    return Candidate({key: kept}, (*remarks, *more))


def _collision(key: str, items: list[Json], trial: Trial) -> str:
    """Why the last item cannot be next to those before it; "" if it can."""
    if fault := trial.fault({key: items}, ((key,),)):
        return fault.what
    fields = trial.fields({key: items})
    alone = fields is not None and len(fields[_FIELD[key]]) == len(items)
    return "" if alone else _SAME[key]


def _with_hidden_id(item: Json) -> JsonObject:
    """A person with the ORCID iD under `metadata`, where it may be another person's."""
    if not isinstance(item, dict) or "orcid" not in item:
        return {"metadata": {}}
    kept = {key: value for key, value in item.items() if key not in {"orcid", "metadata"}}
    return {**kept, "metadata": {**item.get("metadata", {}), "identifier": item["orcid"]}}


_SAME = {
    "contributors": "it is the same as an entry before it",
    "ethics": "it is the same as an entry before it",
    "related": "an entry before it has the same identifier or URL, and short forms would make them one",
}
_FIELD = {"contributors": "contributor", "ethics": "ethicsApproval", "related": "relatedResource"}


# --- What the dandiset is about -------------------------------------------------------------------


def _about(value: Json, trial: Trial) -> Iterator[Candidate]:
    """Regions, and the lists of `about`, whose order in the field is fixed."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return
    found: dict[KeyPath, list[Json]] = {}
    remarks: list[Oddity] = []
    for item in value:
        path = _list_of(item)
        place = _place_of_term(path)
        mapped = map_item(item, place, trial)
        listed = found.setdefault(path, [])
        remarks += (Oddity((*path, len(listed)), why) for why in mapped.why)
        listed.append(mapped.value or whole_item(item))
    values: JsonObject = {"regions": found.pop(("regions",))} if ("regions",) in found else {}
    keys = [path[1] for path in _ABOUT_LISTS if path in found]
    if keys:
        values["about"] = {key: found["about", key] for key in keys}
    yield Candidate(values, tuple(remarks))


_ABOUT_LISTS: Mapping[KeyPath, Form] = {
    ("regions",): ANATOMY,
    ("about", "disorders"): DISORDER,
    ("about", "cell_types"): GENERIC,
    ("about", "phenotypes"): GENERIC,
}


def _list_of(item: JsonObject) -> KeyPath:
    match item.get("schemaKey"):
        case "Anatomy":
            return ("regions",)
        case "Disorder":
            return ("about", "disorders")
    identifier = str(item.get("identifier"))
    return ("about", "phenotypes" if "HP:" in identifier or "HP_" in identifier else "cell_types")


def _place_of_term(path: KeyPath) -> ItemPlace:
    form = _ABOUT_LISTS[path]
    if path == ("regions",):
        return ItemPlace(form, lambda value: {"regions": [value]}, lambda fields: fields["about"][0])
    return ItemPlace(form, lambda value: {"about": {path[1]: [value]}}, lambda fields: fields["about"][0])


_TEXTS: Mapping[str, Callable[[Json], JsonObject | None]] = {
    "name": partial(_text_of, "name"),
    "description": partial(_text_of, "description"),
    "license": _license,
    "keywords": _keywords,
}
_LISTS: Mapping[str, Callable[[Json, Trial], Iterator[Candidate]]] = {
    "contributor": _contributors,
    "about": _about,
    "ethicsApproval": _ethics,
    "relatedResource": _related,
}
