"""What is sent is held to the archive's own version of DANDI's schema, before it is sent. Pure.

The server stores bad metadata without an error and calls the draft Invalid later (docs/archive-api.md 3.5).
So the same JSON Schema, in the server's own version, is applied beforehand. Faults that the draft had before
are not reported for the change.

That version may be older than the one with which files are read here, and a record in a version that the
archive does not know is Invalid there, whatever else it says. So what is sent is in the archive's version,
and holds only what that version has a place for.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dandifile.errors import ArchiveError
from dandifile.kinds.special_fields import complete_access
from dandifile.model import Json, JsonObject
from dandifile.planning.merge import is_same
from dandifile.spec.fields import COMPUTED_DANDISET_FIELDS

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader

VERSION_KEY = "schemaVersion"
EMPTY = "it must not be empty"
MISSING = "it is missing"

_UNIONS = ("Person", "Organization", "Disorder", "Anatomy", "GenericType")  # names of models in a place
_NOTHING = object()


# --- The archive's version of the schema ----------------------------------------------------------


@dataclass(frozen=True)
class SchemaVersions:
    """The archive's own version, and those that it accepts; no own version: nothing is known of them."""

    own: str = ""
    accepted: frozenset[str] = frozenset()

    @classmethod
    def of(cls, reader: Reader) -> SchemaVersions:
        info = reader.info()
        accepted = info.get("allowed_schema_versions")
        known = frozenset(map(str, accepted)) if isinstance(accepted, list) else frozenset[str]()
        return cls(info["schema_version"], known)

    def refuses(self, version: str) -> bool:
        """Whether the archive calls a record of that version Invalid.

        One that doesn't say which versions it accepts knows its own and those before it.
        """
        if not (self.own and version) or version == self.own:
            return False
        return version not in self.accepted if self.accepted else _number(version) > _number(self.own)


def drop_version(metadata: JsonObject) -> JsonObject:
    """Metadata as they are compared: a version alone is no difference."""
    return {key: value for key, value in metadata.items() if key != VERSION_KEY}


@dataclass
class SchemaFit:
    """Fits metadata to a JSON Schema, and keeps the names of what the schema has no place for."""

    schema: JsonObject
    lacking: set[str] = field(default_factory=set)

    def fit(self, metadata: JsonObject) -> JsonObject:
        """The metadata without the keys and the kinds of objects that the schema lacks."""
        return self._keys(metadata, self.schema.get("properties") or metadata, "")

    def _keys(self, value: JsonObject, known: JsonObject, place: str) -> JsonObject:
        self.lacking |= {f"{place}{key}" for key in value if key not in known}
        kept = {key: self._value(item, f"{place}{key}") for key, item in value.items() if key in known}
        return {key: item for key, item in kept.items() if item is not _NOTHING}

    def _value(self, value: Json, place: str) -> Json:
        if isinstance(value, list):
            return [item for item in self._items(value, place) if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        kinds = self.schema.get("$defs") or {}
        name = value.get("schemaKey")
        if not isinstance(name, str) or not kinds:
            return value  # such as `digest`: its keys are data
        if name not in kinds:
            self.lacking.add(f"{place} ({name})")
            return _NOTHING
        return self._keys(value, kinds[name].get("properties") or value, f"{place}.")

    def _items(self, value: list[Json], place: str) -> Iterator[Json]:
        return (self._value(item, place) for item in value)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split("."))


# --- Faults of a document -------------------------------------------------------------------------


def overlay(document: JsonObject, fields: Mapping[str, Json]) -> JsonObject:
    """The document to send: owned fields on top of the rest, without those that are emptied."""
    changed = {name: value for name, value in fields.items() if not is_same(value, document.get(name))}
    merged = {"schemaKey": "Dandiset", **document, **changed}
    return {name: value for name, value in merged.items() if name not in changed or value is not None}


def new_errors(document: JsonObject, fields: Mapping[str, Json], schema: JsonObject) -> list[tuple[str, str]]:
    """(field, message) of what would be wrong in `fields` afterwards and is not wrong now."""
    after = {name: value for name, value in {**document, **fields}.items() if value is not None}
    known = set(_located_errors(_schema_errors(complete_access(document), schema)))
    found = list(_located_errors(_schema_errors(complete_access(after), schema)))
    return [error for error in dict.fromkeys(found) if error not in known and error[0] in fields]


def faults(document: JsonObject, schema: JsonObject) -> list[tuple[str, str]]:
    """(field, message) of everything that is wrong with a document but for what the server writes itself.

    The JSON Schema first, as on the server; then the models of dandischema for fields that it lets pass.
    What the JSON Schema of these models finds as well is a rule of their version, and not of the server's.
    """
    document = complete_access(document)
    by_schema = [
        (field, MISSING if message == EMPTY else message)
        for field, message in _located_errors(_schema_errors(document, schema))
    ]
    known = {field for field, _ in by_schema}
    by_model = [(field, message) for field, message in _model_faults(document) if field not in known]
    if by_model:
        other = _fields_that_installed_schema_faults(document)
        by_model = [(field, message) for field, message in by_model if field not in other]
    found = dict.fromkeys([*by_schema, *by_model])
    return [
        (field, _insert_name(field, message, document))
        for field, message in found
        if field not in COMPUTED_DANDISET_FIELDS
    ]


def value_faults(value: Json, field: str, schema: JsonObject) -> list[str]:
    """What is wrong with the value of one field of a document, by the schema of the whole document."""
    of_field = schema.get("properties", {}).get(field)
    if of_field is None:
        return []
    whole = {"$defs": schema.get("$defs", {}), **of_field}
    return list(
        dict.fromkeys(_plain_message(error).removeprefix(": ") for error in _schema_errors(value, whole))
    )


def _insert_name(field: str, message: str, document: JsonObject) -> str:
    """`contributor.3: …` with the name of that contributor: counting from zero is not for everyone."""
    place = re.match(r"\w+\.(\d+)", message)
    items = document.get(field)
    if not place or not message.startswith(f"{field}.") or not isinstance(items, list):
        return message
    item = items[int(place[1])] if int(place[1]) < len(items) else None
    name = item.get("name") or item.get("identifier") if isinstance(item, dict) else None
    return f"{place[0]} ({name}){message[place.end() :]}" if isinstance(name, str) else message


def _fields_that_installed_schema_faults(document: JsonObject) -> set[str]:
    """Fields that the JSON Schema of the installed dandischema finds fault with."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(_installed_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
    return {field for field, _ in _located_errors(validator.iter_errors(document))}


@functools.cache
def _installed_schema() -> JsonObject:
    from dandischema.models import Dandiset
    from dandischema.utils import TransitionalGenerateJsonSchema

    schema: JsonObject = Dandiset.model_json_schema(schema_generator=TransitionalGenerateJsonSchema)
    return schema


def _model_faults(document: JsonObject) -> Iterator[tuple[str, str]]:
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


def _schema_errors(value: Json, schema: JsonObject) -> list[Json]:
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


def _located_errors(errors: Iterable[Json]) -> Iterator[tuple[str, str]]:
    for error in errors:
        if error.validator == "required" and not error.path:
            missing = [name for name in error.validator_value if name not in error.instance]
            yield from ((name, EMPTY) for name in missing)
        elif error.path:
            yield str(error.path[0]), _plain_message(error)


def _plain_message(error: Json) -> str:
    """The most telling part of an error: inside an anyOf, the branch that the item says it is."""
    from jsonschema.exceptions import best_match

    deepest = best_match([error])
    place = ".".join(str(part) for part in deepest.absolute_path)
    message = deepest.message if len(deepest.message) < 200 else f"{deepest.message[:200]}…"  # noqa: PLR2004
    return f"{place}: {message}"
