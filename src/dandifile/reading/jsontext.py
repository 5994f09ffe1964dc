"""JSON that others wrote: read within bounds, then checked against a shape.

Python's own reader accepts what no archive, file or screen can hold: NaN, numbers of any length, half
characters. It also reads nesting that is too deep for everything after it.

A shape says as data what a piece of JSON must look like before it is used:

- a type: `str`, `int` (true and false do not count), `dict`, `list`, or several, `str | None`
- a pattern, for a text that matches it as a whole; a range, for a whole number in it
- `[shape]`, for a list of these
- `{key: shape}`, for an object with at least these keys; `maybe(shape)` for a key that may be missing
- `each(shape)`, for an object with any keys and these values
- `(shape, None)`, for what may be null; `one_of(shape, …)`, for a value of one of several shapes
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, NoReturn, TypeAlias

from dandifile.model import Json

DEEPEST = 100
"""Levels of nesting: real metadata have about ten, and Python's recursion ends at a thousand."""

_LONGEST_NUMBER = 400  # digits
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


class NotJsonError(ValueError):
    """Why a text is not JSON that can be used. `line` and `column` count from 1; 0: not known."""

    def __init__(self, what: str, line: int = 0, column: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.line = line
        self.column = column

    def place(self, file: str) -> str:
        return f"{file}:{self.line}:{self.column}" if self.line else file


def parse_json(data: bytes | str, *, own: bool = False) -> Json:
    """The value that `data` holds; NotJsonError if it cannot be used.

    `own`: dandifile wrote it, so NaN is allowed.
    """
    try:
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else bytes(data)
        value = json.loads(
            data,
            parse_int=_integer,
            parse_float=float if own else _float,
            parse_constant=float if own else _refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise NotJsonError(error.msg, error.lineno, error.colno) from None
    except UnicodeDecodeError as error:
        raise NotJsonError(f"byte {error.start:,} is not UTF-8") from None
    except RecursionError:
        raise _too_deep() from None
    if _may_be_deep(raw) or _SUSPECT.search(raw):
        _check_contents(value)
    return value


def _may_be_deep(raw: bytes) -> bool:
    """Whether the brackets, also those inside texts, may nest too deeply. Faster than a walk."""
    left = raw.translate(None, _NOT_BRACKETS)
    for _ in range(DEEPEST):
        inner = left.replace(b"[]", b"").replace(b"{}", b"")
        if not inner:
            return False
        if inner == left:
            break
        left = inner
    return True


def _check_contents(value: Json) -> None:
    """NotJsonError for nesting that is too deep and texts that cannot be stored. Does not recurse."""
    level, depth = [value], 0
    while level:
        below: list[Json] = []
        for each in level:
            if isinstance(each, str):
                _check_text(each)
            elif isinstance(each, list | dict):
                if depth == DEEPEST:
                    raise _too_deep()
                below += each
                below += each.values() if isinstance(each, dict) else ()
        level, depth = below, depth + 1


def _check_text(text: str) -> None:
    found = _NO_TEXT.search(text)
    if found:
        what = "a NUL character" if found[0] == "\0" else f"half a character (\\u{ord(found[0]):x})"
        raise NotJsonError(f"a text holds {what}, which cannot be stored")


def _too_deep() -> NotJsonError:
    return NotJsonError(f"nested too deeply: the limit is {DEEPEST} levels")


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise NotJsonError(f"a number of {len(text):,} digits; the limit is {_LONGEST_NUMBER}")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise NotJsonError(f"the number {text[:40]} is too large")
    return value


def _refuse_constant(text: str) -> NoReturn:
    raise NotJsonError(f"{text} is not allowed in JSON")


Shape: TypeAlias = Any  # recursive, as Json is

ANYTHING: Shape = object
COUNT: Shape = range(1 << 63)
"""A number of bytes, files or nanoseconds, as databases hold it."""


@dataclass(frozen=True)
class Maybe:
    inner: Shape


@dataclass(frozen=True)
class Each:
    inner: Shape


@dataclass(frozen=True)
class OneOf:
    shapes: tuple[Shape, ...]


def one_of(*shapes: Shape) -> Shape:
    """A value of any of these shapes; `misfit` reports what is wrong for the first."""
    return OneOf(shapes)


def keep_fitting(found: Mapping[str, Json], shape: Shape) -> dict[str, Json]:
    """The entries of a cache whose values have the shape; the others count as missing."""
    return {key: value for key, value in found.items() if not misfit(value, shape)}


def optional_shape(inner: Shape) -> Shape:
    """A key that may be missing; if present, it has this shape."""
    return Maybe(inner)


def each(inner: Shape) -> Shape:
    """An object with any keys, whose values have this shape."""
    return Each(inner)


def misfit(value: Json, shape: Shape, where: str = "") -> str:
    """Where and how a value does not have the shape, in words; "" if it does."""
    if isinstance(shape, tuple):
        return "" if value is None else misfit(value, shape[0], where)
    if isinstance(shape, type | UnionType | re.Pattern | range):
        return _misfit_of_leaf(value, shape, where or "it")
    if isinstance(shape, OneOf):
        faults = [misfit(value, each_, where) for each_ in shape.shapes]
        return "" if "" in faults else faults[0]
    return _misfit_of_parts(value, shape, where)


def _misfit_of_leaf(value: Json, shape: Shape, name: str) -> str:
    wanted: Any = str if isinstance(shape, re.Pattern) else int if isinstance(shape, range) else shape
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return f"{name} is {_kind(value)}"
    if isinstance(shape, re.Pattern) and not shape.fullmatch(str(value)):
        return f"{name} is {str(value)[:40]!r}"
    if isinstance(shape, range) and value not in shape:
        return f"{name} is not a number from {shape.start} to {shape.stop - 1}"
    return ""


def _misfit_of_parts(value: Json, shape: Shape, where: str) -> str:
    if not isinstance(value, list if isinstance(shape, list) else dict):
        return f"{where or 'it'} is {_kind(value)}"
    if isinstance(shape, list):
        faults = (misfit(item, shape[0], f"{where}[{number}]") for number, item in enumerate(value))
        return next(filter(None, faults), "")
    if isinstance(shape, Each):
        shape = dict.fromkeys(value, shape.inner)
    for key, inner in shape.items():
        name = f"{where}.{key}" if where else key
        if key in value:
            fault = misfit(value[key], inner.inner if isinstance(inner, Maybe) else inner, name)
        else:
            fault = "" if isinstance(inner, Maybe) else f"{name} is missing"
        if fault:
            return fault
    return ""


_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", NoneType: "null"}


def _kind(value: Json) -> str:
    return _KINDS.get(type(value), "a number")
