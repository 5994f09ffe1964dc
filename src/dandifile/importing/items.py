"""One item of a list of the document, as one item of the spec: short keys, and `metadata` for the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dandifile.doi import resource_identifier
from dandifile.identifiers import term_curie
from dandifile.importing.trial import Trial
from dandifile.model import Json, JsonObject
from dandifile.planning.merge import is_empty, is_same
from dandifile.reading.document import KeyPath
from dandifile.spec.forms import AFFILIATION, CONTACT, RESOURCE, Form

_ESSENTIAL = {
    "Person": "name",
    "Organization": "organization",
    "Affiliation": "name",
    "EthicsApproval": "protocol",
    "Resource": "relation",
}
"""By schemaKey, the short key without which the spec takes no such item."""

_LONGEST = 60  # characters of a value in a comment


@dataclass(frozen=True)
class ItemPlace:
    """Where items of one form are in a spec.

    `around` makes a small spec of one item, and `built` finds what became of it among DANDI's fields.
    Faults at the paths in `besides` only come from the other items' absence.
    """

    form: Form
    around: Callable[[Json], JsonObject]
    built: Callable[[JsonObject], Json]
    besides: Sequence[KeyPath] = ()


@dataclass(frozen=True)
class MappedItem:
    """An item of the spec, or None if the form cannot say it; `why` it is not all in short keys."""

    value: Json = None
    why: tuple[str, ...] = ()


def map_item(item: Json, place: ItemPlace, trial: Trial) -> MappedItem:
    form = place.form
    if not isinstance(item, dict) or item.get("schemaKey") != form.schema_key:
        return MappedItem(why=(f"it is not an object of DANDI's class {form.schema_key}",))
    there = [short for short, dandi in form.keys.items() if not is_empty(item.get(dandi))]
    whole = _short(item, form, there)
    first = _objection(whole, item, place, trial)
    if not first:
        return MappedItem(_bare(whole, form))
    kept = [key for key in there if key == _ESSENTIAL.get(form.schema_key)]
    if _objection(_short(item, form, kept), item, place, trial):
        return MappedItem(why=(first,))
    why: list[str] = []
    split: JsonObject = {}
    for key in (key for key in there if key not in kept):
        candidate = _short(item, form, [*kept, key]) | split
        objection = _objection(candidate, item, place, trial)
        if objection and key == "affiliations":
            affiliations = _map_affiliations(item["affiliation"], place, candidate, trial)
            if affiliations.value and not _objection(
                candidate | {key: affiliations.value}, item, place, trial
            ):
                split, objection = {key: affiliations.value}, ""
                why += affiliations.why
        if objection:
            why.append(objection)
        else:
            kept.append(key)
    return MappedItem(_in_order(_short(item, form, kept) | split, form), tuple(dict.fromkeys(why)))


def _objection(value: JsonObject, item: JsonObject, place: ItemPlace, trial: Trial) -> str:
    """Why a spec with this item is invalid, or says something else than the document; "" if neither."""
    values = place.around(value)
    if fault := trial.fault(values, place.besides):
        return fault.what
    fields = trial.fields(values)
    if fields is None:
        lacking = "id" if is_empty(item.get("identifier")) else "name"
        return f"it has no {lacking}, which `dandifile resolve` would add"
    built = place.built(fields)
    return "" if is_same(built, item) else _difference(item, built, place.form)


def _difference(item: JsonObject, built: Json, form: Form) -> str:
    """What the short form would change in an item."""
    written = item.get("identifier")
    read = resource_identifier(written) if form is RESOURCE and isinstance(written, str) else written
    if read != written:
        return f"publishing does not read the identifier {written!r}; the spec would write {read}"
    there = built if isinstance(built, dict) else {}
    for key in (*form.keys.values(), *item, *there):
        if not is_same(there.get(key), item.get(key)):
            now, then = (_cut(value) for value in (item.get(key), there.get(key)))
            return f"`{key}` is {now}, and the short form would make it {then}, so it is kept word for word"
    return "the short form would change it, so it is kept word for word"


def _cut(value: Json) -> str:
    text = "empty" if is_empty(value) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def whole_item(item: JsonObject) -> JsonObject:
    """The item as DANDI has it, for what no short form can say."""
    ordered = {key: item[key] for key in sorted(item, key=lambda key: key != "schemaKey")}
    return {"metadata": without_empty(ordered)}


def without_empty(value: Json) -> Json:
    """Without what is no difference to a plan: empty keys, blanks around texts. Items of lists stay."""
    if isinstance(value, dict):
        return {key: without_empty(item) for key, item in value.items() if not is_empty(item)}
    if isinstance(value, list):
        return [without_empty(item) for item in value]
    return value.strip() if isinstance(value, str) else value


def _short(item: JsonObject, form: Form, keys: Sequence[str]) -> JsonObject:
    """The item with these of its short keys, and all else in `metadata`."""
    said = {key: _short_value(key, item[form.keys[key]]) for key in keys}
    known = {"schemaKey", *(form.keys[key] for key in keys)}
    rest = {key: value for key, value in item.items() if key not in known}
    return {**said, **({"metadata": kept} if (kept := without_empty(rest)) else {})}


def _short_value(key: str, value: Json) -> Json:
    """The shortest spelling; of a value of the wrong type, the value itself."""
    if isinstance(value, str):
        return _TEXT.get(key, str.strip)(value)
    if isinstance(value, list) and key == "roles":
        return [_without_prefix(each) for each in value]
    if isinstance(value, list) and key == "affiliations":
        return [_nested(each, AFFILIATION) for each in value]
    return _nested(value, CONTACT) if key == "contact" else value


_TEXT: dict[str, Callable[[str], str]] = {
    "relation": lambda name: name.removeprefix("dcite:"),
    "type": lambda name: name.removeprefix("dcite:"),
    "ror": lambda url: url.strip().removeprefix("https://ror.org/"),
    "id": lambda text: term_curie(text) or text.strip(),
}


def _nested(item: Json, form: Form) -> Json:
    """An item inside another one, all of it in short keys as far as there are any."""
    if not isinstance(item, dict):
        return item
    there = [short for short, dandi in form.keys.items() if not is_empty(item.get(dandi))]
    rest = {} if item.get("schemaKey") == form.schema_key else {"schemaKey": item.get("schemaKey")}
    short = _short(item, form, there)
    return _bare({**short, "metadata": {**short.get("metadata", {}), **rest}} if rest else short, form)


def _bare(value: JsonObject, form: Form) -> Json:
    """A text where the form takes one for this: an affiliation that is only a name."""
    return value[form.from_text] if form is AFFILIATION and value.keys() == {form.from_text} else value


def _map_affiliations(items: Json, place: ItemPlace, person: JsonObject, trial: Trial) -> MappedItem:
    """The affiliations of a person one by one; None if one of them cannot be said."""
    if not isinstance(items, list):
        return MappedItem()
    inner = ItemPlace(
        AFFILIATION,
        lambda value: place.around({**person, "affiliations": [value]}),
        lambda fields: place.built(fields)["affiliation"][0],
        place.besides,
    )
    mapped = [map_item(item, inner, trial) for item in items]
    why = tuple(reason for each in mapped for reason in each.why)
    return MappedItem([each.value for each in mapped] if all(each.value for each in mapped) else None, why)


def _in_order(value: JsonObject, form: Form) -> JsonObject:
    return {key: value[key] for key in (*form.keys, "metadata") if key in value}


def _without_prefix(name: Json) -> Json:
    return name.removeprefix("dcite:") if isinstance(name, str) else name
