"""Checks of what callers send, with the messages of the archive."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from localdandi import errors
from localdandi.document import Json, JsonObject

_TRUE, _FALSE = ("true", "t", "yes", "y", "on", "1"), ("false", "f", "no", "n", "off", "0")
_LAST_DANDISET = 999_999
REQUIRED = "This field is required."


def mapping(body: Json) -> JsonObject:
    """The body as an object; an absent body is an empty one."""
    if body is None:
        return {}
    if not isinstance(body, dict):
        message = f"Invalid data. Expected a dictionary, but got {type(body).__name__}."
        raise errors.refused({"non_field_errors": [message]})
    return body


def listing(body: Json) -> list[Json]:
    """The body as a list."""
    if not isinstance(body, list):
        message = f'Expected a list of items but got type "{type(body).__name__}".'
        raise errors.refused({"non_field_errors": [message]})
    return body


def text(body: JsonObject, name: str, *, limit: int | None = None) -> str:
    """A string that is there and not blank, trimmed."""
    value = body.get(name)
    if name not in body:
        problem = REQUIRED
    elif value is None:
        problem = "This field may not be null."
    elif isinstance(value, bool) or not isinstance(value, str | int | float):
        problem = "Not a valid string."
    elif not str(value).strip():
        problem = "This field may not be blank."
    elif limit is not None and len(str(value).strip()) > limit:
        problem = f"Ensure this field has no more than {limit} characters."
    else:
        return str(value).strip()
    raise errors.refused({name: [problem]})


def flag(query: dict[str, str], name: str, *, default: bool) -> bool:
    value = query.get(name)
    if value is None or value.lower() in (*_TRUE, *_FALSE):
        return default if value is None else value.lower() in _TRUE
    raise errors.refused({name: ["Must be a valid boolean."]})


def choice(query: dict[str, str], name: str, allowed: Iterable[str]) -> str | None:
    value = query.get(name)
    if value is None or value in allowed:
        return value
    raise errors.refused({name: [f'"{value}" is not a valid choice.']})


def dandiset_id(value: Json) -> int:
    """Six digits, or a number: `DANDI:000123` will not do."""
    number = value if isinstance(value, int) else None
    if isinstance(value, str) and re.fullmatch("[0-9]{6}", value):
        number = int(value)
    if number is None or not 0 <= number <= _LAST_DANDISET:
        raise errors.refused({"dandiset": ["A valid Dandiset identifier is required."]})
    return number


def integer(body: JsonObject, name: str, *, minimum: int) -> int:
    """A whole number; a string of digits will do."""
    value = body.get(name)
    if name not in body:
        problem = REQUIRED
    elif isinstance(value, bool) or not str(value).removeprefix("-").isdecimal():
        problem = "A valid integer is required."
    elif int(str(value)) < minimum:
        problem = f"Ensure this value is greater than or equal to {minimum}."
    else:
        return int(str(value))
    raise errors.refused({name: [problem]})


def uuid(body: JsonObject, name: str) -> str:
    try:
        return str(UUID(str(body.get(name))))
    except ValueError:
        raise errors.refused({name: ["Must be a valid UUID."]}) from None
