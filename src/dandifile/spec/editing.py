"""Changes in the text of a spec that leave everything else as it is, to the letter. Pure.

`edit` takes what the file has to say and changes the fewest parts of its text that make it say so.
ruamel.yaml keeps comments when it writes a file again, but not indentation, blanks, quotes and widths.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from dandifile.errors import Problem, SpecError
from dandifile.model import Json, JsonObject
from dandifile.reading.document import read_document
from dandifile.reading.tree import Alias, Mapping, Node, Scalar, Sequence, parse
from dandifile.schemafiles import spec_schema
from dandifile.spec.comments import Comment, find_comments
from dandifile.spec.formatting import WIDTH, KeyOrder
from dandifile.spec.layout import Layout, after_key, content_end, flow_layout, layout, span
from dandifile.spec.matching import is_equal, pair_items, place_keys
from dandifile.spec.value_text import (
    STEP,
    block_item_text,
    entry_text,
    inline_text,
    item_text,
    restyled,
    value_after,
)


@dataclass(frozen=True)
class Edited:
    """The new text, and the comments that went with what was removed."""

    text: str
    lost: tuple[Comment, ...] = ()


def edit(text: str, file: str, wanted: JsonObject) -> Edited:
    """The text that says `wanted`; `file` is for messages.

    An entry or item that stays keeps its text and its comments, also where its list gets another order.
    A new key goes where the documented order has it. SpecError where the text cannot be changed so.
    """
    document = read_document(text, file)
    root = parse(text, file)
    if document.problems or not isinstance(root, Mapping):
        raise SpecError(f"{file} cannot be changed", document.problems)
    if is_equal(document.value, wanted):
        return Edited(text)
    for new in _candidates(text, file, root, document.value, wanted):
        if _says(new, file, wanted):
            return Edited(new, tuple(lost_comments(text, new)))
    what = "this file is written in a way in which the change cannot be made in place"
    raise SpecError(
        f"{file} cannot be changed", [Problem(file, what, "run `dandifile fmt` first, or edit it by hand")]
    )


def _candidates(text: str, file: str, root: Mapping, now: Json, wanted: JsonObject) -> Iterator[str]:
    """The new text. Without a line break at its end, a literal text there may have to be written again."""
    newline = "\r\n" if "\r\n" in text else "\n"
    if text.endswith("\n"):
        yield _Editor(text, newline).whole(root, now, wanted)
        return
    whole = text + newline
    yield _Editor(whole, newline).whole(root, now, wanted).removesuffix(newline)
    yield _Editor(whole, newline).whole(root, read_document(whole, file).value, wanted)


def _says(text: str, file: str, wanted: JsonObject) -> bool:
    try:
        document = read_document(text, file)
    except SpecError:
        return False
    return is_equal(document.value, wanted) and not document.problems


def lost_comments(before: str, after: str) -> Iterator[Comment]:
    """The comments of a text that an edited one no longer has."""
    left = Counter(comment.text for comment in find_comments(after))
    for comment in find_comments(before):
        left[comment.text] -= 1
        if left[comment.text] < 0:
            yield comment


@dataclass
class _Place:
    """Where a node is: what it says now, the keys in their documented order, and its surroundings."""

    now: Json
    order: KeyOrder
    column: int = 0  # of the keys or dashes around it
    in_flow: bool = False

    def at(self, part: str | int, siblings: list[str], column: int, *, in_flow: bool = False) -> _Place:
        now = self.now[part] if isinstance(self.now, list | dict) else None  # type: ignore[index]
        return _Place(now, self.order.at(part, siblings), column, in_flow)


@dataclass
class _Editor:
    """Writes nodes again, each as it is unless it has to say something else."""

    text: str
    newline: str
    anchors: dict[str, Json] = field(default_factory=dict)  # what each says in the new text

    def whole(self, root: Mapping, now: Json, wanted: JsonObject) -> str:
        place = _Place(now, KeyOrder(spec_schema()))
        if root.flow or not wanted:
            begin, end = root.start.index, content_end(self.text, root)
            return self.text[:begin] + self._inline(root, place, wanted) + self.text[end:]
        parts = layout(self.text, root, 0, len(self.text), is_root=True)
        return self._mapping_block(root, parts, place, wanted)

    def _after(self, node: Node, begin: int, end: int, place: _Place, wanted: Json) -> str:
        """What follows a `:` or `-` of a block, up to `end`: the value, with comments around it."""
        if self._stays(node, place, wanted):
            return self.text[begin:end]
        if isinstance(node, Mapping | Sequence) and not node.flow:
            return self._block(node, layout(self.text, node, begin, end), place, wanted)
        start, stop = span(self.text, node, begin)
        gap, tail = self.text[begin:start], self.text[stop:end]
        if isinstance(node, Scalar) and isinstance(wanted, str) and _can_keep_style(node, wanted):
            return gap + self._scalar(node, wanted, place) + tail
        block = ""
        if isinstance(node, Mapping | Sequence) and wanted and type(wanted) is type(place.now):
            value = self._inline(node, place, wanted)
            if "\n" in value or node.start.column + len(value) <= WIDTH:
                return gap + value + tail
            gap, block = "", self._opened(node, place, wanted)
        return self._with_tail(gap, tail, wanted, place, block)

    def _block(self, node: Mapping | Sequence, parts: Layout, place: _Place, wanted: Json) -> str:
        if isinstance(node, Mapping) and isinstance(wanted, dict) and wanted:
            return self._mapping_block(node, parts, place, wanted)
        if isinstance(node, Sequence) and isinstance(wanted, list) and wanted:
            return self._sequence_block(node, parts, place, wanted)
        prefix = parts.prefix.replace(f"&{node.anchor}", "").rstrip(" ") or self.newline
        return self._with_tail("", prefix + parts.footer, wanted, place)

    def _with_tail(self, gap: str, tail: str, wanted: Json, place: _Place, block: str = "") -> str:
        """A value that is new here, or `block`; what was next to the old one stays on the line of the key."""
        head, _, body = (block or value_after(wanted, place.column)).partition("\n")
        line, line_break, rest = tail.partition("\n")
        if not body:
            return (gap + head.lstrip(" ") if gap else head) + tail
        if head:  # a literal or folded text, to which deeper comments would belong
            margin = " " * place.column
            rest = "".join(margin + each.lstrip() for each in rest.splitlines(keepends=True))
        return self._lines(f"{head}{line.rstrip()}\n{body}") + (self.newline if line_break else "") + rest

    def _opened(self, node: Node, place: _Place, wanted: Json) -> str:
        """A flow collection that has become too long for its line, as a block."""
        dash = "- " if isinstance(node, Sequence) else ""
        margin = "\n" + " " * (place.column + STEP)
        return "".join(f"{margin}{dash}{part}" for _, part in self._flow_parts(node, place, wanted))

    def _stays(self, node: Node, place: _Place, wanted: Json) -> bool:
        """Whether the node's text says what is wanted, with what its aliases say by now."""
        if isinstance(node, Alias):
            return node.anchor in self.anchors and is_equal(self.anchors[node.anchor], wanted)
        if not is_equal(place.now, wanted):
            return False
        found: dict[str, Json] = {}
        for inner, value in _walk(node, place.now):
            if isinstance(inner, Alias):
                known = {**self.anchors, **found}
                if inner.anchor not in known or not is_equal(known[inner.anchor], value):
                    return False
            elif inner.anchor:
                found[inner.anchor] = value
        self.anchors |= found
        return True

    def _scalar(self, node: Scalar, wanted: str, place: _Place) -> str:
        if node.anchor:
            self.anchors[node.anchor] = wanted
        old = self.text[node.start.index : content_end(self.text, node)]
        anchor = f"&{node.anchor} " if node.anchor else ""
        new = restyled(wanted, node.style, self._indent_of(node, place), in_flow=place.in_flow)
        comment = old.split("\n", 1)[0].partition("#")[2].strip() if node.style in {"|", ">"} else ""
        if comment:
            head, line_break, body = new.partition("\n")
            new = f"{head}  # {comment}{line_break}{body}"
        return anchor + self._lines(new)

    def _indent_of(self, node: Scalar, place: _Place) -> int:
        """The column of the lines of a literal or folded text."""
        lines = self.text[node.start.index : node.end.index].splitlines()[1:]
        first = next((line for line in lines if line.strip()), "")
        return len(first) - len(first.lstrip(" ")) or place.column + STEP

    def _lines(self, text: str) -> str:
        return text if self.newline == "\n" else text.replace("\n", self.newline)

    # --- Blocks ----------------------------------------------------------------------------------

    def _mapping_block(self, node: Mapping, parts: Layout, place: _Place, wanted: JsonObject) -> str:
        keys = _keys(node)
        written: list[str] = []
        for key in place_keys(keys, list(wanted), place.order):
            if key not in keys:
                entry = self._lines(entry_text(key, wanted[key], parts.column)) + self.newline
                written.append(self._chunk(self._space_above(parts, entry), entry, parts, len(written)))
                continue
            index = keys.index(key)
            chunk, (key_node, value) = parts.chunks[index], node.entries[index]
            colon = after_key(self.text, key_node)
            below = place.at(key, keys, parts.column)
            entry = self.text[chunk.start : colon] + self._after(value, colon, chunk.end, below, wanted[key])
            written.append(self._chunk(chunk.above, entry, parts, len(written)))
        if node.anchor:
            self.anchors[node.anchor] = wanted
        return self._joined(parts, written)

    def _sequence_block(self, node: Sequence, parts: Layout, place: _Place, wanted: list[Json]) -> str:
        written: list[str] = []
        for old, value in pair_items(place.now, wanted):
            if old is None:
                entry = self._lines(self._new_item(node, value, parts.column)) + self.newline
                written.append(self._chunk("", entry, parts, len(written)))
                continue
            chunk, item = parts.chunks[old], node.items[old]
            below = place.at(old, [], parts.column)
            entry = "-" + self._after(item, chunk.start + 1, chunk.end, below, value)
            written.append(self._chunk(chunk.above, entry, parts, len(written)))
        if node.anchor:
            self.anchors[node.anchor] = wanted
        return self._joined(parts, written)

    def _new_item(self, node: Sequence, value: Json, column: int) -> str:
        """As most of its neighbours are written: on one line, or with one key a line."""
        blocks = [item for item in node.items if isinstance(item, Mapping) and not item.flow]
        if isinstance(value, dict) and value and 2 * len(blocks) > len(node.items):
            return block_item_text(value, column)
        return item_text(value, column)

    def _chunk(self, above: str, entry: str, parts: Layout, number: int) -> str:
        margin = " " * parts.column
        if number == 0 and parts.compact:
            return f"{self.newline}{above}{margin}{entry}" if above else entry
        return f"{above}{margin}{entry}"

    def _joined(self, parts: Layout, written: list[str]) -> str:
        prefix = parts.prefix.rstrip(" ") if written[0][0] in "\r\n" else parts.prefix
        for number, before in enumerate(written[:-1]):
            if before.endswith(2 * self.newline):  # a text that would take more blank lines for its own
                written[number + 1] = _without_blank_lines(written[number + 1])
        return prefix + "".join(written) + parts.footer

    def _space_above(self, parts: Layout, entry: str) -> str:
        """A blank line above a new section of several lines, if most of the file's sections have one."""
        apart = sum(chunk.above[:1] in ("\n", "\r") for chunk in parts.chunks)
        is_spaced = not parts.column and 2 * apart >= len(parts.chunks)
        return self.newline if is_spaced and entry.count("\n") > 1 else ""

    # --- Flow collections ------------------------------------------------------------------------

    def _inline(self, node: Node, place: _Place, wanted: Json) -> str:
        """The value in a flow collection, or the flow collection itself."""
        if self._stays(node, place, wanted):
            start, stop = span(self.text, node, node.start.index)
            return self.text[start:stop]
        if isinstance(node, Scalar) and isinstance(wanted, str) and node.text:
            return self._scalar(node, wanted, place)
        is_same_form = (isinstance(node, Sequence) and isinstance(wanted, list) and node.items) or (
            isinstance(node, Mapping) and isinstance(wanted, dict) and node.entries
        )
        if not is_same_form or not wanted:
            return inline_text(wanted)
        assert isinstance(node, Mapping | Sequence)
        written = self._flow_parts(node, place, wanted)
        if node.anchor:
            self.anchors[node.anchor] = wanted
        return flow_layout(self.text, node).with_parts(written, self.newline)

    def _flow_parts(self, node: Node, place: _Place, wanted: Json) -> list[tuple[int | None, str]]:
        """The text of each part, and the index of the old one that it comes from."""
        parts: list[tuple[int | None, str]] = []
        if isinstance(node, Sequence):
            for old, value in pair_items(place.now, wanted):
                below = place if old is None else place.at(old, [], place.column, in_flow=True)
                text = inline_text(value) if old is None else self._inline(node.items[old], below, value)
                parts.append((old, text))
            return parts
        assert isinstance(node, Mapping)
        keys = _keys(node)
        for key in place_keys(keys, list(wanted), place.order):
            if key not in keys:
                parts.append((None, f"{inline_text(key)}: {inline_text(wanted[key])}"))
                continue
            key_node, value = node.entries[keys.index(key)]
            below = place.at(key, keys, place.column, in_flow=True)
            text = self._inline(value, below, wanted[key])
            begin = span(self.text, value, after_key(self.text, key_node))[0]
            head = self.text[key_node.start.index : begin]
            if text and not head[-1].isspace():  # it had no value
                head = f"{self.text[key_node.start.index : key_node.end.index]}: "
            parts.append((keys.index(key), head + text))
        return parts


def _can_keep_style(node: Scalar, wanted: str) -> bool:
    """Not where there was no text, and not where a text outgrows its line."""
    is_long = "\n" in wanted or len(wanted) > WIDTH
    return bool(node.text) and (node.style in {"|", ">"} or node.anchor is not None or not is_long)


def _without_blank_lines(text: str) -> str:
    """The text from its first line that is not blank."""
    lines = text.splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if line.strip())
    return "".join(lines[first:])


def _keys(node: Mapping) -> list[str]:
    return [key.text for key, _ in node.entries if isinstance(key, Scalar)]


def _walk(node: Node, value: Json) -> Iterator[tuple[Node, Json]]:
    """Every node below, aliases included, with what it says."""
    yield node, value
    if isinstance(node, Sequence):
        for item, inner in zip(node.items, value, strict=True):
            yield from _walk(item, inner)
    elif isinstance(node, Mapping):
        for key, (_, below) in zip(_keys(node), node.entries, strict=True):
            yield from _walk(below, value[key])
