from __future__ import annotations

from pathlib import Path

import pytest

from dandifile.model import Record, Recorded
from dandifile.run.record import load_record, save_record

RECORD = Record({"data/a.nwb": Recorded("sub-1/a.nwb", "d-1")}, {"keywords": "x"})


def test_a_record_comes_back(tmp_path: Path) -> None:
    save_record(tmp_path, "https://api.example.org", "000001", RECORD)
    assert load_record(tmp_path, "https://api.example.org", "000001") == RECORD


def test_every_draft_has_its_own(tmp_path: Path) -> None:
    save_record(tmp_path, "https://api.example.org", "000001", RECORD)
    assert load_record(tmp_path, "https://api.example.org", "000002") == Record()
    assert load_record(tmp_path, "local", "000001") == Record()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"assets": {"a": {"no": 1}}, "fields": {}}',
        '{"assets": [1], "fields": {}}',
        '{"assets": {}, "fields": 5}',
        '{"assets": {"a": {"path": 3, "digest": null}}, "fields": {}}',
    ],
)
def test_one_that_cannot_be_read_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    save_record(tmp_path, "local", "000001", RECORD)
    next((tmp_path / "records").iterdir()).write_text(text, "utf-8")
    assert load_record(tmp_path, "local", "000001") == Record()
