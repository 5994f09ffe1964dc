"""What a caller sent, taken apart: fields of a body or a query, and documents that can be stored."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from email import message_from_bytes
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

from localdandi import errors
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


def check_together(*checks: Callable[[], Any]) -> list[Any]:
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


def check_within(name: str, check: Callable[[], T]) -> T:
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


def as_object(body: Json) -> JsonObject:
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
    elif (unstorable := text_problem(str(value))) is not None:
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
    elif (number := whole_number(value)) is None:
        problem = "A valid integer is required."
    elif number < minimum:
        problem = f"Ensure this value is greater than or equal to {minimum}."
    elif maximum is not None and number > maximum:
        problem = f"Ensure this value is less than or equal to {maximum}."
    else:
        return number
    raise FieldsError({name: [problem]})


def whole_number(value: Json) -> int | None:
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


_JSON, _FORM, _PARTS = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
PARSES = (_JSON, _FORM, _PARTS)
RENDERS = (_JSON, "text/html")
_DEEPEST = 500  # levels; Python's own limit is twice that


def decode_body(body: bytes, content_type: str) -> Json:
    """A body as its media type says; an empty object where there is none, whatever its type."""
    if not body:
        return {}
    media = content_type.partition(";")[0].strip().lower()
    if media == _JSON:
        return _json(body)
    if media == _FORM:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    if media == _PARTS:
        return _multipart(body, content_type)
    raise errors.detail(f'Unsupported media type "{content_type}" in request.', 415)


def _json(body: bytes) -> Json:
    try:
        return json.loads(body.decode(), parse_constant=_no_constant)
    except ValueError as error:
        raise errors.detail(f"JSON parse error - {error}", 400) from None
    except RecursionError:
        raise too_deep() from None


def _no_constant(name: str) -> Json:
    raise ValueError(f"Out of range float values are not JSON compliant: {name!r}")


def too_deep() -> RefusedError:
    return errors.detail("JSON parse error - nested too deeply", 400)


def _multipart(body: bytes, content_type: str) -> JsonObject:
    form = message_from_bytes(b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + body)
    if not form.is_multipart():
        raise errors.detail("Multipart form parse error - Invalid boundary in multipart", 400)
    named = ((part.get_param("name", header="content-disposition"), part) for part in form.walk())
    return {str(name): _text(part.get_payload(decode=True)) for name, part in named if name is not None}


def _text(payload: object) -> str:
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def storable_json(document: JsonObject, field: str) -> JsonObject:
    """A document as PostgreSQL gives it back: numbers written with a positive exponent are whole ones.

    What it cannot hold is refused.
    """
    whole: list[Json] = [document]
    waiting: list[tuple[Json, int]] = [(whole, 0)]
    while waiting:  # no recursion: what is sent may be deep
        parent, depth = waiting.pop()
        if depth > _DEEPEST:
            raise too_deep()
        if isinstance(parent, dict):
            for name in parent:
                _refuse_text(name, field)
        for place, value in list(parent.items() if isinstance(parent, dict) else enumerate(parent)):
            if isinstance(value, dict | list):
                copy = value.copy()
                parent[place] = copy
                waiting.append((copy, depth + 1))
            elif isinstance(value, float):
                parent[place] = _number(value, field)
            elif isinstance(value, str):
                _refuse_text(value, field)
    stored: JsonObject = whole[0]
    return stored


def _number(value: float, field: str) -> float | int:
    text = repr(value)
    if text in ("inf", "-inf"):
        raise errors.refused_error({field: ["Out of range float values are not JSON compliant."]})
    return int(Decimal(text)) if "e+" in text else value


def _refuse_text(text: str, field: str) -> None:
    problem = text_problem(text)
    if problem:
        raise errors.refused_error({field: [problem]})


def text_problem(text: str) -> str | None:
    """Why a text cannot be stored; None if it can."""
    if "\x00" in text:
        return "Null characters are not allowed."
    surrogate = (
        next((one for one in text if "\ud800" <= one <= "\udfff"), None) if not text.isascii() else None
    )
    return f"Surrogate characters are not allowed: U+{ord(surrogate):X}." if surrogate else None
