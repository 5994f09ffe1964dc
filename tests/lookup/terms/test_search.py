"""Names and ids with the shipped tables alone: what is taken, what is asked, what stays unknown."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dandifile.lookup.client import Answer, Request
from dandifile.lookup.terms.outcome import (
    Absent,
    Choice,
    Foreign,
    Matched,
    Retired,
    TermKind,
    TermOutcome,
    Unchecked,
    candidates_of,
)
from dandifile.lookup.terms.search import find_term, is_name_of
from dandifile.lookup.terms.tables import FILES, common_names, is_abbreviation, table
from tests.lookup.terms.asking import offline

CASES = Path(__file__).parents[2] / "cases" / "terms" / "offline.yaml"


def cases() -> list[tuple[TermKind, Any]]:
    raw = YAML(typ="safe").load(CASES.read_text("utf-8"))
    return [(TermKind(kind), case) for kind, listed in raw.items() for case in listed]


@pytest.mark.parametrize(
    ("kind", "case"), cases(), ids=lambda case: case if isinstance(case, str) else case["asked"]
)
def test_a_name_matches_only_where_it_is_certain(kind: TermKind, case: Any) -> None:
    expected = {key: value for key, value in case.items() if key != "asked"}
    assert summary(offline(case["asked"], kind)) == expected


def summary(outcome: TermOutcome) -> dict[str, Any]:
    ids = [candidate.id for candidate in candidates_of(outcome)]
    match outcome:
        case Matched(term):
            return {"is": [term.id, term.match]}
        case Choice():
            return {"asks": ids}
        case Retired(id=id_):
            return {"obsolete": [id_, *ids]}
        case _:
            assert isinstance(outcome, Unchecked)
            return {"unknown": ids}


def test_a_match_says_all_that_the_lock_keeps() -> None:
    found = offline(" Locus Coeruleus", TermKind.REGION)
    assert isinstance(found, Matched)
    term = found.term
    assert (term.asked, term.about, term.label) == (" Locus Coeruleus", "regions", "locus ceruleus")
    assert term.iri == "http://purl.obolibrary.org/obo/UBERON_0002148"
    assert term.source == "UBERON v2026-04-01"


class Silent:
    """Fails the test that asks it."""

    def ask(self, request: Request) -> Answer:
        raise AssertionError(f"{request} was asked of a service")


@pytest.mark.parametrize(
    "asked", ["hippocampus", "locus coeruleus", "VISp", "UBERON:0002421", "EC", "UBERON:0004685"]
)
def test_what_the_tables_know_is_not_asked(asked: str) -> None:
    find_term(asked, TermKind.REGION, Silent())


@pytest.mark.parametrize(
    "asked", ["https://www.cognitiveatlas.org/task/id/trm_1", "ilx:ilx_0101431", "RRID:IMSR_1"]
)
def test_ids_outside_of_obo_stay_what_they_are(asked: str) -> None:
    assert find_term(asked, TermKind.REGION, Silent()) == Foreign(asked, TermKind.REGION)


@pytest.mark.parametrize("asked", ["", "  ", "?!", "-"])
def test_what_has_no_letters_is_not_asked(asked: str) -> None:
    assert find_term(asked, TermKind.REGION, Silent()) == Absent(asked, TermKind.REGION)


@pytest.mark.parametrize(("name", "id_", "right"), [
    ("hippocampal formation", "UBERON:0002421", True),
    ("Hippocampus", "UBERON:0002421", True),
    ("Hippocampus", "UBERON:0001954", False),
    ("hippocampus proper", "UBERON:0001954", True),
    ("amygdala", "UBERON:0002421", False),
])  # fmt: skip
def test_a_name_next_to_an_id_is_compared(name: str, id_: str, right: bool) -> None:
    found = offline(id_, TermKind.REGION)
    assert isinstance(found, Matched)
    assert is_name_of(name, found) is right


@pytest.mark.parametrize("kind", FILES)
def test_every_live_label_is_found_and_is_its_own(kind: TermKind) -> None:
    shipped = table(kind)
    assert shipped
    for row in shipped.rows.values():
        if not row.obsolete:
            found = offline(row.label, kind)
            assert isinstance(found, Matched), row.label
            assert found.term.id == row.id


@pytest.mark.parametrize("kind", FILES)
def test_no_synonym_that_matches_leads_to_another_term(kind: TermKind) -> None:
    shipped = table(kind)
    assert shipped
    for row in shipped.rows.values():
        for name in row.synonyms if not row.obsolete else ():
            found = offline(name, kind)
            if isinstance(found, Matched) and found.term.match == "exact synonym":
                assert found.term.id == row.id


regions = table(TermKind.REGION)
assert regions
NAMES = st.sampled_from(sorted(regions.labels))


@given(NAMES, st.integers(0, 2**20), st.lists(st.sampled_from(" \t\u00a0"), max_size=4))
def test_case_and_blanks_do_not_count(name: str, bits: int, blanks: list[str]) -> None:
    odd = "".join(c.upper() if bits >> i % 20 & 1 and len(c.upper()) == 1 else c for i, c in enumerate(name))
    odd = "".join(blanks) + odd.replace(" ", "  ") + "".join(blanks)
    plain, found = offline(name, TermKind.REGION), offline(odd, TermKind.REGION)
    assert isinstance(plain, Matched)
    assert isinstance(found, Matched)
    assert found.term.id == plain.term.id


@given(st.text(alphabet=string.printable + "éœ\u2019\u2013漢", max_size=40), st.sampled_from(TermKind))
def test_any_text_has_an_outcome(text: str, kind: TermKind) -> None:
    found = offline(text, kind)
    assert found.asked == text if not isinstance(found, Matched) else found.term.asked == text


@given(st.text(alphabet=string.ascii_letters, min_size=1, max_size=4))
def test_an_abbreviation_matches_only_after_a_review(text: str) -> None:
    found = offline(text, TermKind.REGION)
    if isinstance(found, Matched) and is_abbreviation(text):
        assert found.term.match != "exact synonym"


def test_reviewed_names_are_none_that_need_no_review() -> None:
    """A name that is a label is never looked up there; a synonym only where it is short, or misleads."""
    assert regions
    for name, row in common_names().items():
        assert name not in regions.labels
        assert set(row.ids) <= {id_ for id_, term in regions.rows.items() if not term.obsolete}
        assert len(row.ids) == 1 or not row.take
        synonym = regions.synonyms.get(name, [])
        assert not synonym or not row.take or is_abbreviation(name) or row.ids == tuple(synonym)
        assert row.why
