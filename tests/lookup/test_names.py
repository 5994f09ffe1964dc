from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dandifile.identifiers import award_key
from dandifile.lookup.authors import can_be_same, is_part_of, is_same_name, normalise
from dandifile.lookup.names import Name, dandi_name, is_collective, name_fault, name_of_parts, split_name
from tests.frame import ROOT

CASES: dict[str, str] = YAML(typ="safe").load(Path(ROOT / "tests/cases/lookup/names.yaml").read_text("utf-8"))
DANDI = re.compile(r"([\w\s\-\.']+),\s+([\w\s\-\.']+)")  # dandischema 0.14, Person.name


@pytest.mark.parametrize(("text", "name"), CASES.items())
def test_last_comma_first(text: str, name: str) -> None:
    assert dandi_name(split_name(text)) == name
    assert name_fault(name) == ""


@pytest.mark.parametrize("name", [each for each in CASES.values() if not re.search(r" (Jr\.|III)$", each)])
def test_a_name_as_it_should_be_stays(name: str) -> None:
    assert dandi_name(split_name(name)) == name


@pytest.mark.parametrize(
    ("family", "given", "suffix", "name"),
    [
        ("Doe", "Jane", "", "Doe, Jane"),
        ("King", "Martin Luther", "Jr.", "King, Martin Luther Jr."),
        ("King Jr.", "Martin Luther", "", "King, Martin Luther Jr."),
        ("King", "Martin Luther Jr", "", "King, Martin Luther Jr"),
        ("Quian Quiroga", "Rodrigo", "", "Quian Quiroga, Rodrigo"),
        ("Berg", "Anne van der", "", "van der Berg, Anne"),
        ("Jane Doe", "", "", "Doe, Jane"),
        ("", "Jane Doe", "", "Doe, Jane"),
        ("Plato", "", "", "Plato"),
        ("王", "小明", "", "王, 小明"),
    ],
)
def test_names_that_come_in_parts(family: str, given: str, suffix: str, name: str) -> None:
    assert dandi_name(name_of_parts(family, given, suffix)) == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Plato", "single name"),
        ("van der Berg", "single name"),
        ("南方熊楠", "single name"),
        ("राम शर्मा", "vowel signs"),
        ("", "single name"),
        ("Doe & Roe, Jane", "&"),
        ("Doe, Jane, Jr.", "one comma"),
        ("Doe,Jane", "one comma"),
    ],
)
def test_what_the_archive_rejects_is_reported(name: str, why: str) -> None:
    assert why in name_fault(dandi_name(split_name(name)) if "," not in name else name)


def test_a_chinese_name_without_a_blank_begins_with_the_family_name() -> None:
    assert split_name("王小明") == Name("王", "小明")


@pytest.mark.parametrize(
    "text",
    [
        "The International Brain Laboratory",
        "International Brain Laboratory",
        "Allen Institute for Brain Science",
        "ENIGMA Consortium",
        "MICrONS Consortium",
        "Alzheimer's Disease Neuroimaging Initiative",
        "BRAIN Initiative Cell Census Network",
        "ALICE Collaboration",
        "IBL Working Group",
    ],
)
def test_a_consortium_is_no_person(text: str) -> None:
    assert is_collective(text)


@pytest.mark.parametrize(
    "text", ["Jane Doe", "Maria Instituta", "Theo Menter", "Teamah Centeri", "Thea Labbé"]
)
def test_a_person_is_no_consortium(text: str) -> None:
    assert not is_collective(text)


@pytest.mark.parametrize(
    ("one", "other", "same", "maybe"),
    [
        ("Buzsáki, György", "Gyorgy Buzsaki", True, True),
        ("Miller, Lee", "Miller, Lee E", False, True),
        ("Miller, L. E.", "Miller, Lee", False, True),
        ("Miller, LE", "Miller, Lee E.", False, True),
        ("Miller, Lee", "Miller, Laura", False, False),
        ("Miller, Lee", "Milner, Lee", False, False),
        ("van der Berg, Anne", "Anne van der Berg", True, True),
        ("O'Brien, Sean", "Sean O\u2019Brien", True, True),
        ("Mrsic-Flogel, Thomas", "Mrsic Flogel, Thomas", True, True),
        ("Noel, Jean-Paul", "Noel, J.-P.", False, True),
        ("Østergård, Søren", "Ostergard, Soren", True, True),
        ("Łukasz Żal", "Zal, Lukasz", True, True),
        ("Петров, Иван", "Иван Петров", True, True),
        ("Plato", "Plato", True, False),
        ("", "", False, False),
    ],
)
def test_the_same_person_in_another_spelling(one: str, other: str, same: bool, maybe: bool) -> None:
    assert (is_same_name(one, other), can_be_same(one, other)) == (same, maybe)
    assert (is_same_name(other, one), can_be_same(other, one)) == (same, maybe)


def test_a_lone_name_is_part_of_a_full_one() -> None:
    assert is_part_of("Plato", "Plato, Aristocles")
    assert is_part_of("南方熊楠", "南方, 熊楠") is False
    assert not is_part_of("Plato", "Socrates, A.")
    assert not is_part_of("Plato, A.", "Plato, B.")


def test_awards_are_the_same_in_any_spelling() -> None:
    assert len({award_key(text) for text in ("R01 NS095251", "R01-NS095251", "r01ns095251")}) == 1


@given(st.text(max_size=60))
def test_any_text_becomes_a_name_that_is_accepted_or_reported(text: str) -> None:
    name = dandi_name(split_name(text))
    assert (name_fault(name) == "") == bool(DANDI.fullmatch(name))


WORD = st.from_regex(r"\A[A-Z][a-zàéöñ]{5,8}\Z").filter(lambda word: word not in {"Junior", "Senior"})


@given(st.lists(WORD, min_size=1, max_size=3), WORD)
def test_the_order_of_the_parts_does_not_matter(given_names: list[str], family: str) -> None:
    given = " ".join(given_names)
    assert is_same_name(f"{family}, {given}", f"{family.upper()}, {given}")
    assert name_fault(dandi_name(name_of_parts(family, given))) == ""


@given(st.lists(WORD, min_size=1, max_size=3), WORD, st.sampled_from(["", "van der ", "de la ", "von "]))
def test_a_name_that_was_split_stays_split(given_names: list[str], family: str, particle: str) -> None:
    name = f"{particle}{family}, {' '.join(given_names)}"
    assert dandi_name(split_name(f"{' '.join(given_names)} {particle}{family}")) == name
    assert dandi_name(split_name(name)) == name


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
