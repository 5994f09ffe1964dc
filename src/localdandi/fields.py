"""Checks of what callers send, with the messages of the archive.

What is wrong with one field is a `FieldsError`; `together` reports several at once, and `within` those of a
nested one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from uuid import UUID

from localdandi import bodies, errors
from localdandi.document import Json, JsonObject
from localdandi.errors import RefusedError

_TRUE, _FALSE = ("true", "t", "yes", "y", "on", "1"), ("false", "f", "no", "n", "off", "0")
_LAST_DANDISET = 999_999
_LONGEST_NUMBER = 1000  # characters
REQUIRED = "This field is required."
NULL = "This field may not be null."
T = TypeVar("T")


class FieldsError(RefusedError):
    """A body whose fields have `problems`."""

    def __init__(self, problems: Json) -> None:
        super().__init__(errors.json_response(problems, 400))
        self.problems = problems


def together(*checks: Callable[[], Any]) -> list[Any]:
    """The values of several checks, or the problems of all of them."""
    values, problems = [], JsonObject()
    for check in checks:
        try:
            values.append(check())
        except FieldsError as error:
            problems |= error.problems
    if problems:
        raise FieldsError(problems)
    return values


def within(name: str, check: Callable[[], T]) -> T:
    """The value of a check, whose problems are those of the field `name`."""
    try:
        return check()
    except FieldsError as error:
        raise FieldsError({name: error.problems}) from None


def each(items: list[Json], check: Callable[[Json], T]) -> list[T]:
    """The values of a check of every item, or the problems item by item."""
    values, problems = [], list[JsonObject]()
    for item in items:
        try:
            values.append(check(item))
            problems.append({})
        except FieldsError as error:
            problems.append(error.problems)
    if any(problems):
        raise FieldsError(problems)
    return values


def mapping(body: Json) -> JsonObject:
    """The body as an object."""
    if body is None:
        raise FieldsError({"non_field_errors": ["No data provided"]})
    if not isinstance(body, dict):
        message = f"Invalid data. Expected a dictionary, but got {type(body).__name__}."
        raise FieldsError({"non_field_errors": [message]})
    return body


def listing(body: Json) -> list[Json]:
    """The body as a list."""
    if not isinstance(body, list):
        message = f'Expected a list of items but got type "{type(body).__name__}".'
        raise FieldsError({"non_field_errors": [message]})
    return body


def text(body: JsonObject, name: str, *, limit: int | None = None) -> str:
    """A string that is there and not blank, trimmed."""
    value = body.get(name)
    if name not in body:
        problem = REQUIRED
    elif value is None:
        problem = NULL
    elif isinstance(value, bool) or not isinstance(value, str | int | float):
        problem = "Not a valid string."
    elif not str(value).strip():
        problem = "This field may not be blank."
    elif (unstorable := bodies.text_problem(str(value))) is not None:
        problem = unstorable
    elif limit is not None and len(str(value).strip()) > limit:
        problem = f"Ensure this field has no more than {limit} characters."
    else:
        return str(value).strip()
    raise FieldsError({name: [problem]})


def not_null(body: JsonObject, name: str) -> None:
    """Refuses a field that is there and null."""
    if name in body and body[name] is None:
        raise FieldsError({name: [NULL]})


def flag(query: dict[str, str], name: str, *, default: bool) -> bool:
    value = query.get(name)
    if value is None or value.lower() in (*_TRUE, *_FALSE):
        return default if value is None else value.lower() in _TRUE
    raise FieldsError({name: ["Must be a valid boolean."]})


def selection(query: dict[str, str], name: str, allowed: Iterable[str]) -> str | None:
    """A choice of a filter, which says no in words of its own; an empty one is none."""
    value = query.get(name) or None
    if value is None or value in allowed:
        return value
    raise FieldsError({name: [f"Select a valid choice. {value} is not one of the available choices."]})


def choice(query: dict[str, str], name: str, allowed: Iterable[str]) -> str | None:
    value = query.get(name)
    if value is None or value in allowed:
        return value
    raise FieldsError({name: [f'"{value}" is not a valid choice.']})


def dandiset_id(body: JsonObject, name: str = "dandiset") -> int:
    """Six digits, or a number: `DANDI:000123` will not do."""
    if name not in body:
        raise FieldsError({name: [REQUIRED]})
    not_null(body, name)
    value = body[name]
    number = value if isinstance(value, int) else None
    if isinstance(value, str) and re.fullmatch("[0-9]{6}", value):
        number = int(value)
    if number is None or not 0 <= number <= _LAST_DANDISET:
        raise FieldsError({name: ["A valid Dandiset identifier is required."]})
    return number


def integer(body: JsonObject, name: str, *, minimum: int, maximum: int | None = None) -> int:
    """A whole number; a text of digits will do."""
    value = body.get(name)
    if name not in body:
        problem = REQUIRED
    elif value is None:
        problem = NULL
    elif isinstance(value, str) and len(value) > _LONGEST_NUMBER:
        problem = "String value too large."
    elif (number := whole(value)) is None:
        problem = "A valid integer is required."
    elif number < minimum:
        problem = f"Ensure this value is greater than or equal to {minimum}."
    elif maximum is not None and number > maximum:
        problem = f"Ensure this value is less than or equal to {maximum}."
    else:
        return number
    raise FieldsError({name: [problem]})


def whole(value: Json) -> int | None:
    """The number that a value is or spells, None if it is no whole one; `1.0` is one."""
    try:
        return int(re.sub(r"\.0*\s*$", "", str(value)))
    except ValueError:
        return None


def uuid(body: JsonObject, name: str) -> str:
    try:
        return str(UUID(str(body.get(name))))
    except ValueError:
        raise FieldsError({name: ["Must be a valid UUID."]}) from None
