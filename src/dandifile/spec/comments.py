"""The comments and blank lines of a YAML file, and what each of them is about.

A comment at the end of a line is about what comes before it. One on a line of its own is
about the entry that follows or, if it is indented deeper, about the block that it ends.
Entries are those of block collections: what is inside `[ ]` and `{ }` on one line has no
comments of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from dandifile.reading.tree import Mapping, Node, Scalar, Sequence, parse

TreePath: TypeAlias = tuple[int, ...]
"""Positions of children from the top of the tree to an entry of a mapping or an item of a list."""


_BREAKS = "\r\n\x85\u2028\u2029"  # what the parser counts as ends of lines


@dataclass(frozen=True)
class Comment:
    """`text` starts with `#`; "" is a blank line. `alone`: nothing else is on its line."""

    line: int
    column: int
    text: str
    alone: bool


@dataclass
class Remarks:
    """The comments around one entry."""

    above: list[str] = field(default_factory=list)
    beside: list[Comment] = field(default_factory=list)
    below: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Entry:
    path: TreePath
    line: int
    column: int
    value: Node

    @property
    def is_text(self) -> bool:
        """A literal or folded text: what is indented below it would be part of it."""
        return isinstance(self.value, Scalar) and self.value.style in {"|", ">"}


@dataclass
class Attached:
    """All remarks of a file by entry, those about the file itself, and which flow collections hold some."""

    header: list[str] = field(default_factory=list)
    footer: list[str] = field(default_factory=list)
    entries: dict[TreePath, Remarks] = field(default_factory=dict)
    opened: set[TreePath] = field(default_factory=set)  # flow collections that must be written as blocks

    def of(self, path: TreePath) -> Remarks:
        return self.entries.setdefault(path, Remarks())


def find_comments(text: str) -> list[Comment]:
    """Every comment of a YAML text, in its order."""
    root = parse(text, "")
    if root is None:
        return []
    masked, inside = _mask_scalars(text, root)
    return [comment for comment in _comments(masked.splitlines(), inside) if comment.text]


def attach(text: str, root: Node) -> Attached:
    """Finds every comment and blank line of `text`, whose tree is `root`."""
    attached = Attached()
    masked, inside = _mask_scalars(text, root)
    lines = masked.splitlines()
    comments = list(_comments(lines, inside))
    written = {comment.line for comment in comments if comment.text}
    entries = list(_Entries(lines, written, attached.opened).below(root, ()))
    if not entries:
        attached.header = [comment.text for comment in comments]
        return attached
    for comment in comments:
        if not comment.alone:
            _remarks_before(entries, comment, attached).beside.append(comment)
    _attach_lines([comment for comment in comments if comment.alone], entries, attached)
    _split_header(entries, attached)
    return attached


def _comments(lines: list[str], inside: set[int]) -> Iterator[Comment]:
    for number, line in enumerate(lines):
        found = re.search(r"(?:^|\s)(#.*)$", line)
        if found:
            alone = not line[: found.start(1)].strip()
            yield Comment(number, found.start(1), found[1].rstrip(), alone)
        elif not line.strip() and number not in inside:
            yield Comment(number, 0, "", alone=True)


def _mask_scalars(text: str, root: Node) -> tuple[str, set[int]]:
    """The text with every scalar masked, and the lines that start inside one."""
    characters = list(text)
    inside: set[int] = set()
    for scalar in _scalars(root):
        start, end = scalar.start.index, scalar.end.index
        if scalar.style in {"|", ">"}:  # a comment can follow the indicator
            head = text[start:end].splitlines()[0]
            start += len(head)
            if "+" not in head.split("#")[0]:  # else the blank lines at its end are part of it
                end = start + len(text[start:end].rstrip())
        for index in range(start, end):
            if characters[index] not in _BREAKS:
                characters[index] = "x"
        first = scalar.start.line + 1
        inside.update(range(first, scalar.start.line + len(text[scalar.start.index : end].splitlines())))
    return "".join(characters), inside


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _scalars(item)
    elif isinstance(node, Mapping):
        for key, value in node.entries:
            yield from _scalars(key)
            yield from _scalars(value)


@dataclass(frozen=True)
class _Entries:
    """Finds the entries that comments can be about; notes which flow collections they open."""

    lines: list[str]  # without scalars
    written: set[int]  # lines with a comment
    opened: set[TreePath]

    def below(self, node: Node, path: TreePath) -> Iterator[_Entry]:
        """The entries of a collection and of what is in it, in the order of the file."""
        if not isinstance(node, Sequence | Mapping):
            return
        if node.flow and path:
            if not self.written & set(range(node.start.line, node.end.line)):
                return
            self.opened.add(path)
        if isinstance(node, Mapping):
            for index, (key, value) in enumerate(node.entries):
                yield _Entry((*path, index), key.start.line, key.start.column, value)
                yield from self.below(value, (*path, index))
        else:
            for index, item in enumerate(node.items):
                line, column = self._dash(node, item)
                yield _Entry((*path, index), line, column, item)
                yield from self.below(item, (*path, index))

    def _dash(self, node: Sequence, item: Node) -> tuple[int, int]:
        """Where an item starts: at its dash, which may be on a line above it."""
        if node.flow:
            return item.start.line, item.start.column
        column = node.start.column
        upwards = range(item.start.line, node.start.line - 1, -1)
        dashes = (number for number in upwards if self.lines[number][column : column + 1] == "-")
        return next(dashes, item.start.line), column


def _remarks_before(entries: list[_Entry], comment: Comment, attached: Attached) -> Remarks:
    """The innermost entry that starts on the comment's line, else the last one before it."""
    before = [entry for entry in entries if entry.line <= comment.line]
    return attached.of(before[-1].path if before else entries[0].path)


def _attach_lines(lines: list[Comment], entries: list[_Entry], attached: Attached) -> None:
    """Attaches comments on lines of their own, and blank lines, to what follows them."""
    for number, line in enumerate(lines):
        next_comment = next((other for other in lines[number:] if other.text), None)
        following = next((entry for entry in entries if entry.line > line.line), None)
        if next_comment and (following is None or next_comment.line < following.line):
            _attach_line(line.text, next_comment, entries, following, attached)
        elif following:
            attached.of(following.path).above.append(line.text)


def _attach_line(
    text: str, comment: Comment, entries: list[_Entry], following: _Entry | None, attached: Attached
) -> None:
    """Puts a line where `comment` belongs, which is the line itself or the next comment after it."""
    before = [entry for entry in entries if entry.line < comment.line]
    if following and (comment.column <= following.column or not before):
        attached.of(following.path).above.append(text)
    elif not following and (comment.column == 0 or not before):
        attached.footer.append(text)
    else:
        last = before[-1].path
        chain = [entry for entry in before if entry.path == last[: len(entry.path)]]
        holder = next((entry for entry in reversed(chain) if entry.column <= comment.column), chain[0])
        deeper = "  " if text and comment.column > holder.column and not holder.is_text else ""
        attached.of(holder.path).below.append(deeper + text)


def _split_header(entries: list[_Entry], attached: Attached) -> None:
    """Comments above the first entry, separated by a blank line, are about the file."""
    above = attached.of(entries[0].path).above
    last_blank = max((index for index, line in enumerate(above) if not line), default=-1)
    attached.header, above[:] = above[: last_blank + 1], above[last_blank + 1 :]
