"""Writes a new spec as text: values with comments that explain them, formatted as by `fmt`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dandifile.model import Json
from dandifile.spec.formatting import format_text
from dandifile.spec.value_text import LONG, STEP, block_text, inline_text, wrap

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
    lines = [*comment_lines(remarks, "")]
    for part in parts:
        lines += ["", *comment_lines(part.remarks, ""), *_section_lines(part)]
    return format_text("\n".join(lines) + "\n", "dandiset.yaml")


def comment_lines(remarks: Iterable[str], margin: str) -> Iterator[str]:
    """Each remark as a comment, in lines of a readable length."""
    for remark in remarks:
        printable = "".join(character if character.isprintable() else " " for character in remark)
        yield from (f"{margin}# {line}" for line in wrap(printable))


def escape_templates(text: str) -> str:
    """A text as it is: other people's texts may hold `{{` without being templates."""
    return f"{{% raw %}}{text}{{% endraw %}}" if _TEMPLATE.search(text) else text


def _section_lines(part: Section) -> Iterator[str]:
    if isinstance(part.value, str) and len(part.value) > LONG:
        text = "\n".join(line.strip() for line in part.value.strip().split("\n"))
        folded = block_text(escape_templates(text), ">", STEP)
        yield f"{part.key}: {folded or _flow_value(part.value)}"
    elif isinstance(part.value, list | tuple) and part.value and isinstance(part.value[0], ListItem):
        yield f"{part.key}:"
        for item in part.value:
            yield from comment_lines(item.remarks, "  ")
            yield f"  - {_flow_value(item.value)}"
    else:
        yield f"{part.key}: {_flow_value(part.value)}"


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
