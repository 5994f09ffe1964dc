from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dandifile import local_identifiers as identifiers


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_an_identifier_is_a_specs_and_an_environments(store: Path, tmp_path: Path) -> None:
    spec, other = tmp_path / "dandiset.yaml", tmp_path / "other.yaml"
    assert identifiers.get(store, spec, "") is None
    identifiers.put(store, spec, "", "000001")
    identifiers.put(store, spec, "rehearsal", "000002")
    identifiers.put(store, other, "", "000003")
    assert [identifiers.get(store, spec, name) for name in ("", "rehearsal", "none")] == [
        "000001",
        "000002",
        None,
    ]
    assert identifiers.get(store, other, "") == "000003"


def test_a_spec_is_known_by_its_absolute_path(store: Path, tmp_path: Path) -> None:
    identifiers.put(store, tmp_path / "lab" / ".." / "dandiset.yaml", "", "000001")
    assert identifiers.get(store, tmp_path / "dandiset.yaml", "") == "000001"


def test_none_is_lost_when_many_are_put_at_once(store: Path, tmp_path: Path) -> None:
    def put(number: int) -> None:
        identifiers.put(store, tmp_path / f"{number}.yaml", "", f"{number:06}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(40)))
    found = [identifiers.get(store, tmp_path / f"{number}.yaml", "") for number in range(40)]
    assert found == [f"{number:06}" for number in range(40)]
