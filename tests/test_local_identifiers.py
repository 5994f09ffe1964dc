from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dandifile import local_identifiers as identifiers
from dandifile.errors import UserError
from dandifile.local_identifiers import Place


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_an_identifier_is_a_specs_and_an_environments(store: Path, tmp_path: Path) -> None:
    spec, other = tmp_path / "dandiset.yaml", tmp_path / "other.yaml"
    assert identifiers.get(store, Place(spec, "")) is None
    identifiers.put(store, Place(spec, ""), "000001")
    identifiers.put(store, Place(spec, "rehearsal"), "000002")
    identifiers.put(store, Place(other, ""), "000003")
    assert [identifiers.get(store, Place(spec, name)) for name in ("", "rehearsal", "none")] == [
        "000001",
        "000002",
        None,
    ]
    assert identifiers.get(store, Place(other, "")) == "000003"


def test_a_spec_is_known_by_its_absolute_path(store: Path, tmp_path: Path) -> None:
    identifiers.put(store, Place(tmp_path / "lab" / ".." / "dandiset.yaml", ""), "000001")
    assert identifiers.get(store, Place(tmp_path / "dandiset.yaml", "")) == "000001"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place(Path("clone/dandiset.yaml"), "", "Place cells"), "000001"),
        (Place(Path("clone/dandiset.yaml"), "", " Place cells "), "000001"),
        (Place(Path("clone/dandiset.yaml"), "rehearsal", "Place cells"), None),
        (Place(Path("clone/dandiset.yaml"), "", "Grid cells"), None),
        (Place(Path("clone/dandiset.yaml"), "", ""), None),
        (Place(Path("lab/dandiset.yaml"), "", "A new title"), "000001"),
        (Place(Path("clone/dandiset.yaml"), "", "Twice"), None),
    ],
    ids=["a clone", "trimmed", "another environment", "another title", "no title", "renamed", "ambiguous"],
)
def test_a_clone_is_known_by_its_title(store: Path, place: Place, expected: str | None) -> None:
    identifiers.put(store, Place(Path("lab/dandiset.yaml"), "", "Place cells"), "000001")
    identifiers.put(store, Place(Path("empty/dandiset.yaml"), "", ""), "000002")
    identifiers.put(store, Place(Path("one/dandiset.yaml"), "", "Twice"), "000003")
    identifiers.put(store, Place(Path("two/dandiset.yaml"), "", "Twice"), "000004")
    assert identifiers.get(store, place) == expected


def test_a_title_is_the_last_one_that_was_applied(store: Path) -> None:
    identifiers.put(store, Place(Path("lab/dandiset.yaml"), "", "Old"), "000001")
    identifiers.put(store, Place(Path("lab/dandiset.yaml"), "", "New"), "000001")
    clone = Path("clone/dandiset.yaml")
    assert [identifiers.get(store, Place(clone, "", name)) for name in ("Old", "New")] == [None, "000001"]


def test_a_store_has_one_id_for_good(store: Path, tmp_path: Path) -> None:
    assert identifiers.known_store(store) == ""
    made = identifiers.store_id(store)
    identifiers.put(store, Place(tmp_path / "dandiset.yaml", ""), "000001")
    assert made
    assert [identifiers.store_id(store), identifiers.known_store(store)] == [made, made]
    assert identifiers.store_id(tmp_path / "another") != made


def test_identifiers_of_the_earlier_form_are_read(store: Path, tmp_path: Path) -> None:
    spec = tmp_path / "dandiset.yaml"
    store.mkdir(exist_ok=True)
    (store / "identifiers.json").write_text(json.dumps({str(spec): {"": "000007"}}), "utf-8")
    assert identifiers.get(store, Place(spec, "")) == "000007"
    identifiers.store_id(store)
    assert identifiers.get(store, Place(spec, "")) == "000007"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"specs": [{"x": 1}], "store": ""}', '{"specs": 1}', "\x00"]
)
def test_a_file_that_cannot_be_read_is_an_error_with_its_place(store: Path, text: str) -> None:
    store.mkdir(exist_ok=True)
    (store / "identifiers.json").write_text(text, "utf-8")
    with pytest.raises(UserError) as caught:
        identifiers.get(store, Place(Path("dandiset.yaml"), ""))
    assert caught.value.where == str(store / "identifiers.json")
    assert caught.value.fix


def test_none_is_lost_when_many_are_put_at_once(store: Path, tmp_path: Path) -> None:
    def put(number: int) -> None:
        identifiers.put(store, Place(tmp_path / f"{number}.yaml", ""), f"{number:06}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(40)))
    found = [identifiers.get(store, Place(tmp_path / f"{number}.yaml", "")) for number in range(40)]
    assert found == [f"{number:06}" for number in range(40)]
