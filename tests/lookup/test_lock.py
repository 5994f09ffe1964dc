from __future__ import annotations

from pathlib import Path

import pytest

from dandifile.errors import SpecError
from dandifile.lookup.lock import lock_file, lock_identifier, locked_identifier

URL = "https://api.example.org/api"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return lock_file(tmp_path / "dandiset.yaml")


def test_it_lies_beside_the_spec(tmp_path: Path) -> None:
    assert lock_file(tmp_path / "dandiset.yaml") == tmp_path / "dandiset.lock.yaml"


def test_identifiers_are_kept_by_environment_and_archive(lock: Path) -> None:
    lock_identifier(lock, "", URL, "000012")
    lock_identifier(lock, "rehearsal", URL, "000027")
    assert locked_identifier(lock, "", URL) == "000012"
    assert locked_identifier(lock, "rehearsal", URL) == "000027"
    assert locked_identifier(lock, "", "https://other.example.org/api") is None


def test_an_identifier_stays_text(lock: Path) -> None:
    lock_identifier(lock, "", URL, "000027")
    assert "'000027'" in lock.read_text("utf-8")


def test_what_else_is_in_it_stays(lock: Path) -> None:
    lock.write_text("# ours\ndandifile_lock: 1\npaper: {doi: 10.1/x} # looked up\n", "utf-8")
    lock_identifier(lock, "", URL, "000012")
    text = lock.read_text("utf-8")
    assert "# ours" in text
    assert "paper: {doi: 10.1/x} # looked up" in text


@pytest.mark.parametrize("text", ["- a list", "a: [", "dandifile_lock: 99", "\xff".encode("latin1")])
def test_one_that_cannot_be_used_is_told(lock: Path, text: str | bytes) -> None:
    lock.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SpecError) as caught:
        locked_identifier(lock, "", URL)
    assert "git" in caught.value.fix
