"""A reviewer takes in a file at a sitting and a function at a glance."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.frame import ROOT

LONGEST_FILE = 400
LONGEST_FUNCTION = 50

FILES = [
    ROOT / "dandifile",
    *sorted((ROOT / "src").rglob("*.py")),
    *sorted((ROOT / "benchmarks").rglob("*.py")),
    *sorted((ROOT / ".ci").rglob("*.py")),
]


def too_long(source: str) -> dict[str, int]:
    """Functions of more lines than allowed, and their lines; docstrings and decorators count."""
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    return {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_files_and_functions_are_short(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LONGEST_FILE
    assert too_long(source) == {}


def test_a_long_function_is_seen() -> None:
    source = "def short():\n    pass\n\ndef long():\n" + "    pass\n" * LONGEST_FUNCTION
    assert too_long(source) == {"long": LONGEST_FUNCTION + 1}
