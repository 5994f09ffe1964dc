"""The reference says what is so: each of its examples is loaded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dandifile.reading.document import read_document
from dandifile.schemafiles import spec_schema
from dandifile.spec.load import load
from tests.spec.cases import HEAD

TEXT = (Path(__file__).parents[2] / "docs" / "spec.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def whole(example: str) -> str:
    return example if example.startswith("dandifile:") else HEAD + example


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.splitlines()[0][:40])
def test_every_example_loads(example: str, tmp_path: Path) -> None:
    (tmp_path / "dandiset.yaml").write_text(whole(example), encoding="utf-8")
    load(tmp_path / "dandiset.yaml")


def test_every_key_is_in_an_example() -> None:
    shown = {key for example in EXAMPLES for key in read_document(whole(example), "").value}
    assert shown >= spec_schema()["properties"].keys()
