"""`dandifile fmt`: a spec in its documented order, with every comment, two spaces a level, double quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from dandifile.errors import Problem, SpecError
from dandifile.model import Json, JsonObject
from dandifile.reading.document import read_document
from dandifile.reading.tree import Alias, Mapping, Node, Scalar, Sequence, parse
from dandifile.schemafiles import spec_schema
from dandifile.spec.comments import Attached, TreePath, attach


def format_text(text: str, file: str) -> str:
    """The same spec, formatted. It means the same, and formatting it again changes nothing.

    The spec need not be valid, but it must be YAML that is read as it looks; a SpecError
    says where it is not. `file` is for messages. In a file with aliases the order stays.
    """
    document = read_document(text, file)
    root = parse(text, file)
    if not isinstance(root, Mapping):
        raise SpecError(
            f"{file} is not a spec", [Problem(f"{file}:1:1", "a spec is a mapping (`key: value`)")]
        )
    if document.problems:
        raise SpecError(f"{file} cannot be formatted", document.problems)
    has_aliases = any(isinstance(node, Alias) for node in _nodes(root))
    tidy = Emitter(text, attach(text, root), has_aliases).document(root, KeyOrder(spec_schema()))
    if read_document(tidy, file).value != document.value:
        raise RuntimeError(
            f"{file}: formatting would change its meaning; this is a bug, and nothing was written"
        )
    return tidy


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _nodes(item)
    elif isinstance(node, Mapping):
        for key, value in node.entries:
            yield from _nodes(key)
            yield from _nodes(value)


WIDTH = 120  # a flow collection that is longer is written as a block
_INDICATOR = re.compile(r"[|>][+-]?\s*(#.*)?")

_BLANK = "\0"  # starts a blank line inside a text, which must stay; YAML forbids the character
_UNPRINTABLE = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")  # beyond what JSON escapes


@dataclass(frozen=True)
class Emitter:
    """`source` is the text of the tree; `keep_order` where reordering could break an alias."""

    source: str
    attached: Attached
    keep_order: bool

    def document(self, root: Mapping, order: KeyOrder) -> str:
        body = self._block(root, (), 0, order) if root.entries else ["{}"]
        lines = [*self.attached.header, *body, *self.attached.footer]
        return "\n".join(_collapse_blanks(lines)).replace(_BLANK, "") + "\n"

    def _block(self, node: Mapping | Sequence, path: TreePath, indent: int, order: KeyOrder) -> Iterator[str]:
        if isinstance(node, Sequence):
            for index, item in enumerate(node.items):
                lines = self._item(item, (*path, index), indent, order.at(index, []))
                yield from self._with_remarks(lines, (*path, index), indent)
            return
        keys = _keys(node)
        for index in self._order(node, order):
            key, value = node.entries[index]
            below = order.at(keys[index], keys)
            lines = self._entry(self._inline(key, order), value, (*path, index), indent, below)
            yield from self._with_remarks(lines, (*path, index), indent)

    def _with_remarks(self, lines: list[str], path: TreePath, indent: int) -> Iterator[str]:
        remarks = self.attached.of(path)
        margin = " " * indent
        for line in [*remarks.above, *(extra.text for extra in remarks.beside[1:])]:
            yield margin + line if line else ""
        if remarks.beside:
            comment = remarks.beside[0]
            lines[0] = f"{lines[0]:<{max(comment.column, len(lines[0]) + 2)}}{comment.text}"
        yield from lines
        for line in remarks.below:
            yield margin + line if line else ""

    def _item(self, item: Node, path: TreePath, indent: int, order: KeyOrder) -> list[str]:
        """An item of a list. A mapping starts on the line of its dash; its first remarks go above it."""
        margin = " " * indent
        if not self._is_block(item, path, indent + 2, order):
            return self._scalar_lines(f"{margin}- ", item, indent, order)
        assert isinstance(item, Mapping | Sequence), "only collections are blocks"
        if item.anchor:
            return [f"{margin}- &{item.anchor}", *self._block(item, path, indent + 2, order)]
        lines = list(self._block(item, path, indent + 2, order))
        first = next(index for index, line in enumerate(lines) if line.strip() and line.strip()[0] != "#")
        above = [margin + line.strip() if line else "" for line in lines[:first]]
        return [*above, f"{margin}- {lines[first][indent + 2 :]}", *lines[first + 1 :]]

    def _entry(self, key: str, value: Node, path: TreePath, indent: int, order: KeyOrder) -> list[str]:
        margin = " " * indent
        anchor = f" &{value.anchor}" if not isinstance(value, Alias) and value.anchor else ""
        if self._is_block(value, path, indent + len(key) + 2, order):
            assert isinstance(value, Mapping | Sequence), "only collections are blocks"
            return [f"{margin}{key}:{anchor}", *self._block(value, path, indent + 2, order)]
        return self._scalar_lines(f"{margin}{key}: ", value, indent, order)

    def _scalar_lines(self, before: str, node: Node, indent: int, order: KeyOrder) -> list[str]:
        if isinstance(node, Scalar) and node.style in {"|", ">"}:
            raw = self._raw_block(node, indent + 2)
            if raw:
                anchor = f"&{node.anchor} " if node.anchor else ""
                return [before + anchor + raw[0], *raw[1:]]
        return [(before + self._inline(node, order, in_flow=False)).rstrip()]

    def _raw_block(self, node: Scalar, indent: int) -> list[str]:
        """A literal or folded text as written, moved to `indent`; [] if that could change it."""
        head, *body = self.source[node.start.index : node.end.index].splitlines()
        if not _INDICATOR.fullmatch(head) or not node.text.strip():
            return []
        if node.text.endswith(
            "\n\n"
        ):  # the blank lines after it are part of it, and others may come to stand there
            return []
        mark = head.split("#")[0].strip().removesuffix("+")
        while body and not body[-1].strip():
            body.pop()
        first = next(line for line in body if line.strip())
        margin = len(first) - len(first.lstrip(" "))
        return [
            mark,
            *(
                (" " * indent if line[margin:] else "") + ("" if line.strip() else _BLANK) + line[margin:]
                for line in body
            ),
        ]

    def _is_block(self, node: Node, path: TreePath, before: int, order: KeyOrder) -> bool:
        """Whether a value gets lines of its own."""
        if not isinstance(node, Mapping | Sequence):
            return False
        if not (node.entries if isinstance(node, Mapping) else node.items):
            return False
        if not node.flow or path in self.attached.opened:
            return True
        return before + len(self._inline(node, order)) > WIDTH

    def _inline(self, node: Node, order: KeyOrder, *, in_flow: bool = True) -> str:
        if isinstance(node, Alias):
            return f"*{node.anchor}"
        anchor = f"&{node.anchor} " if node.anchor else ""
        if isinstance(node, Scalar):
            return anchor + _scalar(node, in_flow=in_flow)
        if isinstance(node, Sequence):
            items = (self._inline(item, order.at(index, [])) for index, item in enumerate(node.items))
            return f"{anchor}[{', '.join(items)}]"
        keys = _keys(node)
        entries = (
            f"{self._inline(node.entries[i][0], order)}: "
            f"{self._inline(node.entries[i][1], order.at(keys[i], keys))}"
            for i in self._order(node, order)
        )
        return f"{anchor}{{{', '.join(entries)}}}"

    def _order(self, node: Mapping, order: KeyOrder) -> list[int]:
        """The entries of a mapping in the order in which they are written."""
        keys = _keys(node)
        return list(range(len(keys))) if self.keep_order else [keys.index(key) for key in order.sorted(keys)]


def _keys(node: Mapping) -> list[str]:
    return [key.text for key, _ in node.entries if isinstance(key, Scalar)]


def _scalar(node: Scalar, *, in_flow: bool) -> str:
    """Quotes become double quotes if that needs no escapes; a plain text stays plain."""
    text = node.text
    if not node.style and "\n" not in text and node.start.line == node.end.line:
        return text or ("null" if in_flow else "")
    if node.style == "'" and "\n" not in text and ('"' in text or "\\" in text):
        return "'" + text.replace("'", "''") + "'"
    return quote(text)


def quote(text: str) -> str:
    """The text in double quotes, with escapes for what YAML does not count as printable."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _collapse_blanks(lines: list[str]) -> list[str]:
    """Removes repeated blank lines outside of texts, and those at the start and end of the file."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept


class KeyOrder:
    """The order of keys at one place of a spec, which is the schema's; `at` goes one step down."""

    def __init__(self, root: JsonObject, schema: JsonObject | None = None) -> None:
        self.root = root
        self.schema = root if schema is None else schema

    def sorted(self, keys: list[str]) -> list[str]:
        """Documented keys first, in the schema's order; then the others in their own order."""
        documented = list(self._for(keys).get("properties", {}))
        return sorted(keys, key=lambda key: documented.index(key) if key in documented else len(documented))

    def at(self, part: str | int, siblings: list[str]) -> KeyOrder:
        """The order below a key, given its sibling keys, or below an item of a list."""
        here = self._for([] if isinstance(part, int) else siblings, is_list=isinstance(part, int))
        if isinstance(part, int):
            below: Json = here.get("items", {})
        else:
            below = here.get("properties", {}).get(part, here.get("additionalProperties", {}))
        return KeyOrder(self.root, below if isinstance(below, dict) else {})

    def _for(self, keys: list[str], *, is_list: bool = False) -> JsonObject:
        return _resolve(self.root, self.schema, keys, is_list=is_list)


def _resolve(root: JsonObject, schema: JsonObject, keys: list[str], *, is_list: bool) -> JsonObject:
    """Follows references and alternatives to the schema for a mapping with these keys, or for a list."""
    if "$ref" in schema:
        target = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        return _resolve(root, target, keys, is_list=is_list)
    if "if" in schema and "properties" not in schema:
        meant = "then" if set(schema["if"]["required"]) <= set(keys) else "else"
        return _resolve(root, schema[meant], keys, is_list=is_list)
    if "anyOf" in schema:
        branches = [_resolve(root, branch, keys, is_list=is_list) for branch in schema["anyOf"]]
        wanted = ("items",) if is_list else ("properties", "additionalProperties")
        return next((branch for branch in branches if any(word in branch for word in wanted)), {})
    return schema
