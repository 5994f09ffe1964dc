"""The text that `init` writes, for papers and files of every sort."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dandifile.init.new_spec import Material, questions, spec_text
from dandifile.lookup.facts import Affiliation, Author, Funder, Paper, Term
from dandifile.model import JsonObject
from dandifile.reading.document import read_document
from dandifile.spec.faults import is_gap
from dandifile.survey.overview import Folder, Overview
from dandifile.survey.scanned_file import Glimpse

PAPER = Paper("10.5555/x", "Place cells", "article", abstract="Cells fire in places.")
CA1 = Term("CA1", "regions", "UBERON:0003881", "", "CA1 field of hippocampus", "acronym", "here")
NOTHING = Material("local", (), (), Overview(), ())


def of_paper(**changed: Any) -> Material:
    return replace(NOTHING, dois=(PAPER.doi,), papers=(replace(PAPER, **changed),))


def of_files(*glimpses: Glimpse, folders: tuple[Folder, ...] = (), terms: tuple[Term, ...] = ()) -> Material:
    return replace(NOTHING, overview=Overview(folders, glimpses), terms=terms)


def written(known: Material, **answers: str) -> JsonObject:
    found: JsonObject = read_document(spec_text(known, answers), "").value
    return found


def contacts(found: JsonObject) -> list[str]:
    people = [item for item in found["contributors"] if "ContactPerson" in item["roles"]]
    return [item.get("name", item.get("organization")) for item in people]


JANE, RICHARD = Author("Doe", "Jane"), Author("Roe", "Richard", corresponding=True)
LAB = Author(name="The Lab", collective=True)


@pytest.mark.parametrize(
    ("authors", "contact", "asked"),
    [
        ((JANE, RICHARD), "Roe, Richard", False),
        ((JANE, replace(RICHARD, corresponding=False)), "Doe, Jane", True),
        ((LAB, JANE), "Doe, Jane", True),
        ((LAB, replace(JANE, corresponding=True)), "Doe, Jane", False),
        ((replace(LAB, corresponding=True), JANE), "Doe, Jane", True),
    ],
)
def test_the_corresponding_author_answers_questions_else_the_first(
    authors: tuple[Author, ...], contact: str, *, asked: bool
) -> None:
    known = of_paper(authors=authors, funders=(Funder("NIH", award="R01"),))
    assert contacts(written(known)) == [contact]
    assert ("# Is this the person who answers questions?" in spec_text(known, {})) is asked
    assert [question.asked for question in questions(known) if question.key == "email"] == [
        f"The e-mail address of {contact}?"
    ]


def test_every_corresponding_author_is_a_contact() -> None:
    known = of_paper(authors=(LAB, replace(JANE, corresponding=True), RICHARD))
    assert [question.key for question in questions(known) if "email" in question.key] == ["email", "email 2"]
    found = written(known, email="jane@example.org")
    assert contacts(found) == ["Doe, Jane", "Roe, Richard"]
    assert found["contributors"][1]["email"] == "jane@example.org"
    assert "Roe, Richard, a corresponding author too" in found["contributors"][2]["email"]
    answered = written(known, **{"email": "j@example.org", "email 2": "r@example.org"})
    assert answered["contributors"][2]["email"] == "r@example.org"


def test_people_in_files_are_named_once_and_fully() -> None:
    known = of_files(Glimpse(people=("J. Roe", "JANE DOE")), Glimpse(people=("Doe, Jane", "John Roe")))
    assert [item["name"] for item in written(known)["contributors"]] == ["Roe, John", "Doe, Jane"]
    assert "family name Smith is a guess" in spec_text(of_files(Glimpse(people=("Mary Ann Smith",))), {})


def test_a_paper_without_authors_leaves_its_funders_and_a_gap() -> None:
    known = of_paper(funders=(Funder("NIH", award="R01"),))
    first, second = written(known)["contributors"]
    assert is_gap(first["name"])
    assert (second["organization"], second["award"], second["roles"]) == ("NIH", "R01", ["Funder"])
    assert "contact" in {question.key for question in questions(known)}
    assert contacts(written(known, contact="Jane Doe")) == ["Doe, Jane"]


def test_a_name_that_the_archive_refuses_is_a_gap_that_says_it() -> None:
    (first, _) = written(of_paper(authors=(Author(name="Plato"), JANE)))["contributors"]
    assert is_gap(first["name"])
    assert "Plato" in first["name"]


def test_what_only_openalex_says_is_a_comment() -> None:
    author = replace(JANE, affiliations=(Affiliation("Columbia", inferred=True),))
    known = of_paper(authors=(author,))
    assert "Check: only OpenAlex says so: affiliation Columbia" in spec_text(known, {})
    assert "affiliations" not in written(known)["contributors"][0]


@pytest.mark.parametrize("title", ["", "x" * 151])
def test_a_title_that_cannot_be_is_asked_for(title: str) -> None:
    known = of_paper(title=title)
    assert "name" in {question.key for question in questions(known)}
    assert is_gap(written(known)["name"])
    assert written(known, name="Mine")["name"] == "Mine"


def test_several_papers_are_a_list() -> None:
    second = replace(PAPER, doi="10.5555/y", kind="preprint")
    known = replace(of_paper(), dois=("10.5555/x", "10.5555/y"), papers=(PAPER, second))
    found = written(known)
    assert found["doi"] == ["10.5555/x", "10.5555/y"]
    assert [item["type"] for item in found["related"]] == ["JournalArticle", "Preprint"]


def test_locations_that_are_terms_are_regions_and_the_others_are_told() -> None:
    known = of_files(Glimpse(locations=("CA1", "probe 7")), terms=(CA1,))
    assert written(known)["regions"] == [{"name": "CA1 field of hippocampus", "id": "UBERON:0003881"}]
    assert "# The files also name probe 7" in spec_text(known, {})
    assert "from_nwb: true" in spec_text(known, {})


def test_locations_that_are_no_terms_are_a_gap() -> None:
    known = of_files(Glimpse(locations=("probe 7", "x " * 99)))
    (region,) = written(known)["regions"]
    assert is_gap(region)
    assert "# The files name probe 7, x x x" in spec_text(known, {})
    assert "regions" not in written(of_files(Glimpse()))


def test_the_protocol_of_the_files_is_not_asked_for_unless_it_is_prose() -> None:
    known = of_files(Glimpse(protocol="IACUC 1"), Glimpse(protocol="IACUC 1"), Glimpse(protocol="p" * 99))
    assert written(known)["ethics"] == [{"protocol": "IACUC 1"}]
    assert "protocol" not in {question.key for question in questions(known)}
    assert is_gap(written(of_files(Glimpse(protocol="p" * 99)))["ethics"][0]["protocol"])


def test_files_without_a_subject_and_their_papers_are_told() -> None:
    text = spec_text(of_files(Glimpse(papers=("doi:10.1/x",)), folders=(Folder("d", {"nwb": 1}),)), {})
    assert "# 1 NWB file without a subject id" in text
    assert "# Their publications, as the files say: doi:10.1/x" in text


def test_folders_of_other_files_alone_are_taken_whole() -> None:
    found = written(of_files(folders=(Folder("/data/csv", {}, {".csv": 2}),)))
    assert found["paths"] == [{"source": "/data/csv", "standard": "any"}]
    text = spec_text(of_files(folders=(Folder("d", {"nwb": 1}), Folder("/data/csv", {}, {".csv": 2}))), {})
    assert "\n# - {source: /data/csv, into: csv, standard: any}\n" in text
