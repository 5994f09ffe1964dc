"""Writes a new spec as text: values with the comments that explain them, formatted as `fmt` does it. Pure."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dandifile.model import Json
from dandifile.reading.document import resolve
from dandifile.spec.formatting import format_text, quoted

WIDTH = 100  # of comments and long texts
_PLAIN = re.compile(r"[^\W_][\w /().+-]*(?<! )")
_TEMPLATE = re.compile(r"\{[{%#]")


@dataclass(frozen=True)
class ListItem:
    """One item of a list; `remarks` stand above it, a comment each."""

    value: Json
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A key of the spec and what is said about it. A list is given as `Item`s, anything else as JSON."""

    key: str
    value: Json | Sequence[ListItem]
    remarks: tuple[str, ...] = ()


def skeleton(remarks: Iterable[str], parts: Iterable[Section]) -> str:
    """A whole spec, `remarks` at its top. Formatting it again changes nothing."""
    lines = [*_comments(remarks, "")]
    for part in parts:
        lines += ["", *_comments(part.remarks, ""), *_part(part)]
    return format_text("\n".join(lines) + "\n", "dandiset.yaml")


def literally(text: str) -> str:
    """Other people's texts may hold `{{` and are no templates all the same."""
    return f"{{% raw %}}{text}{{% endraw %}}" if _TEMPLATE.search(text) else text


def _part(part: Section) -> Iterator[str]:
    if isinstance(part.value, str) and len(part.value) > WIDTH and _printable(part.value):
        yield f"{part.key}: >-"
        yield from _folded(literally(part.value.strip()))
    elif isinstance(part.value, list | tuple) and part.value and isinstance(part.value[0], ListItem):
        yield f"{part.key}:"
        for item in part.value:
            yield from _comments(item.remarks, "  ")
            yield f"  - {_flow(item.value)}"
    else:
        yield f"{part.key}: {_flow(part.value)}"


def _folded(text: str) -> Iterator[str]:
    """Lines that YAML joins again; an empty line stands for each line break of the text."""
    for number, paragraph in enumerate(text.split("\n")):
        if number:
            yield ""
        yield from (f"  {line}" for line in _wrapped(paragraph.strip()))


def _comments(remarks: Iterable[str], margin: str) -> Iterator[str]:
    for remark in remarks:
        told = "".join(sign if sign.isprintable() else " " for sign in remark)
        yield from (f"{margin}# {line}" for line in _wrapped(told))


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _printable(text: str) -> bool:
    return text.replace("\n", "").isprintable()


def _flow(value: Json) -> str:
    """On one line; `fmt` breaks what is too long for one."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flow(key)}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value))}]"
    if not isinstance(value, str):
        return json.dumps(value)
    plain = _PLAIN.fullmatch(value) and isinstance(resolve(value), str)
    return value if plain else quoted(literally(value))
