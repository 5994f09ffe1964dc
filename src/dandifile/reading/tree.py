"""YAML text as a tree that remembers where everything is; the reader and the formatter share it.

Built from the events of ruamel's parser, before any text becomes a value: nothing is
lost (quotes, anchors, flow or block style), and no tag can run code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from dandifile.errors import Problem, SpecError

DEEPEST = 50  # levels of nesting, far more than a spec uses
MOST_EVENTS = 400_000
"""Starts, ends and texts in one file: some seconds of reading, more than any lock holds."""


@dataclass(frozen=True)
class Mark:
    """A place in the file: line and column from 0, index in characters."""

    line: int
    column: int
    index: int


@dataclass(frozen=True)
class Scalar:
    text: str
    style: str  # "" for plain, else one of ' " | >
    start: Mark
    end: Mark
    anchor: str | None = None
    tag: str | None = None


@dataclass(frozen=True)
class Alias:
    anchor: str
    start: Mark
    end: Mark


@dataclass(frozen=True)
class Sequence:
    flow: bool
    start: Mark
    end: Mark
    items: tuple[Node, ...]
    anchor: str | None = None
    tag: str | None = None


@dataclass(frozen=True)
class Mapping:
    flow: bool
    start: Mark
    end: Mark
    entries: tuple[tuple[Node, Node], ...]
    anchor: str | None = None
    tag: str | None = None


Node: TypeAlias = Scalar | Alias | Sequence | Mapping


def parse(text: str, file: str) -> Node | None:
    """The one document in `text`, None if it is empty; SpecError if there are several, or it is not YAML."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return _document(text, file)
    except MarkedYAMLError as error:
        raise _syntax_error(file, error) from None
    except YAMLError as error:  # a character that YAML forbids; its position counts characters
        raise _character_error(file, text, error) from None
    except (ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RecursionError) as error:
        # An error inside ruamel, such as at the escape of a character that does not exist.
        raise _error_at(file, 1, 1, f"not YAML: {error}", "look for unusual escapes and directives") from None


def _document(text: str, file: str) -> Node | None:
    events = _bounded_events(text, file)
    if _name_of(next(events, None)) != "DocumentStartEvent":
        return None
    node = _Builder(file, events).node()
    for event in events:
        if _name_of(event) == "DocumentStartEvent":
            line = event.start_mark.line + 1
            raise _error_at(file, line, 1, "a second YAML document starts here", "keep one document per file")
    return node


def _bounded_events(text: str, file: str) -> Iterator[Any]:
    """The parser's events, one by one, until they are too many or nested too deeply.

    ruamel's time grows with the square of the depth, so reading stops where the limit is passed.
    """
    from ruamel.yaml import YAML

    depth = 0
    for number, event in enumerate(YAML(typ="safe", pure=True).parse(text)):
        name = _name_of(event)
        depth += name.endswith("StartEvent") - name.endswith("EndEvent")
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if depth > DEEPEST + 3:  # the stream, the document and the top are not counted
            raise _error_at(
                file, line, column, f"nested too deeply: the limit is {DEEPEST} levels", "use fewer levels"
            )
        if number > MOST_EVENTS:
            raise _error_at(file, line, column, f"more than {MOST_EVENTS // 2:,} values", "split the file")
        if name != "StreamStartEvent":
            yield event


def _name_of(event: Any) -> str:
    return type(event).__name__


@dataclass
class _Builder:
    """Folds the stream of events into nodes."""

    file: str
    events: Iterator[Any]
    anchors: set[str] = field(default_factory=set)
    end: Mark = field(default=Mark(0, 0, 0))  # of the event that was read last

    def node(self) -> Node:
        node = self.node_or_end()
        assert node is not None, "the parser closes every collection"
        return node

    def node_or_end(self) -> Node | None:
        """The next node, or None where the current collection ends."""
        event = next(self.events)
        start, end = _mark(event.start_mark), _mark(event.end_mark)
        self.end = end
        match type(event).__name__:
            case "AliasEvent":
                return self._alias(event.anchor, start, end)
            case "ScalarEvent":
                node: Node = Scalar(event.value, event.style or "", start, end, event.anchor, _tag(event))
            case "SequenceStartEvent":
                items = tuple(self._items())
                node = Sequence(bool(event.flow_style), start, self.end, items, event.anchor, _tag(event))
            case "MappingStartEvent":
                entries = tuple(self._entries())
                node = Mapping(bool(event.flow_style), start, self.end, entries, event.anchor, _tag(event))
            case _:
                return None
        if event.anchor:
            self.anchors.add(event.anchor)
        return node

    def _items(self) -> Iterator[Node]:
        while (item := self.node_or_end()) is not None:
            yield item

    def _entries(self) -> Iterator[tuple[Node, Node]]:
        while (key := self.node_or_end()) is not None:
            yield key, self.node()

    def _alias(self, anchor: str, start: Mark, end: Mark) -> Alias:
        if anchor not in self.anchors:
            what = f"the alias *{anchor} has no anchor: no complete value before it is marked &{anchor}"
            raise _error_at(self.file, start.line + 1, start.column + 1, what, "write the value out")
        return Alias(anchor, start, end)


def _tag(event: Any) -> str | None:
    return str(event.tag) if event.tag is not None else None


def _mark(mark: Any) -> Mark:
    return Mark(mark.line, mark.column, mark.index)


_PLAIN_WORDS = {
    r"found character '\t'": ("a tab is used for indentation", "indent with spaces"),
    "mapping values are not allowed here": (
        "a `: ` where no key is allowed: the indentation is wrong, or the text holds a colon",
        "align it with its neighbours, or put text that holds `: ` in quotes",
    ),
    "could not find expected ':'": ("a line that is not `key: value`", "add the colon, or indent the line"),
    "found unexpected end of stream": (
        "a quote that is opened here is never closed",
        "add the closing quote",
    ),
    "that cannot start any token": (
        "text that starts with a character that YAML reserves",
        "put the text in quotes",
    ),
    "expected ',' or": (
        "a bracket that is opened here is never closed, or a comma is missing",
        "add the bracket or the comma",
    ),
    "expected <block end>": ("a line that is not aligned with its neighbours", "correct the indentation"),
}


def _syntax_error(file: str, error: Any) -> SpecError:
    problem = str(error.problem or error.context or error)
    what, fix = next(
        (words for pattern, words in _PLAIN_WORDS.items() if pattern in problem),
        (f"not YAML: {problem}", "see https://yaml.org/spec/1.2.2/ or put the text in quotes"),
    )
    opened = error.context_mark if "opened here" in what else None
    mark = opened or error.problem_mark or error.context_mark
    return _error_at(file, mark.line + 1, mark.column + 1, what, fix)


def _character_error(file: str, text: str, error: Any) -> SpecError:
    before = text[: getattr(error, "position", 0)]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return _error_at(file, line, column, "a control character, which YAML forbids", "delete it")


def _error_at(file: str, line: int, column: int, what: str, fix: str) -> SpecError:
    return SpecError(f"{file} cannot be read", [Problem(f"{file}:{line}:{column}", what, fix)])
