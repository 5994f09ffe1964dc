from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from dandifile.errors import SpecError, UserError
from dandifile.reading.files import read_bytes, read_text


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the plan cannot be read: it is a folder"):
        read_bytes(tmp_path, "the plan", 10)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="not a regular file"):
        read_bytes(tmp_path / "pipe", "the plan", 10)


def test_a_name_that_is_too_long_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_bytes(tmp_path / ("x" * 2000), "the plan", 10)


def test_the_size_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 11)
    with pytest.raises(UserError, match="larger"):
        read_bytes(tmp_path / "a", "the plan", 10)
    assert len(read_bytes(tmp_path / "a", "the plan", 11)) == 11


def test_a_byte_that_is_not_utf_8_has_a_place(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"ab\nc\xff")
    with pytest.raises(SpecError) as caught:
        read_text(tmp_path / "a", "the plan", 10, "a")
    assert caught.value.problems[0].where == "a:2:2"
