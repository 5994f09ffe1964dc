"""What a request's body says: media types, JSON and forms, and what of it a database can hold."""

from __future__ import annotations

import json
from decimal import Decimal
from email import message_from_bytes
from urllib.parse import parse_qsl

from localdandi import errors
from localdandi.document import Json, JsonObject
from localdandi.errors import RefusedError

_JSON, _FORM, _PARTS = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
PARSES = (_JSON, _FORM, _PARTS)
RENDERS = (_JSON, "text/html")
_DEEPEST = 500  # levels; Python's own limit is twice that


def decoded(body: bytes, content_type: str) -> Json:
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


def storable(document: JsonObject, field: str) -> JsonObject:
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
        raise errors.refused({field: ["Out of range float values are not JSON compliant."]})
    return int(Decimal(text)) if "e+" in text else value


def _refuse_text(text: str, field: str) -> None:
    problem = text_problem(text)
    if problem:
        raise errors.refused({field: [problem]})


def text_problem(text: str) -> str | None:
    """Why a text cannot be stored; None if it can."""
    if "\x00" in text:
        return "Null characters are not allowed."
    surrogate = (
        next((one for one in text if "\ud800" <= one <= "\udfff"), None) if not text.isascii() else None
    )
    return f"Surrogate characters are not allowed: U+{ord(surrogate):X}." if surrogate else None
