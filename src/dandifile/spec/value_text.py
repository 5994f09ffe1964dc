"""How a value is written in YAML: on one line, or as a block; in the form of what it replaces. Pure."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections.abc import Iterator

from dandifile.errors import SpecError
from dandifile.model import Json
from dandifile.reading.document import plain_value, read_document
from dandifile.spec.formatting import WIDTH, quote

STEP = 2  # columns from a level to the next
LONG = 100  # characters of a line; a longer text gets lines of its own
_PLAIN = re.compile(r"[^\W_](?:[^\s\[\]{},:#\"'\\`|>&*!%]|[:](?=[^\s,\]}])| (?=[^\s#])|[&'%])*")
"""A text that needs no quotes, also between brackets."""


def inline_text(value: Json) -> str:
    """The value on one line; it is valid in blocks and in flow collections."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{inline_text(key)}: {inline_text(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(inline_text, value))}]"
    if not isinstance(value, str):
        return json.dumps(value)
    return value if _is_plain(value) else quote(value)


def line_text(text: str) -> str:
    """A text behind its key: between brackets a comma would end it, here it does not."""
    return text if _is_plain(text.replace(", ", " ")) else quote(text)


def _is_plain(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text)) and text.isprintable() and isinstance(plain_value(text), str)


def restyled(text: str, style: str, indent: int, *, in_flow: bool) -> str:
    """Another text in the style of the scalar that it replaces, in quotes where the style cannot hold it.

    `style` is that of `reading.tree.Scalar`; `indent` is the column of the lines of a block.
    """
    if style in {"|", ">"} and not in_flow:
        return block_text(text, style, indent) or quote(text)
    if style == "'":
        candidate = "'" + text.replace("'", "''") + "'"
        return candidate if _says(candidate, text, in_flow=in_flow) else quote(text)
    if not style and "\n" not in text and _says(text, text, in_flow=in_flow):
        return text
    return quote(text)


def block_text(text: str, style: str, indent: int) -> str:
    """A literal (`|`) or folded (`>`) text from its indicator on; "" where that cannot say it exactly."""
    body = text.rstrip("\n")
    chomping = {0: "-", 1: ""}.get(len(text) - len(body), "+")
    lines = _folded(body) if style == ">" else text.removesuffix("\n").split("\n")
    margin = " " * indent
    candidate = "\n".join([style + chomping, *(margin + line if line else "" for line in lines)])
    is_visible = all(map(_can_stand_in_a_block, body))
    return candidate if body and is_visible and _says(candidate, text, in_flow=False) else ""


def _can_stand_in_a_block(character: str) -> bool:
    """Blanks of fixed width come with copied prose: they look like blanks, and are kept."""
    return character == "\n" or character.isprintable() or unicodedata.category(character) == "Zs"


def value_after(value: Json, column: int) -> str:
    """What follows `key:` or `-` of a block whose keys or dashes are in `column`: a line, or a block.

    A block starts with a line break, a value on the same line with a blank.
    """
    if isinstance(value, str) and ("\n" in value or len(value) > LONG):
        style = "|" if "\n" in value.strip("\n") else ">"
        return " " + (block_text(value, style, column + STEP) or quote(value))
    line = inline_text(value)
    if isinstance(value, list) and value and (len(line) > WIDTH or _has_mappings(value)):
        return "".join(f"\n{' ' * (column + STEP)}{item_text(item, column + STEP)}" for item in value)
    if isinstance(value, dict) and value and (len(line) + column > WIDTH or _has_nested(value)):
        return "".join(f"\n{' ' * (column + STEP)}{entry}" for entry in _entries(value, column + STEP))
    return f" {line}"


def item_text(value: Json, column: int) -> str:
    """An item of a block sequence from its dash on; `column` is that of the dash."""
    if isinstance(value, dict) and value and len(inline_text(value)) + column > WIDTH:
        return block_item_text(value, column)
    return f"-{value_after(value, column) if not isinstance(value, dict) else ' ' + inline_text(value)}"


def block_item_text(value: dict[str, Json], column: int) -> str:
    """An item of a block sequence with one key a line."""
    margin = "\n" + " " * (column + STEP)
    return f"- {margin.join(_entries(value, column + STEP))}"


def entry_text(key: str, value: Json, column: int) -> str:
    """An entry of a block mapping from its key on."""
    return f"{inline_text(key)}:{value_after(value, column)}"


def _entries(value: dict[str, Json], column: int) -> Iterator[str]:
    return (entry_text(key, item, column) for key, item in value.items())


def _has_mappings(value: list[Json]) -> bool:
    return any(isinstance(item, dict) for item in value)


def _has_nested(value: dict[str, Json]) -> bool:
    return any(
        isinstance(item, dict) or (isinstance(item, list) and _has_mappings(item)) for item in value.values()
    )


def _folded(text: str) -> Iterator[str]:
    """Lines that YAML joins again; an empty line for each line break of the text."""
    for number, paragraph in enumerate(text.split("\n")):
        if number:
            yield ""
        yield from wrap(paragraph)


def wrap(text: str) -> list[str]:
    """Lines of a long text or comment; a word that is longer than a line stays whole."""
    return textwrap.wrap(text, LONG, break_long_words=False, break_on_hyphens=False)


def _says(candidate: str, text: str, *, in_flow: bool) -> bool:
    """Whether the candidate, put into a document, is read as the text."""
    held = f"[{candidate}]" if in_flow else f"- {candidate}\n"
    try:
        document = read_document(held, "")
    except SpecError:
        return False
    return document.value == [text] and not document.problems
