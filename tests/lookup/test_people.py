"""One person, and one award, in the accounts of several services and papers."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from ruamel.yaml import YAML

from dandifile.identifiers import award_key, awards_in, is_same_award
from dandifile.lookup import crossref
from dandifile.lookup.authors import full_name, person
from dandifile.lookup.contributors import MergedContributors, merge_contributors
from dandifile.lookup.credits import merge_authors, merge_funders
from dandifile.lookup.facts import (
    Author,
    Funder,
    Lock,
    Paper,
    Person,
    PersonStatus,
    lock_from_json,
    lock_to_json,
)
from dandifile.lookup.names import name_of_parts, split_name
from dandifile.lookup.paper_lookup import fill_gaps
from dandifile.lookup.pinned_ids import update_ids
from dandifile.model import JsonObject
from tests.frame import ROOT
from tests.lookup.made_up import JANE, NIH
from tests.lookup.valid import write

CASES = ROOT / "tests/cases/lookup"
PEOPLE: list[dict[str, Any]] = YAML(typ="safe").load((CASES / "people.yaml").read_text("utf-8"))
AWARDS: dict[str, list[list[str]]] = YAML(typ="safe").load((CASES / "awards.yaml").read_text("utf-8"))
EMAIL: JsonObject = {"name": "Else, Someone", "email": "a@example.org", "roles": ["ContactPerson"]}


def author(said: str | list[str]) -> Author:
    return person(split_name(said) if isinstance(said, str) else name_of_parts(*said))


def paper(*authors: Author, funders: tuple[Funder, ...] = (), doi: str = "10.1234/a") -> Paper:
    return Paper(doi, "A paper", "article", "crossref", "2026-11-20", authors=authors, funders=funders)


def merged(*papers: Paper, declared: tuple[JsonObject, ...] = (EMAIL,)) -> MergedContributors:
    return merge_contributors(papers, declared, write)


@pytest.mark.parametrize("case", PEOPLE, ids=lambda case: f"{case['first']} and {case['second']}")
def test_one_person_in_two_papers_has_the_fuller_name(case: dict[str, Any]) -> None:
    accounts = [author(case["first"]), author(case["second"])]
    for first, second in permutations(accounts):
        found = merge_authors([paper(first), paper(second)])
        if case.get("two"):
            assert len(found) == 2
        else:
            assert [full_name(each) for each in found] == [case["joined"]]
            assert found[0].guessed is case.get("guess", False)


@pytest.mark.parametrize(
    "case", [case for case in PEOPLE if not case.get("two")], ids=lambda case: case["joined"]
)
def test_one_person_in_two_accounts_of_a_paper_has_the_fuller_name(case: dict[str, Any]) -> None:
    ours, theirs = author(case["second"]), author(case["first"])
    known = replace(ours, orcid=JANE, orcid_from="deposited", corresponding=True)
    (found,) = fill_gaps(paper(known), replace(paper(theirs), source="crossref")).authors
    assert full_name(found) == case["joined"]
    assert (found.orcid, found.corresponding) == (JANE, True)


GUESSED = author("Rodrigo Quian Quiroga")


def test_a_guess_is_said_in_the_lock_the_review_and_the_notes() -> None:
    lock = Lock(papers=(paper(GUESSED),))
    assert lock_to_json(lock)["papers"][0]["authors"][0]["guessed"] is True
    assert lock_from_json(lock_to_json(lock)) == lock
    found = merged(paper(GUESSED))
    assert [(each.who, each.what) for each in found.review] == [("Quiroga, Rodrigo Quian", "family name")]
    assert any("a guess for Quiroga, Rodrigo Quian" in warning for warning in found.warnings)


@pytest.mark.parametrize("name", ["Quian Quiroga, Rodrigo", "Quian Quiroga, R.", "Quiroga, Rodrigo Quian"])
def test_the_spec_settles_a_guess(name: str) -> None:
    found = merged(paper(GUESSED), declared=(EMAIL, {"name": name}))
    assert [each["name"] for each in found.contributors] == [name, "Else, Someone"]
    assert found.review == ()
    assert found.warnings == ()


def test_orcid_settles_a_guess() -> None:
    known = replace(GUESSED, orcid=JANE, orcid_from="deposited")
    lock = Lock(people=(Person(JANE, PersonStatus.VALID, "Quian Quiroga, Rodrigo"),))
    (found,) = update_ids(paper(known), lock)[0].authors
    assert (full_name(found), found.guessed) == ("Quian Quiroga, Rodrigo", False)


def test_a_consortium_that_a_registry_calls_a_family_name_is_none() -> None:
    work: JsonObject = {"DOI": "10.1234/a", "author": [{"family": "The International Brain Laboratory"}]}
    (found,) = crossref.paper(work).authors
    assert (found.name, found.collective) == ("The International Brain Laboratory", True)


def test_a_consortium_is_never_the_contact() -> None:
    lab = Author(name="The Lab", collective=True, corresponding=True)
    entry: JsonObject = {"organization": "The Lab", "email": "lab@example.org"}
    found = merged(paper(lab, author("Jane Doe")), declared=(entry,))
    assert "ContactPerson" in found.missing[0].what
    assert not any("dcite:ContactPerson" in each.get("roleName", ()) for each in found.contributors)


@pytest.mark.parametrize("spellings", AWARDS["same"], ids=lambda spellings: spellings[0])
def test_one_award_in_several_spellings_is_one_entry(spellings: list[str]) -> None:
    for first in spellings:
        order = [first, *(each for each in spellings if each != first)]
        found = merge_funders([paper(funders=tuple(Funder("NIH", NIH, award=each) for each in order))])
        assert len(found) == 1
        assert award_key(found[0].award) == award_key(spellings[0])
        assert len(found[0].award) == len(spellings[0])


@pytest.mark.parametrize(("one", "other"), AWARDS["two"])
def test_different_awards_stay_two(one: str, other: str) -> None:
    assert not is_same_award(one, other)
    found = merge_funders([paper(funders=(Funder("NIH", NIH, award=one), Funder("NIH", NIH, award=other)))])
    assert len(found) == 2


def test_an_award_of_nih_is_one_under_the_name_of_its_institute() -> None:
    funders = (
        Funder("National Institute of Mental Health", award="R01MH117788"),
        Funder("National Institutes of Health", NIH, award="5R01MH117788-03"),
    )
    assert merge_funders([paper(funders=funders)]) == [funders[0]]
    entry: JsonObject = {"organization": "NIH", "award": "5R01MH117788-04", "roles": ["Funder"]}
    found = merged(paper(author("Jane Doe"), funders=funders[:1]), declared=(EMAIL, entry))
    assert [each["awardNumber"] for each in found.contributors if "awardNumber" in each] == [
        "5R01MH117788-04"
    ]


@pytest.mark.parametrize(
    ("text", "awards"),
    [
        ("R01MH117788, U19NS107616", ["R01MH117788", "U19NS107616"]),
        ("MH117788 and NS107616", ["MH117788", "NS107616"]),
        ("Smith, Jones and Partners", ["Smith, Jones and Partners"]),
        ("R01MH117788", ["R01MH117788"]),
    ],
)
def test_numbers_of_nih_in_one_text_are_several_awards(text: str, awards: list[str]) -> None:
    assert awards_in(text) == awards
