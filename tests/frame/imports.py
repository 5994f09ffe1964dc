"""Reads from a module's source what it imports when it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def imports(source: str, module: str) -> set[str]:
    """Dotted names of all that `module` (a dotted name; packages end in `.__init__`) imports.

    Imports inside functions count, those under `if TYPE_CHECKING:` don't. `from a import b` gives
    `a.b`, since only the importer knows whether b is a module.
    """
    return set(_imports(ast.parse(source), module.split(".")[:-1]))


def _imports(node: ast.AST, package: list[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = package[: len(package) - node.level + 1] if node.level else []
        base = base + node.module.split(".") if node.module else base
        yield from (".".join([*base, alias.name]) for alias in node.names)
    else:
        run = node.orelse if isinstance(node, ast.If) and _is_type_checking(node.test) else None
        for child in ast.iter_child_nodes(node) if run is None else run:
            yield from _imports(child, package)


def _is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}
