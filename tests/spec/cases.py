"""Reads tests/cases/spec: lists of cases, each a spec and what is to come of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

CASES = Path(__file__).parents[1] / "cases" / "spec"
HEAD = "dandifile: 1\ninstance: dandi-sandbox\n"


def cases(*names: str) -> list[Any]:
    """The cases of these files as parameters, named by file and case."""
    found = []
    for name in names:
        listed = YAML(typ="safe", pure=True).load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
        found += [pytest.param(case, id=f"{Path(name).name}: {case['name']}") for case in listed]
    return found


def text_of(case: dict[str, Any]) -> str:
    """The spec's text; `<x * 3>` stands for xxx."""
    text = str(case["file"]) if "file" in case else HEAD + case["spec"]
    return re.sub(r"<x \* ([0-9]+)>", lambda found: "x" * int(found[1]), text)
