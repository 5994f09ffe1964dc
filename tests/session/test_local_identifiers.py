from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dandifile.errors import UserError
from dandifile.session import local_identifiers as identifiers
from dandifile.session.local_identifiers import Place


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_an_identifier_is_a_specs_and_an_environments(store: Path, tmp_path: Path) -> None:
    spec, other = tmp_path / "dandiset.yaml", tmp_path / "other.yaml"
    assert identifiers.find_identifier(store, Place(spec, "")) is None
    identifiers.remember_identifier(store, Place(spec, ""), "000001")
    identifiers.remember_identifier(store, Place(spec, "rehearsal"), "000002")
    identifiers.remember_identifier(store, Place(other, ""), "000003")
    assert [identifiers.find_identifier(store, Place(spec, name)) for name in ("", "rehearsal", "none")] == [
        "000001",
        "000002",
        None,
    ]
    assert identifiers.find_identifier(store, Place(other, "")) == "000003"


def test_a_spec_is_known_by_its_absolute_path(store: Path, tmp_path: Path) -> None:
    identifiers.remember_identifier(store, Place(tmp_path / "lab" / ".." / "dandiset.yaml", ""), "000001")
    assert identifiers.find_identifier(store, Place(tmp_path / "dandiset.yaml", "")) == "000001"


def place(root: Path, folder: str, name: str, text: str, environment: str = "") -> Place:
    spec = root / folder / "dandiset.yaml"
    spec.parent.mkdir(exist_ok=True)
    spec.write_bytes(text.encode())
    return Place(spec, environment, name)


@pytest.mark.parametrize(
    ("folder", "name", "text", "environment", "expected"),
    [
        ("clone", "Place cells", "a: 1\n", "", "000001"),
        ("clone", "Place cells", "a: 1\r\n", "", "000001"),
        ("clone", " Place cells ", "a: 1\n", "", "000001"),
        ("clone", "Place cells", "a: 2\n", "", None),
        ("clone", "Place cells", "a: 1\n", "rehearsal", None),
        ("clone", "Grid cells", "a: 1\n", "", None),
        ("clone", "", "b: 1\n", "", None),
        ("clone", "Twice", "c: 1\n", "", None),
        ("lab", "A new title", "a: 3\n", "", "000001"),
    ],
    ids=[
        "a clone", "other line ends", "trimmed", "another spec", "another environment", "another title",
        "no title", "ambiguous", "renamed",
    ],
)  # fmt: skip
def test_a_clone_is_known_by_its_title_and_content(  # noqa: PLR0913, PLR0917 - all that counts
    store: Path, tmp_path: Path, folder: str, name: str, text: str, environment: str, expected: str | None
) -> None:
    identifiers.remember_identifier(store, place(tmp_path, "lab", "Place cells", "a: 1\n"), "000001")
    identifiers.remember_identifier(store, place(tmp_path, "empty", "", "b: 1\n"), "000002")
    identifiers.remember_identifier(store, place(tmp_path, "one", "Twice", "c: 1\n"), "000003")
    identifiers.remember_identifier(store, place(tmp_path, "two", "Twice", "c: 1\n"), "000004")
    assert identifiers.find_identifier(store, place(tmp_path, folder, name, text, environment)) == expected


def test_a_clone_of_what_a_spec_says_now_or_said_at_its_last_apply(store: Path, tmp_path: Path) -> None:
    identifiers.remember_identifier(store, place(tmp_path, "lab", "Place cells", "a: 1\n"), "000001")
    place(tmp_path, "lab", "Place cells", "a: 2\n")
    clones = [place(tmp_path, f"clone{n}", "Place cells", f"a: {n}\n") for n in (1, 2, 3)]
    assert [identifiers.find_identifier(store, one) for one in clones] == ["000001", "000001", None]


def test_a_title_is_the_last_one_that_was_applied(store: Path, tmp_path: Path) -> None:
    identifiers.remember_identifier(store, place(tmp_path, "lab", "Old", "a: 1\n"), "000001")
    identifiers.remember_identifier(store, place(tmp_path, "lab", "New", "a: 1\n"), "000001")
    found = [
        identifiers.find_identifier(store, place(tmp_path, "clone", name, "a: 1\n"))
        for name in ("Old", "New")
    ]
    assert found == [None, "000001"]


def test_a_store_has_one_id_for_good(store: Path, tmp_path: Path) -> None:
    assert identifiers.existing_store_id(store) == ""
    made = identifiers.store_id(store)
    identifiers.remember_identifier(store, Place(tmp_path / "dandiset.yaml", ""), "000001")
    assert made
    assert [identifiers.store_id(store), identifiers.existing_store_id(store)] == [made, made]
    assert identifiers.store_id(tmp_path / "another") != made


def test_identifiers_of_the_earlier_form_are_read(store: Path, tmp_path: Path) -> None:
    spec = tmp_path / "dandiset.yaml"
    store.mkdir(exist_ok=True)
    (store / "identifiers.json").write_text(json.dumps({str(spec): {"": "000007"}}), "utf-8")
    assert identifiers.find_identifier(store, Place(spec, "")) == "000007"
    identifiers.store_id(store)
    assert identifiers.find_identifier(store, Place(spec, "")) == "000007"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"specs": [{"x": 1}], "store": ""}', '{"specs": 1}', "\x00"]
)
def test_a_file_that_cannot_be_read_is_an_error_with_its_place(store: Path, text: str) -> None:
    store.mkdir(exist_ok=True)
    (store / "identifiers.json").write_text(text, "utf-8")
    with pytest.raises(UserError) as caught:
        identifiers.find_identifier(store, Place(Path("dandiset.yaml"), ""))
    assert caught.value.where == str(store / "identifiers.json")
    assert caught.value.fix


def test_none_is_lost_when_many_are_put_at_once(store: Path, tmp_path: Path) -> None:
    def put(number: int) -> None:
        identifiers.remember_identifier(store, Place(tmp_path / f"{number}.yaml", ""), f"{number:06}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(40)))
    found = [
        identifiers.find_identifier(store, Place(tmp_path / f"{number}.yaml", "")) for number in range(40)
    ]
    assert found == [f"{number:06}" for number in range(40)]
