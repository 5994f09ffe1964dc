"""Writes a new spec as text: values with comments that explain them, formatted as by `fmt`. Pure."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dandifile.model import Json
from dandifile.spec.formatting import format_text
from dandifile.spec.value_text import inline_text

WIDTH = 100  # of comments and long texts
_TEMPLATE = re.compile(r"\{[{%#]")


@dataclass(frozen=True)
class ListItem:
    """One item of a list; each of `remarks` is a comment above it."""

    value: Json
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A key of the spec and the comments on it. Lists are given as `ListItem`s, other values as JSON."""

    key: str
    value: Json | Sequence[ListItem]
    remarks: tuple[str, ...] = ()


def skeleton(remarks: Iterable[str], parts: Iterable[Section]) -> str:
    """A whole spec with `remarks` at its top. Formatting it again changes nothing."""
    lines = [*_comment_lines(remarks, "")]
    for part in parts:
        lines += ["", *_comment_lines(part.remarks, ""), *_section_lines(part)]
    return format_text("\n".join(lines) + "\n", "dandiset.yaml")


def escape_templates(text: str) -> str:
    """A text as it is: other people's texts may hold `{{` without being templates."""
    return f"{{% raw %}}{text}{{% endraw %}}" if _TEMPLATE.search(text) else text


def _section_lines(part: Section) -> Iterator[str]:
    if isinstance(part.value, str) and len(part.value) > WIDTH and _is_printable(part.value):
        yield f"{part.key}: >-"
        yield from _folded_lines(escape_templates(part.value.strip()))
    elif isinstance(part.value, list | tuple) and part.value and isinstance(part.value[0], ListItem):
        yield f"{part.key}:"
        for item in part.value:
            yield from _comment_lines(item.remarks, "  ")
            yield f"  - {_flow_value(item.value)}"
    else:
        yield f"{part.key}: {_flow_value(part.value)}"


def _folded_lines(text: str) -> Iterator[str]:
    """Lines that YAML joins again; an empty line for each line break of the text."""
    for number, paragraph in enumerate(text.split("\n")):
        if number:
            yield ""
        yield from (f"  {line}" for line in _wrap(paragraph.strip()))


def _comment_lines(remarks: Iterable[str], margin: str) -> Iterator[str]:
    for remark in remarks:
        printable = "".join(character if character.isprintable() else " " for character in remark)
        yield from (f"{margin}# {line}" for line in _wrap(printable))


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _is_printable(text: str) -> bool:
    return text.replace("\n", "").isprintable()


def _flow_value(value: Json) -> str:
    """The value on one line; `fmt` breaks lines that are too long."""
    return inline_text(escaped(value))


def escaped(value: Json) -> Json:
    """A value in which no text is taken for a template."""
    if isinstance(value, dict):
        return {key: escaped(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [escaped(item) for item in value]
    return escape_templates(value) if isinstance(value, str) else value
