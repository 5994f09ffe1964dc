"""The text of an imported spec: blocks that a person would write, with comments on what is odd. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dandifile.model import Json, JsonObject
from dandifile.reading.document import KeyPath
from dandifile.spec.formatting import WIDTH as PAGE
from dandifile.spec.formatting import format_text
from dandifile.spec.skeleton import comment_lines
from dandifile.spec.value_text import LONG, STEP, block_text, inline_text, line_text

_LISTS = ("contributors", "ethics", "related", "regions", "disorders", "cell_types", "phenotypes")
"""Lists with a line, or a block, for every item."""

Remarks = Mapping[KeyPath, Sequence[str]]


def spec_text(head: Iterable[str], values: JsonObject, remarks: Remarks) -> str:
    """A whole spec: `head` are comments at its top, `remarks` those above the values at their paths.

    `values` are as YAML has them: templates are marked already. Formatting the text changes nothing.
    """
    blocks = [list(_entry(key, value, (key,), 0, remarks)) for key, value in values.items()]
    lines = list(comment_lines(head, ""))
    before: list[str] = []
    for block in blocks:
        if lines and (not before or len(before) > 1 or len(block) > 1):
            lines.append("")
        lines += block
        before = block
    return format_text("\n".join(lines) + "\n", "dandiset.yaml")


def _entry(key: str, value: Json, path: KeyPath, indent: int, remarks: Remarks) -> Iterator[str]:
    margin = " " * indent
    yield from comment_lines(remarks.get(path, ()), margin)
    yield from _value(f"{margin}{inline_text(key)}:", value, path, indent, remarks)


def _value(before: str, value: Json, path: KeyPath, indent: int, remarks: Remarks) -> Iterator[str]:
    """The value behind `before` if it fits there, else in lines of its own below it."""
    if isinstance(value, str):
        yield from _text(before, value, indent)
    elif not value or not isinstance(value, dict | list) or _is_short(value, path, indent, remarks):
        yield f"{before} {inline_text(value)}"
    else:
        yield before
        yield from _block(value, path, indent + STEP, remarks)


def _block(value: JsonObject | list[Json], path: KeyPath, indent: int, remarks: Remarks) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _entry(key, item, (*path, key), indent, remarks)
        return
    for number, item in enumerate(value):
        inner = (*path, number)
        yield from comment_lines(remarks.get(inner, ()), " " * indent)
        if not isinstance(item, dict) or not item or _is_short(item, inner, indent, remarks):
            yield from _value(f"{' ' * indent}-", item, inner, indent, remarks)
            continue
        first, *rest = _block(item, inner, indent + STEP, remarks)
        yield f"{' ' * indent}- {first.lstrip()}"
        yield from rest


def _is_short(value: Json, path: KeyPath, indent: int, remarks: Remarks) -> bool:
    """Whether a list or a mapping stays on one line."""
    if path[-1] in _LISTS or any(place[: len(path)] == path and place != path for place in remarks):
        return False
    return path != ("metadata",) and indent + len(inline_text(value)) <= LONG


def _text(before: str, text: str, indent: int) -> Iterator[str]:
    """On its line; else literal, if it has lines of its own, or folded."""
    line = f"{before} {line_text(text)}"
    if "\n" not in text and len(line) <= PAGE:
        yield line
        return
    styles = "|" if "\n" in text else ">|"
    blocks = (block_text(text, style, indent + STEP) for style in styles if text == text.strip())
    block = next(filter(None, blocks), "")
    yield from f"{before} {block}".split("\n") if block else (line,)
