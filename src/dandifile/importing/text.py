"""The text of an imported spec: blocks that a person would write, with comments on what is odd. Pure."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dandifile.model import Json, JsonObject
from dandifile.reading.document import KeyPath, plain_value, read_document
from dandifile.spec.formatting import WIDTH as PAGE
from dandifile.spec.formatting import format_text
from dandifile.spec.skeleton import WIDTH
from dandifile.spec.value_text import inline_text

_FITS = 100  # characters of a list or a mapping that stays on one line
_PLAIN = re.compile(
    r"[A-Za-z\u00c0-\u024f0-9](?:[^\s\[\]{},:#\"'\\`|>&*!%]|[:](?=[^\s,\]}])| (?=[^\s#])|[&'%])*"
)
"""A text that needs no quotes, also between brackets."""
_LISTS = ("contributors", "ethics", "related", "regions", "disorders", "cell_types", "phenotypes")
"""Lists with a line, or a block, for every item."""

Remarks = Mapping[KeyPath, Sequence[str]]


def spec_text(head: Iterable[str], values: JsonObject, remarks: Remarks) -> str:
    """A whole spec: `head` are comments at its top, `remarks` those above the values at their paths.

    `values` are as YAML has them: templates are marked already. Formatting the text changes nothing.
    """
    blocks = [list(_entry(key, value, (key,), 0, remarks)) for key, value in values.items()]
    lines = list(_comments(head, 0))
    before: list[str] = []
    for block in blocks:
        if lines and (not before or len(before) > 1 or len(block) > 1):
            lines.append("")
        lines += block
        before = block
    return format_text("\n".join(lines) + "\n", "dandiset.yaml")


def _entry(key: str, value: Json, path: KeyPath, indent: int, remarks: Remarks) -> Iterator[str]:
    margin = " " * indent
    yield from _comments(remarks.get(path, ()), indent)
    yield from _value(f"{margin}{_flow(key)}:", value, path, indent, remarks)


def _value(before: str, value: Json, path: KeyPath, indent: int, remarks: Remarks) -> Iterator[str]:
    """The value behind `before` if it fits there, else in lines of its own below it."""
    if isinstance(value, str):
        yield from _text(before, value, indent)
    elif not value or not isinstance(value, dict | list) or _is_short(value, path, indent, remarks):
        yield f"{before} {_flow(value)}"
    else:
        yield before
        yield from _block(value, path, indent + 2, remarks)


def _block(value: JsonObject | list[Json], path: KeyPath, indent: int, remarks: Remarks) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _entry(key, item, (*path, key), indent, remarks)
        return
    for number, item in enumerate(value):
        inner = (*path, number)
        yield from _comments(remarks.get(inner, ()), indent)
        if not isinstance(item, dict) or not item or _is_short(item, inner, indent, remarks):
            yield from _value(f"{' ' * indent}-", item, inner, indent, remarks)
            continue
        first, *rest = _block(item, inner, indent + 2, remarks)
        yield f"{' ' * indent}- {first.lstrip()}"
        yield from rest


def _is_short(value: Json, path: KeyPath, indent: int, remarks: Remarks) -> bool:
    """Whether a list or a mapping stays on one line."""
    if path[-1] in _LISTS or any(place[: len(path)] == path and place != path for place in remarks):
        return False
    return path != ("metadata",) and indent + len(_flow(value)) <= _FITS


def _text(before: str, text: str, indent: int) -> Iterator[str]:
    """On its line; else literal, if it has lines of its own, or folded."""
    line = f"{before} {_inline(text)}"
    if "\n" not in text and len(line) <= PAGE:
        yield line
        return
    margin = " " * (indent + 2)
    literal = [f"{before} |-", *(f"{margin}{line}" if line else "" for line in text.split("\n"))]
    folded = [f"{before} >-", *(f"{margin}{line}" for line in _wrap(text))]
    for lines in (literal,) if "\n" in text else (folded, literal):
        if _reads_as(lines, text, indent):
            yield from lines
            return
    yield line


def _inline(text: str) -> str:
    """A text behind its key: between brackets a comma would end it, here it does not."""
    return text if _is_plain(text.replace(", ", " ")) else _flow(text)


def _flow(value: Json) -> str:
    """The value on one line, with quotes where YAML needs them."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flow(key)}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return value if isinstance(value, str) and _is_plain(value) else inline_text(value)


def _is_plain(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text)) and text.isprintable() and isinstance(plain_value(text), str)


def _reads_as(lines: list[str], text: str, indent: int) -> bool:
    """Whether YAML, and our formatting of it, reads these lines as the text."""
    if text != text.strip() or not all(map(_can_stand_in_a_block, text)):
        return False
    block = "\n".join(["x:" + lines[0][lines[0].rindex(" ") :], *(line[indent:] for line in lines[1:])])
    return bool(read_document(f"{block}\n", "").value == {"x": text})


def _can_stand_in_a_block(character: str) -> bool:
    """Blanks of fixed width come with copied prose: they look like blanks, and are kept."""
    return character == "\n" or character.isprintable() or unicodedata.category(character) == "Zs"


def _comments(remarks: Iterable[str], indent: int) -> Iterator[str]:
    for remark in remarks:
        printable = "".join(character if character.isprintable() else " " for character in remark)
        yield from (f"{' ' * indent}# {line}" for line in _wrap(printable))


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
