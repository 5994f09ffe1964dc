"""A YAML file as JSON, with the line and column of every value and key: the spec, and its lock.

Scalars follow the core schema of YAML 1.2: `yes` and a date are text. What YAML would read
differently from how it looks (a number with leading zeros, a key that is a number, a tag,
a key given twice) is a problem, never a guess.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn, Protocol, TypeAlias

from dandifile.errors import Problem, SpecError
from dandifile.model import Json, JsonObject
from dandifile.reading.tree import DEEPEST, Alias, Mapping, Mark, Node, Scalar, Sequence, parse

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys and list indices from the top of the document to a value."""

MOST_VALUES = 100_000
"""More than any spec holds; a few aliases of aliases can multiply to millions."""

_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")  # only an escape can write these


class Faulty(Protocol):
    """What a check found at a path; `at_key` points at the key instead of its value."""

    @property
    def path(self) -> KeyPath: ...
    @property
    def what(self) -> str: ...
    @property
    def fix(self) -> str: ...
    @property
    def at_key(self) -> bool: ...


@dataclass
class Document:
    """`value` is JSON; `problems` is what reading found; `written` has the text of plain non-strings."""

    file: str
    value: Json = None
    places: dict[KeyPath, Mark] = field(default_factory=dict)
    keys: dict[KeyPath, Mark] = field(default_factory=dict)
    written: dict[KeyPath, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, fault: Faulty) -> Problem:
        """The fault with its file:line:column; if its path is not in the file, that of the nearest parent."""
        return Problem(self.place(fault.path, at_key=fault.at_key), fault.what, fault.fix)

    def place(self, path: KeyPath, *, at_key: bool = False) -> str:
        """The file:line:column of a path; if it is not in the file, that of the nearest parent."""
        mark = self.keys.get(path) if at_key else self.places.get(path)
        while mark is None and path:
            path = path[:-1]
            mark = self.places.get(path)
        return self.where(mark)

    def where(self, mark: Mark | None) -> str:
        return f"{self.file}:{mark.line + 1}:{mark.column + 1}" if mark else self.file


def read_document(text: str, file: str, *, may_be_empty: bool = False) -> Document:
    """The document in `text`; SpecError if it is not YAML at all. `file` is for messages."""
    document = Document(file)
    root = parse(text, file)
    if root is not None:
        document.value = _Reader(document).value(root, ())
    elif not may_be_empty:
        problem = Problem(
            f"{file}:1:1",
            "the file is empty",
            "delete it and run `dandifile init --data DIR` to write a spec",
        )
        raise SpecError(f"{file} cannot be read", [problem])
    return document


def find_unstorable(value: Json, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str, bool]]:
    """Texts that no file name can hold and no archive stores: path, character or key, is it a key."""
    if isinstance(value, str) and (found := _NO_CHARACTER.search(value)):
        yield path, found[0], False
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if isinstance(key, str) and _NO_CHARACTER.search(key):
            yield (*path, key), key, True
        yield from find_unstorable(inner, (*path, key))


def value_at(value: Json, path: Iterable[str | int]) -> Json:
    """What a document has at a path; None where it has nothing there."""
    for part in path:
        if isinstance(value, dict):
            value = value.get(str(part))
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


@dataclass
class _Reader:
    document: Document
    anchored: dict[str, Node] = field(default_factory=dict)
    seen: int = 0
    alias: Alias | None = None  # the outermost one being read

    def value(self, node: Node, path: KeyPath) -> Json:
        self.seen += 1
        if self.seen > MOST_VALUES:
            self._refuse_many(node)
        if len(path) > DEEPEST:
            self._refuse(node, f"nested too deeply: the limit is {DEEPEST} levels", "use fewer levels")
        if isinstance(node, Alias):
            before, self.alias = self.alias, self.alias or node
            value = self.value(self.anchored[node.anchor], path)
            self.alias = before
            return value
        if node.anchor:
            self.anchored[node.anchor] = node
        if node.tag is not None:
            self._report(node.start, f"the YAML tag {node.tag} is not allowed", "remove it")
        self.document.places.setdefault(path, node.start)
        match node:
            case Scalar():
                return self._scalar(node, path)
            case Sequence():
                return [self.value(item, (*path, index)) for index, item in enumerate(node.items)]
            case Mapping():
                return self._mapping(node, path)

    def _mapping(self, node: Mapping, path: KeyPath) -> JsonObject:
        found: JsonObject = {}
        for key_node, value_node in node.entries:
            key = self._key(key_node)
            if key is None:
                self.value(value_node, (*path, "?"))  # read all the same: it may hold an anchor
            elif key in found:
                first = self.document.keys[(*path, key)].line + 1
                self._report(
                    key_node.start, f"`{key}` is given twice, first on line {first}", "keep one of them"
                )
            else:
                self.document.keys[(*path, key)] = key_node.start
                if isinstance(value_node, Scalar) and value_node.start.index == value_node.end.index:
                    self.document.places[(*path, key)] = key_node.start  # it has no value
                found[key] = self.value(value_node, (*path, key))
        return found

    def _key(self, node: Node) -> str | None:
        """The key's text, or None if it is not text, which is reported."""
        if not isinstance(node, Scalar):
            self._report(node.start, "a key must be text", "write `key: value`")
        elif node.text == "<<" and not node.style:
            self._report(node.start, "`<<` (merging mappings) is not part of YAML 1.2", "write the keys out")
        elif not node.style and not node.text:
            self._report(node.start, "the key is empty", "write `key: value`")
        elif not node.style and not isinstance(plain_value(node.text), str):
            what = f"YAML does not read the key {node.text} as text"
            self._report(node.start, what, f'write it in quotes: "{node.text}"')
        else:
            return node.text
        return None

    def _scalar(self, node: Scalar, path: KeyPath) -> Json:
        if node.style:
            return node.text
        value = plain_value(node.text)
        if _is_identifier_path(path) and isinstance(value, int | float) and not isinstance(value, bool):
            return node.text  # six digits, with or without quotes, are the ones that the user wrote
        if not isinstance(value, str):
            self.document.written.setdefault(path, node.text)
        if isinstance(value, float) and not math.isfinite(value):
            what = f"{node.text} is NaN, Infinity or too large for a JSON number"
            self._report(node.start, what, f'write it in quotes: "{node.text}"')
            return None
        if isinstance(value, int | float) and _LEADING_ZERO.match(node.text):
            what = f"YAML reads {node.text} as the number {value}"
            self._report(node.start, what, f'write it in quotes: "{node.text}"')
            return node.text
        return value

    def _refuse_many(self, node: Node) -> NoReturn:
        what = f"more than {MOST_VALUES:,} values"
        if self.alias:
            self._refuse(node, f"the aliases (*name) expand to {what}", "write the values out")
        self._refuse(node, what, "split the file, or look for text pasted into it by mistake")

    def _refuse(self, node: Node, what: str, fix: str) -> NoReturn:
        problem = Problem(self.document.where((self.alias or node).start), what, fix)
        raise SpecError(f"{self.document.file} cannot be read", [problem])

    def _report(self, mark: Mark, what: str, fix: str) -> None:
        self.document.problems.append(Problem(self.document.where(mark), what, fix))


def _is_identifier_path(path: KeyPath) -> bool:
    """Whether this is the place of a dandiset's identifier."""
    return path == ("identifier",) or (path[:1] == ("environments",) and path[2:] == ("identifier",))


_INTEGER = re.compile(r"[-+]?[0-9]{1,400}")
_OCTAL_OR_HEX = re.compile(r"0o[0-7]{1,400}|0x[0-9a-fA-F]{1,400}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]")
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


def plain_value(text: str) -> bool | int | float | str | None:
    """The value of a plain scalar in the core schema of YAML 1.2 (chapter 10.3.2)."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL_OR_HEX.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", "", 1))
    return text
