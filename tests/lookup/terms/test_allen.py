"""Acronyms as NWB files of mice have them."""

from __future__ import annotations

import pytest

from dandifile.lookup.terms.allen import find_in_spec, find_structure, structures
from dandifile.lookup.terms.outcome import Choice, Matched, candidates_of
from dandifile.lookup.terms.tables import allen_acronyms


def test_the_list_of_nwbinspector_is_there() -> None:
    known = structures()
    assert len(known) > 1300
    assert known["VISp"] == "Primary visual area"
    assert known["CA1"] == "Field CA1"


def test_what_was_reviewed_is_in_the_list() -> None:
    assert allen_acronyms().keys() <= structures().keys()


@pytest.mark.parametrize(("acronym", "id_"), [
    ("VISp", "UBERON:0002436"),
    ("CA1", "UBERON:0003881"),
    ("PL", "UBERON:8440032"),
    ("MD", "UBERON:0002739"),
    ("MRN", "UBERON:0007415"),  # in UBERON the acronym is the median raphe's
    ("AM", "UBERON:0002681"),  # ... and this one a part of the ear of fish
    ("LH", "UBERON:0001941"),
    ("TRN", "UBERON:0002147"),
    ("RSP", "UBERON:0013531"),
    ("Caudoputamen", "UBERON:0005383"),
    (" Primary visual area ", "UBERON:0002436"),
])  # fmt: skip
def test_in_a_file_of_a_mouse_it_means_the_atlas(acronym: str, id_: str) -> None:
    found = find_structure(acronym)
    assert isinstance(found, Matched)
    assert found.term.id == id_
    assert found.term.asked == acronym
    assert found.term.match.startswith("Allen acronym")


@pytest.mark.parametrize(("acronym", "wholes"), [
    ("SSp-ul", ["UBERON:0008933"]),
    ("SSp-bfd2/3", ["UBERON:0010415", "UBERON:0008933"]),
    ("ACAd5", ["UBERON:0009835"]),
    ("ProS", []),
])  # fmt: skip
def test_a_part_without_a_term_is_offered_as_what_it_is_part_of(acronym: str, wholes: list[str]) -> None:
    found = find_structure(acronym)
    assert isinstance(found, Choice)
    assert [candidate.id for candidate in found.candidates] == wholes


@pytest.mark.parametrize("text", ["visp", "hippocampus", "", "CA9"])
def test_what_the_atlas_does_not_have(text: str) -> None:
    assert find_structure(text) is None


def test_every_acronym_has_an_outcome_and_none_of_another_structure() -> None:
    """Nearly four hundred are found by name; all others are offered, none is guessed."""
    found = {acronym: find_structure(acronym) for acronym in structures()}
    matched = {acronym for acronym, outcome in found.items() if isinstance(outcome, Matched)}
    assert len(matched) > 390
    assert all(isinstance(outcome, Choice) for acronym, outcome in found.items() if acronym not in matched)


def test_find_in_spec_two_letters_are_too_few() -> None:
    outcome = find_in_spec("MD")
    assert isinstance(outcome, Choice)
    assert [candidate.id for candidate in candidates_of(outcome)] == ["UBERON:0002739"]
    assert isinstance(find_in_spec("VISp"), Matched)
    assert find_in_spec("nothing") is None
