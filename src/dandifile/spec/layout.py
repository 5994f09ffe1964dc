"""The lines of a YAML block, entry by entry: which text belongs to which key or item. Pure.

Every character of a block is in exactly one part of its layout, so that putting the parts
together gives the text back, and parts can be left out, put in and moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Parts
from dataclasses import dataclass

from dandifile.reading.tree import Mapping, Node, Scalar, Sequence


@dataclass(frozen=True)
class Chunk:
    """One entry or item: the comments and blank lines above it, and its text from its key or dash on.

    The text ends at `end` in the file, with the break of its last line.
    """

    above: str
    start: int
    end: int


@dataclass(frozen=True)
class Layout:
    """A block collection between `begin` and the end of its region.

    `prefix` comes before the first entry and belongs to no entry, `footer` after the last one.
    `compact`: the first entry is on the line of what the block belongs to, as in `- name: x`.
    """

    prefix: str
    chunks: tuple[Chunk, ...]
    footer: str
    column: int
    compact: bool


def layout(text: str, node: Mapping | Sequence, begin: int, end: int, *, is_root: bool = False) -> Layout:
    """The layout of a block collection that has entries; `begin` is after the `:` or `-` before it."""
    starts = _starts(text, node)
    column = starts[0] - _line_start(text, starts[0])
    lead = text[begin : starts[0]]
    compact = "\n" not in lead and not is_root
    prefix, above = (lead, "") if compact else _split_lead(lead, column, is_root=is_root)
    chunks: list[Chunk] = []
    for number, (start, value) in enumerate(zip(starts, _values(node), strict=True)):
        after = start + 1 if isinstance(node, Sequence) else after_key(text, node.entries[number][0])
        last_line = _line_end(text, span(text, value, after)[1])
        following = _line_start(text, starts[number + 1]) if number + 1 < len(starts) else end
        stop = _end_of_deeper_comments(text, last_line, following, column)
        chunks.append(Chunk(above, start, stop))
        above = text[stop:following]
    return Layout(prefix, tuple(chunks), above, column, compact)


def span(text: str, node: Node, begin: int) -> tuple[int, int]:
    """From the first character of a node to the index after its last one, without comments that follow.

    A value that is not written is at `begin`, after its key or dash: the parser puts it at the next token.
    """
    if isinstance(node, Scalar) and not node.text and not node.style:
        if not node.anchor:
            return (begin, begin) if _is_unwritten(node) else (node.start.index, node.end.index)
        return node.start.index, node.start.index + len(node.anchor) + 1
    return node.start.index, content_end(text, node)


def content_end(text: str, node: Node) -> int:
    """The index after the last character of a node that is written."""
    if isinstance(node, Mapping) and not node.flow:
        key, value = node.entries[-1]
        return span(text, value, after_key(text, key))[1]
    if isinstance(node, Sequence) and not node.flow:
        return _item_end(text, node, len(node.items) - 1)
    end = node.end.index
    if isinstance(node, Scalar) and node.style in {"|", ">"}:
        head = text[node.start.index : end].split("\n", 1)[0]
        if "+" in head.split("#")[0]:  # the blank lines at its end are part of it
            return end - 1 if text[end - 1 : end] == "\n" else end
        return node.start.index + len(text[node.start.index : end].rstrip())
    return end


def after_key(text: str, key: Node) -> int:
    """The index after the colon of a key; after the key itself where a flow mapping has no colon."""
    index = key.end.index
    while text[index : index + 1].isspace():
        index += 1
    return index + 1 if text[index : index + 1] == ":" else key.end.index


def _is_unwritten(node: Scalar) -> bool:
    return node.start.index == node.end.index


def _item_end(text: str, node: Sequence, index: int) -> int:
    item = node.items[index]
    if isinstance(item, Scalar) and _is_unwritten(item):
        before = _item_end(text, node, index - 1) if index else node.start.index
        return _next_dash(text, before) + 1
    return content_end(text, item)


@dataclass(frozen=True)
class FlowLayout:
    """A flow collection: `gaps` are before, between and after its parts, whose texts are `parts`."""

    gaps: tuple[str, ...]
    parts: tuple[str, ...]
    margin: str  # of a part on a line of its own

    def with_parts(self, written: Parts[tuple[int | None, str]], newline: str) -> str:
        """The collection with other parts, each with the index of the old one that it comes from."""
        texts = [text for _, text in written]
        if [old for old, _ in written] == list(range(len(self.parts))):
            return "".join(gap + text for gap, text in zip(self.gaps, [*texts, ""], strict=True))
        if "\n" in "".join(self.gaps):
            return newline.join(self._lines(written))
        return f"{self.gaps[0]}{', '.join(texts)}{self.gaps[-1].replace(',', '')}"

    def _lines(self, written: Parts[tuple[int | None, str]]) -> Iterator[str]:
        """One part a line, each with its comments."""
        yield self.gaps[0].split("\n", 1)[0].rstrip()
        for number, (old, text) in enumerate(written):
            if old is not None:
                yield from (self.margin + comment for comment in _comments(self.gaps[old])[1:] if comment)
            comma = "," if number + 1 < len(written) else ""
            beside = _comments(self.gaps[old + 1])[0] if old is not None else ""
            yield f"{self.margin}{text}{comma}{'  ' if beside else ''}{beside}"
        yield from (self.margin + comment for comment in _comments(self.gaps[-1])[1:] if comment)
        last = self.gaps[-1].rsplit("\n", 1)
        yield last[1] if len(last) > 1 else f"{self.margin[2:]}{last[0].strip()[-1]}"


def flow_layout(text: str, node: Mapping | Sequence) -> FlowLayout:
    """The layout of a flow collection that has parts."""
    if isinstance(node, Mapping):
        spans = [(key.start.index, span(text, value, after_key(text, key))[1]) for key, value in node.entries]
    else:
        spans = [(item.start.index, content_end(text, item)) for item in node.items]
    edges = [node.start.index, *(index for each in spans for index in each), node.end.index]
    gaps = [text[begin:end] for begin, end in zip(edges[::2], edges[1::2], strict=True)]
    if isinstance(node, Mapping) and "{" not in gaps[0]:  # a single pair in a list
        gaps = [gaps[0] + "{", *gaps[1:-1], "}"]
    first = spans[0][0]
    before = text[_line_start(text, first) : first]
    line = text[_line_start(text, node.start.index) : node.start.index]
    margin = before if not before.strip() else " " * (len(line) - len(line.lstrip(" ")) + 2)
    return FlowLayout(tuple(gaps), tuple(text[begin:end] for begin, end in spans), margin)


def _comments(gap: str) -> list[str]:
    """The comment on each line of a gap between parts; the first is next to the part before it."""
    return [line[line.index("#") :].rstrip() if "#" in line else "" for line in gap.split("\n")]


def _values(node: Mapping | Sequence) -> list[Node]:
    return list(node.items) if isinstance(node, Sequence) else [value for _, value in node.entries]


def _starts(text: str, node: Mapping | Sequence) -> list[int]:
    """Where the entries start: at their keys, or at their dashes."""
    if isinstance(node, Mapping):
        return [key.start.index for key, _ in node.entries]
    starts: list[int] = []
    begin = node.start.index
    for item in node.items:
        dash = _next_dash(text, begin)
        starts.append(dash)
        begin = span(text, item, dash + 1)[1]
    return starts


def _next_dash(text: str, begin: int) -> int:
    """The next dash that is not in a comment; before it are only blanks, comments, and an anchor."""
    position = begin
    while text[position] != "-":
        if text[position] in "#&":
            at_comment = text[position] == "#"
            while position < len(text) and text[position] != "\n" and (at_comment or text[position] != " "):
                position += 1
        else:
            position += 1
    return position


def _split_lead(lead: str, column: int, *, is_root: bool) -> tuple[str, str]:
    """What is before the first entry: the part that belongs to the whole, and the comments on that entry."""
    lines = lead.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):  # the margin of the first entry
        lines.pop()
    cut = 0 if is_root else 1
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if not line.strip() or line[indent] != "#" or indent > column:
            cut = max(cut, number + 1)
    return "".join(lines[:cut]), "".join(lines[cut:])


def _end_of_deeper_comments(text: str, begin: int, end: int, column: int) -> int:
    """The end of the last line in between that has a comment indented deeper than `column`."""
    position, found = begin, begin
    while position < end:
        after = _line_end(text, position)
        line = text[position:after]
        if line.lstrip().startswith("#") and len(line) - len(line.lstrip()) > column:
            found = after
        position = after
    return found


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _line_end(text: str, index: int) -> int:
    """The index after the break of the line that `index` is in."""
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1
