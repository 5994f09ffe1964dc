"""Would the archive find fault with a document that we are about to send?

The server stores bad metadata without a word and calls the draft Invalid later (dandi-api 1.6),
so the same JSON Schema, of the server's own version, is asked beforehand. Faults that the draft
had before are not the change's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dandifile.errors import ArchiveError
from dandifile.model import Json, JsonObject


def new_errors(document: JsonObject, fields: Mapping[str, Json], schema: JsonObject) -> list[tuple[str, str]]:
    """(field, message) of what would be wrong in `fields` afterwards and is not wrong now."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    after = {name: value for name, value in {**document, **fields}.items() if value is not None}
    try:
        known = set(_errors(validator.iter_errors(_completed(document))))
        found = list(_errors(validator.iter_errors(_completed(after))))
    except Exception as error:  # the library's own, of whatever is wrong with the schema
        raise ArchiveError(
            f"the archive's schema of dandisets cannot be used: {type(error).__name__}",
            fix="run again; if it stays so, delete .dandifile/cache.sqlite and tell the archive's help desk",
        ) from error
    return [error for error in dict.fromkeys(found) if error not in known and error[0] in fields]


def _completed(document: JsonObject) -> JsonObject:
    """The document with what the server will write into `access` before it looks."""
    made = {"schemaKey": "AccessRequirements", "status": "dandi:OpenAccess"}
    items = document.get("access")
    if not isinstance(items, list):
        return document
    return {**document, "access": [{**made, **item} if isinstance(item, dict) else item for item in items]}


def _errors(errors: Iterator[Json]) -> Iterator[tuple[str, str]]:
    for error in errors:
        if error.validator == "required" and not error.path:
            missing = [name for name in error.validator_value if name not in error.instance]
            yield from ((name, "it must not be empty") for name in missing)
        elif error.path:
            yield str(error.path[0]), _plain(error)


def _plain(error: Json) -> str:
    """The most telling part of an error: inside an anyOf, the branch that the item says it is."""
    from jsonschema.exceptions import best_match

    deepest = best_match([error])
    place = ".".join(str(part) for part in deepest.absolute_path)
    message = deepest.message if len(deepest.message) < 200 else f"{deepest.message[:200]}…"  # noqa: PLR2004
    return f"{place}: {message}"
