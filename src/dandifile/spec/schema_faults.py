"""What JSON Schema finds wrong in a spec, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from dandifile.model import Json, JsonObject
from dandifile.reading.document import KeyPath
from dandifile.spec.faults import Fault, is_gap, path_text
from dandifile.spelling import nearest_word, suggest

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_TYPES = {
    "string": "text",
    "array": "a list",
    "object": "a mapping (`key: value`)",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "nothing",
}


def schema_faults(document: Json, schema: JsonObject, written: Mapping[KeyPath, str]) -> list[Fault]:
    """Everything in `document` that the schema forbids. `written` has the text of non-strings."""
    from jsonschema import Draft202012Validator

    errors = Draft202012Validator(schema).iter_errors(document)
    faults = (fault for error in errors for fault in _faults_of_error(error, (), written))
    return list(dict.fromkeys(faults))


def _faults_of_error(
    error: ValidationError, above: KeyPath, written: Mapping[KeyPath, str]
) -> Iterator[Fault]:
    path: KeyPath = (*above, *error.relative_path)
    if is_gap(error.instance):  # `gap_faults` reports it
        return
    match error.validator:
        case "anyOf":
            yield from _alternative_faults(error, path, written)
        case "type":
            limit: Json = error.validator_value
            yield _type_fault(path, error.instance, [limit] if isinstance(limit, str) else limit, written)
        case "additionalProperties" | "required" | "dependentRequired":
            yield from _key_faults(error, path)
        case _:
            what, fix = _value_complaint(error, path)
            yield Fault(path, what, fix)


def _key_faults(error: ValidationError, path: KeyPath) -> Iterator[Fault]:
    given: Json = error.instance
    limit: Json = error.validator_value
    properties = _schema(error).get("properties", {})
    if error.validator == "additionalProperties":
        for key in (key for key in given if key not in properties):
            yield _unknown_key_fault(path, key, given, list(properties))
    elif error.validator == "required":
        for key in (key for key in limit if key not in given):
            what = f"`{key}` is missing in {path_text(path)}"
            yield Fault(path, what, _advice_for_missing(key, properties[key]))
    else:
        for key in (key for key in limit if key in given):
            for other in (other for other in limit[key] if other not in given):
                yield Fault((*path, key), f"`{key}` needs `{other}` next to it", f"add `{other}`")


def _value_complaint(error: ValidationError, path: KeyPath) -> tuple[str, str]:
    """What is wrong and what to do, for a value of the right type."""
    given: Json = error.instance
    limit: Json = error.validator_value
    schema = _schema(error)
    name = path_text(path)
    match error.validator:
        case "enum":
            said = f"`{given}` is not allowed for {name}", suggest(str(given), limit)
        case "const":
            said = (
                f"{name}: {given!r} is not a version that this dandifile knows",
                f"write `{name}: {limit}`, or update dandifile",
            )
        case "pattern":
            said = f"{name}: {given!r} is not valid", schema["patternErrorMessage"]
        case "maxLength":
            said = (
                f"{name} has {len(given):,} characters",
                f"shorten it to {limit:,}, the archive's limit",
            )
        case "minItems":
            said = f"{name} is an empty list", "list at least one, or leave the key out"
        case "uniqueItems":
            twice = next(item for index, item in enumerate(given) if item in given[:index])
            said = f"{twice} is given twice in {name}", "keep one of them"
        case "minimum":
            said = f"{name} is {given}", f"write {limit} or more"
        case _:
            said = f"{name}: {error.message}", schema.get("description", "")
    return said


def _schema(error: ValidationError) -> JsonObject:
    assert isinstance(error.schema, dict), "only mappings have keywords that can fail"
    return error.schema


def _advice_for_missing(key: str, schema: JsonObject) -> str:
    """What to write for a missing key: the only value that it can have, or its description."""
    if "const" in schema:
        return f"write `{key}: {schema['const']}`"
    return f"add `{key}`: {schema['description']}"


def _unknown_key_fault(path: KeyPath, key: str, given: JsonObject, allowed: list[str]) -> Fault:
    before = list(given)[: list(given).index(key)]
    alone = path and given[key] is None and not nearest_word(key, allowed)
    if alone and before and isinstance(given[before[-1]], str):
        text = f"{given[before[-1]]}, {key}"
        what = f"`{key}` has no value in {path_text(path)}"
        return Fault(path, what, f'put a text with a comma in quotes: {before[-1]}: "{text}"')
    what = f"unknown key `{key}` in {path_text(path)}"
    return Fault((*path, key), what, suggest(key, allowed), at_key=True)


def _alternative_faults(
    error: ValidationError, path: KeyPath, written: Mapping[KeyPath, str]
) -> Iterator[Fault]:
    """Explains the alternative of the right type, which was meant; else says which types are allowed."""
    branches: dict[Json, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    fitting = [branch for branch in branches.values() if not _accepted_types(branch)]
    if fitting:
        for inner in fitting[0]:
            yield from _faults_of_error(inner, path, written)
    else:
        types = [name for branch in branches.values() for name in _accepted_types(branch)]
        yield _type_fault(path, error.instance, list(dict.fromkeys(types)), written)


def _accepted_types(branch: Iterable[ValidationError]) -> list[str]:
    """The types that this alternative accepts, if it failed on the type of the value itself."""
    accepted: list[str] = []
    for error in branch:
        if error.relative_path:
            continue
        if error.validator == "type":
            limit: Json = error.validator_value
            accepted += [limit] if isinstance(limit, str) else limit
        elif error.validator == "anyOf":
            accepted += _accepted_types(error.context or ())
    return accepted


def _type_fault(path: KeyPath, given: Json, types: list[str], written: Mapping[KeyPath, str]) -> Fault:
    text = written.get(path, str(given))
    wanted = " or ".join(_TYPES[name] for name in types if name != "null")
    what = f"{path_text(path)} must be {wanted}, but is {_kind_of(given, text)}"
    if isinstance(given, str) and "boolean" in types and given.lower() in {"yes", "no", "on", "off"}:
        return Fault(path, what, "write `true` or `false`")
    if isinstance(given, bool | int | float) and "string" in types:
        return Fault(path, what, f'write it in quotes: "{text}"')
    if isinstance(given, str) and "array" in types:
        return Fault(path, what, f"write it as a list: [{given}]")
    if given is None:
        return Fault(path, what, "give it a value, or leave the key out")
    return Fault(path, what, f"write {wanted} here")


def _kind_of(given: Json, text: str) -> str:
    match given:
        case None:
            return "empty"
        case bool():
            return f"the value {text}"
        case int() | float():
            return f"the number {text}"
        case str():
            return f"the text {given!r}"
        case list():
            return "a list"
        case _:
            return "a mapping"
