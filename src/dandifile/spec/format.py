"""`dandifile fmt`: a spec in its documented order, tidily, with every comment."""

from __future__ import annotations

from collections.abc import Iterator

from dandifile.errors import Problem, SpecError
from dandifile.reading.document import read_document
from dandifile.reading.tree import Alias, Mapping, Node, Sequence, parse
from dandifile.spec.comments import attach
from dandifile.spec.emit import Emitter
from dandifile.spec.key_order import KeyOrder
from dandifile.spec.schema import spec_schema


def format_text(text: str, file: str) -> str:
    """The same spec, tidied: formatting it again changes nothing, and it says the same.

    It need not be a right spec, but it must be YAML that is read as it looks; a SpecError
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
            f"{file}: formatting would change what it says; this is a bug, nothing was written"
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
