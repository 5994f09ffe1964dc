"""Would the archive find fault with a document that we are about to send?

The server stores bad metadata without a word and calls the draft Invalid later (dandi-api 1.6),
so the same JSON Schema, of the server's own version, is asked beforehand. Faults that the draft
had before are not the change's business.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping

from dandifile.errors import ArchiveError
from dandifile.kinds.access import completed
from dandifile.model import Json, JsonObject
from dandifile.planning.merge import same
from dandifile.spec.fields import COMPUTED_DANDISET_FIELDS

EMPTY = "it must not be empty"
MISSING = "it is missing"

_UNIONS = ("Person", "Organization", "Disorder", "Anatomy", "GenericType")  # names of models in a place


def new_errors(document: JsonObject, fields: Mapping[str, Json], schema: JsonObject) -> list[tuple[str, str]]:
    """(field, message) of what would be wrong in `fields` afterwards and is not wrong now."""
    after = {name: value for name, value in {**document, **fields}.items() if value is not None}
    known = set(_errors(_found(completed(document), schema)))
    found = list(_errors(_found(completed(after), schema)))
    return [error for error in dict.fromkeys(found) if error not in known and error[0] in fields]


def faults(document: JsonObject, schema: JsonObject) -> list[tuple[str, str]]:
    """(field, message) of everything that is wrong with a document but for what the server writes itself.

    The JSON Schema first, as on the server; then the models of dandischema for fields that it lets pass.
    What the JSON Schema of these models finds as well is a rule of their version, and not of the server's.
    """
    document = completed(document)
    by_schema = [
        (field, MISSING if message == EMPTY else message)
        for field, message in _errors(_found(document, schema))
    ]
    known = {field for field, _ in by_schema}
    by_model = [(field, message) for field, message in _by_model(document) if field not in known]
    if by_model:
        other = _of_installed(document)
        by_model = [(field, message) for field, message in by_model if field not in other]
    found = dict.fromkeys([*by_schema, *by_model])
    return [
        (field, _with_name(field, message, document))
        for field, message in found
        if field not in COMPUTED_DANDISET_FIELDS
    ]


def _with_name(field: str, message: str, document: JsonObject) -> str:
    """`contributor.3: …` with the name of that contributor: counting from zero is not for everyone."""
    place = re.match(r"\w+\.(\d+)", message)
    items = document.get(field)
    if not place or not message.startswith(f"{field}.") or not isinstance(items, list):
        return message
    item = items[int(place[1])] if int(place[1]) < len(items) else None
    name = item.get("name") or item.get("identifier") if isinstance(item, dict) else None
    return f"{place[0]} ({name}){message[place.end() :]}" if isinstance(name, str) else message


def value_faults(value: Json, field: str, schema: JsonObject) -> list[str]:
    """What is wrong with the value of one field of a document, by the schema of the whole document."""
    of_field = schema.get("properties", {}).get(field)
    if of_field is None:
        return []
    whole = {"$defs": schema.get("$defs", {}), **of_field}
    return list(dict.fromkeys(_plain(error).removeprefix(": ") for error in _found(value, whole)))


def _of_installed(document: JsonObject) -> set[str]:
    """Fields that the JSON Schema of the installed dandischema finds fault with."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(_installed_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
    return {field for field, _ in _errors(validator.iter_errors(document))}


@functools.cache
def _installed_schema() -> JsonObject:
    from dandischema.models import Dandiset
    from dandischema.utils import TransitionalGenerateJsonSchema

    schema: JsonObject = Dandiset.model_json_schema(schema_generator=TransitionalGenerateJsonSchema)
    return schema


def _by_model(document: JsonObject) -> Iterator[tuple[str, str]]:
    """What no JSON Schema can say: that there is a contact person with an e-mail address, for one.

    Licenses are the server's own, and its schema has said what there is to say of them.
    """
    from dandischema.consts import DANDI_SCHEMA_VERSION
    from dandischema.exceptions import PydanticValidationError
    from dandischema.metadata import validate

    try:
        validate(document, schema_version=DANDI_SCHEMA_VERSION, schema_key="Dandiset")
    except PydanticValidationError as error:
        for one in error.errors:
            field, *inner = (str(part) for part in one["loc"] or ("",))
            if field != "license":
                place = ".".join(part for part in inner if part not in _UNIONS)
                message = one["msg"].removeprefix("Value error, ")
                yield field, f"{field}.{place}: {message}" if place else message


def overlay(document: JsonObject, fields: Mapping[str, Json]) -> JsonObject:
    """The document to send: owned fields over the rest; an emptied one leaves it."""
    changed = {name: value for name, value in fields.items() if not same(value, document.get(name))}
    merged = {"schemaKey": "Dandiset", **document, **changed}
    return {name: value for name, value in merged.items() if name not in changed or value is not None}


def _found(value: Json, schema: JsonObject) -> list[Json]:
    """The errors of a value. ArchiveError where the schema cannot be used, as one that refers to itself."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    try:
        return list(validator.iter_errors(value))
    except Exception as error:
        raise ArchiveError(
            f"the archive's schema cannot be used: {type(error).__name__}",
            fix="delete .dandifile/cache.sqlite and run again; if it stays so, report it to the archive",
        ) from error


def _errors(errors: Iterable[Json]) -> Iterator[tuple[str, str]]:
    for error in errors:
        if error.validator == "required" and not error.path:
            missing = [name for name in error.validator_value if name not in error.instance]
            yield from ((name, EMPTY) for name in missing)
        elif error.path:
            yield str(error.path[0]), _plain(error)


def _plain(error: Json) -> str:
    """The most telling part of an error: inside an anyOf, the branch that the item says it is."""
    from jsonschema.exceptions import best_match

    deepest = best_match([error])
    place = ".".join(str(part) for part in deepest.absolute_path)
    message = deepest.message if len(deepest.message) < 200 else f"{deepest.message[:200]}…"  # noqa: PLR2004
    return f"{place}: {message}"
