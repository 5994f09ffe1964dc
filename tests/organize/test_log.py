from __future__ import annotations

from pathlib import Path

import pytest

from dandifile.errors import UserError
from dandifile.organize.log import Entry, earlier_logs, entries_before, new_log, read_log
from dandifile.organize.tree import Mode
from tests.survey.lab import write

ENTRY = Entry("/raw/ä.nwb", "sub-1/ä.nwb", "d-1", 3, 5, {"v.mp4": "x/v.mp4"})


def test_what_was_written_is_read(tmp_path: Path) -> None:
    log = new_log(tmp_path, Mode.COPY)
    log.add(ENTRY)
    found = read_log(log.file)
    assert (found.folder, found.mode, found.entries) == (tmp_path, Mode.COPY, (ENTRY,))
    assert entries_before(earlier_logs(tmp_path)) == {"sub-1/ä.nwb": ENTRY}


def test_a_last_line_that_a_crash_cut_short_is_left_out(tmp_path: Path) -> None:
    log = new_log(tmp_path, Mode.MOVE)
    log.add(ENTRY)
    log.add(ENTRY)
    text = log.file.read_text("utf-8")
    log.file.write_text(text[:-20], "utf-8")
    assert read_log(log.file).entries == (ENTRY,)


@pytest.mark.parametrize("text", ["", "{}", "[]", "no JSON", '{"dandifile_organize": 1, "mode": "teleport"}'])
def test_another_file_is_no_log(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match="is not a log"):
        read_log(write(tmp_path / "x.jsonl", text))


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    log = new_log(tmp_path, Mode.MOVE)
    for _ in range(3):
        log.add(ENTRY)
    lines = log.file.read_text("utf-8").splitlines()
    log.file.write_text("\n".join([*lines[:2], "?", *lines[3:]]), "utf-8")
    with pytest.raises(UserError) as raised:
        read_log(log.file)
    assert f"{log.file}:3" in str(vars(raised.value))
