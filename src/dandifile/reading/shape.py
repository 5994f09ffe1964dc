"""What a piece of JSON must look like before anybody uses it, said as data.

A shape is one of these:

- a type: `str`, `int` (which true and false are not), `dict`, `list`, or several, `str | None`
- a pattern, of a text that matches it as a whole; a range, of a whole number that is in it
- `[shape]`, of a list of such
- `{key: shape}`, of an object that has at least these keys; `maybe(shape)` of one that may be missing
- `each(shape)`, of an object with any keys and such values
- `(shape, None)`, of what may be null; `one_of(shape, …)`, of what is one of several
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, TypeAlias

from dandifile.model import Json

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
    """A value of any of these shapes; what is wrong is said of the first."""
    return OneOf(shapes)


def fitting(found: Mapping[str, Json], shape: Shape) -> dict[str, Json]:
    """The entries whose values have the shape: of what a cache holds, the rest is as if it were not there."""
    return {key: value for key, value in found.items() if not misfit(value, shape)}


def maybe(inner: Shape) -> Shape:
    """A key that may be missing; where it is there, it has this shape."""
    return Maybe(inner)


def each(inner: Shape) -> Shape:
    """An object of any keys, whose values have this shape."""
    return Each(inner)


def misfit(value: Json, shape: Shape, where: str = "") -> str:
    """Where a value is not of the shape, and how, in words; "" where it is of it."""
    if isinstance(shape, tuple):
        return "" if value is None else misfit(value, shape[0], where)
    if isinstance(shape, type | UnionType | re.Pattern | range):
        return _of_one(value, shape, where or "it")
    if isinstance(shape, OneOf):
        faults = [misfit(value, each_, where) for each_ in shape.shapes]
        return "" if "" in faults else faults[0]
    return _of_parts(value, shape, where)


def _of_one(value: Json, shape: Shape, name: str) -> str:
    wanted: Any = str if isinstance(shape, re.Pattern) else int if isinstance(shape, range) else shape
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return f"{name} is {_kind(value)}"
    if isinstance(shape, re.Pattern) and not shape.fullmatch(str(value)):
        return f"{name} is {str(value)[:40]!r}"
    if isinstance(shape, range) and value not in shape:
        return f"{name} is not a number from {shape.start} to {shape.stop - 1}"
    return ""


def _of_parts(value: Json, shape: Shape, where: str) -> str:
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
