from __future__ import annotations

from dataclasses import replace

import pytest

from dandifile.desired.lock_facts import LockFacts
from dandifile.lookup.facts import (
    Author,
    Funder,
    Institution,
    InstitutionStatus,
    Lock,
    Paper,
    Person,
    PersonStatus,
    Term,
)
from dandifile.lookup.terms.outcome import TermKind
from dandifile.lookup.wanted import Wanted, WantedTerm, can_be_pinned, missing_from
from dandifile.spec.facts import Facts
from tests.lookup.made_up import DOI, JANE, NIH, OTHER, PREPRINT

DOE = Author(family="Doe", given="Jane", orcid=JANE, corresponding=True)
PAPER = Paper(
    DOI,
    "Place cells",
    "article",
    "crossref",
    "2026-11-20",
    authors=(DOE,),
    funders=(Funder("NIH", NIH, award="1"),),
)
TERM = Term("CA1", "regions", "UBERON:1", "http://x/UBERON_1", "field CA1", "label", "UBERON v1")
LOCK = Lock(
    papers=(PAPER,),
    people=(Person(JANE, PersonStatus.VALID),),
    institutions=(Institution(NIH, InstitutionStatus.ACTIVE, "National Institutes of Health"),),
    terms=(TERM,),
)
WANTED = Wanted(dois=(DOI,), terms=(WantedTerm("CA1", TermKind.REGION),))


@pytest.mark.parametrize(
    ("lock", "missing"),
    [
        (LOCK, ()),
        (replace(LOCK, papers=()), (f"doi {DOI}",)),
        (replace(LOCK, people=()), (f"ORCID iD {JANE}",)),
        (replace(LOCK, institutions=()), (f"ROR id {NIH}",)),
        (replace(LOCK, terms=(replace(TERM, about="disorders"),)), ("brain region CA1",)),
        (Lock(), (f"doi {DOI}", "brain region CA1")),
        (replace(LOCK, people=(Person(JANE, PersonStatus.UNREACHABLE),)), ()),
    ],
    ids=[
        "all",
        "paper",
        "an author",
        "a funder",
        "a term of another kind",
        "nothing",
        "nobody could be asked",
    ],
)
def test_says_what_a_lock_lacks_of_what_is_wanted(lock: Lock, missing: tuple[str, ...]) -> None:
    assert missing_from(WANTED, lock) == missing


@pytest.mark.parametrize(
    ("asked", "can"),
    [
        ("nucleus accumbens", True),
        ("UBERON:0001882", True),
        ("http://purl.obolibrary.org/obo/UBERON_0001882", True),
        ("https://example.org/region/1", False),
        ("NIFSTD:birnlex_1", False),
    ],
)
def test_ids_of_other_ontologies_are_never_in_a_lock(asked: str, *, can: bool) -> None:
    assert can_be_pinned(asked) is can


def test_a_paper_fills_fields_and_templates_with_what_is_known_of_it() -> None:
    known = LockFacts(LOCK, WANTED)
    assert known.fields is not None
    assert set(known.fields) == {"name", "relatedResource"}  # it has no abstract
    assert known.paper == {
        "doi": DOI,
        "url": f"https://doi.org/{DOI}",
        "title": "Place cells",
        "kind": "article",
        "authors": ["Doe, Jane"],
        "funders": ["National Institutes of Health"],
    }


def test_of_two_papers_one_that_is_missing_leaves_the_contributors_open() -> None:
    both = replace(WANTED, dois=(DOI, PREPRINT))
    known = LockFacts(LOCK, both, reasons={PREPRINT: "there is no such DOI"}, unasked=frozenset({DOI}))
    assert (known.paper, known.fields, known.credits((), dict)) == (None, None, None)
    assert known.why(f"https://doi.org/{PREPRINT.upper()}") == "there is no such DOI"
    assert known.why(DOI) == ""
    assert [known.may_be_right(doi) for doi in (PREPRINT, f"https://doi.org/{DOI}")] == [False, True]


def test_ids_that_were_replaced_give_way() -> None:
    gone = Person(JANE, PersonStatus.DEPRECATED, successor=OTHER)
    merged = LockFacts(replace(LOCK, people=(gone,)), WANTED).credits((), dict)
    assert merged is not None
    assert merged.contributors[0]["identifier"] == OTHER


def test_the_digest_is_of_facts_and_of_nothing_else() -> None:
    digest = LockFacts(LOCK, WANTED).digest
    assert LockFacts(LOCK, WANTED, unpinned=("x",)).digest == digest
    assert LockFacts(replace(LOCK, terms=()), WANTED).digest != digest
    assert LockFacts(Lock(), WANTED).digest == ""


def test_a_spec_without_papers_needs_none() -> None:
    known: Facts = LockFacts(Lock(), Wanted())
    assert (known.paper, known.fields) == (None, None)
    assert known.credits((), dict) is not None
