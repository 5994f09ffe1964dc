"""The Python page does what it says: its blocks run one after the other, and print what is below them."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from tests.frame import ROOT

PAGE = (ROOT / "docs" / "python.md").read_text("utf-8")
BLOCK = re.compile(r"^```(yaml|python)\n(.*?)^```(?:\n+```text\n(.*?)^```)?", re.DOTALL | re.MULTILINE)


def test_the_examples_print_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DANDIFILE_STORE", str(tmp_path / "store"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tones.csv").write_text("tone,frequency_hz\nlow,4000\n", "utf-8")
    [(_, spec, _), *examples] = BLOCK.findall(PAGE)
    (tmp_path / "dandiset.yaml").write_text(spec, "utf-8")
    names: dict[str, object] = {}
    for language, source, shown in examples:
        assert language == "python"
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(source, names)
        assert out.getvalue() == shown, source
    assert len(examples) > 4
