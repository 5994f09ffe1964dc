"""Where the tables end: a small OLS4 on this machine, asked by the real client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from dandifile.identifiers import obo_iri
from dandifile.lookup.client import Answer, Client, Found, Request
from dandifile.lookup.terms import ols
from dandifile.lookup.terms.outcome import (
    Absent,
    Choice,
    Matched,
    Retired,
    TermKind,
    TermOutcome,
    Unchecked,
    candidates_of,
)
from dandifile.lookup.terms.search import find_term, is_name_of
from tests.conftest import SHARED
from tests.lookup.terms.asking import SmallOls, served, term

EXACT, RELATED, BROAD, NARROW = (f"has{scope}Synonym" for scope in ("Exact", "Related", "Broad", "Narrow"))

LIVER = "UBERON:0002107"
IMPORTED = {"ontology_name": "uberon", "is_defining_ontology": False}

TERMS = [
    term("UBERON:0000948", "heart", ("cardium", RELATED), ("chambered heart", EXACT)),
    term("UBERON:0007100", "primary circulatory organ", ("heart", BROAD), ("dorsal tube", NARROW)),
    term(LIVER, "liver", ("iecur", EXACT), ("organ of bile", EXACT)),
    term("UBERON:0002108", "small liver", ("organ of bile", EXACT), ("lvr", EXACT)),
    # imported into UBERON, and a term a second time
    term("CL:0000746", "cardiac muscle cell", ("heart muscle", RELATED), **IMPORTED),
    term("UBERON:0000948", "heart", **IMPORTED),
    # obsolete ones, with their replacement in each of its spellings
    term("UBERON:0009001", "obsolete gizzard", is_obsolete=True, term_replaced_by=LIVER),
    term("UBERON:0009002", "obsolete crop", is_obsolete=True, term_replaced_by="UBERON_0002107"),
    term("UBERON:0009003", "obsolete craw", is_obsolete=True, term_replaced_by=obo_iri(LIVER)),
    term("UBERON:0009004", "old maw", is_obsolete=True, annotation={"consider": [LIVER, "UBERON:0000955"]}),
    term("UBERON:0009005", "obsolete paunch", is_obsolete=True),
    term("UBERON:0009006", "obsolete tripe", is_obsolete=True, term_replaced_by="CL:0000127"),
    # not labelled as obsolete
    term("UBERON:0009007", "bezoar", is_obsolete=True, term_replaced_by=LIVER),
    term("HP:0001250", "Seizure", ("Epileptic seizure", EXACT), ("Epilepsy", "RELATED")),
    term("UBERON:0009010", "lost organ"),
]


@pytest.fixture
def small() -> SmallOls:
    return SmallOls(TERMS, by_iri_only=["UBERON:0009010"])


@pytest.fixture
def client(small: SmallOls) -> Iterator[Client]:
    with served(small) as client:
        yield client


def ids(outcome: TermOutcome) -> list[str]:
    return [candidate.id for candidate in candidates_of(outcome)]


@pytest.mark.parametrize(("asked", "kind", "id_", "how"), [
    ("heart", TermKind.REGION, "UBERON:0000948", "label"),
    ("  HEART ", TermKind.REGION, "UBERON:0000948", "label"),
    ("Chambered heart", TermKind.REGION, "UBERON:0000948", "exact synonym"),
    ("seizure", TermKind.PHENOTYPE, "HP:0001250", "label"),
    ("epileptic seizure", TermKind.PHENOTYPE, "HP:0001250", "exact synonym"),
    ("UBERON:0000948", TermKind.REGION, "UBERON:0000948", "id"),
    ("http://purl.obolibrary.org/obo/HP_0001250", TermKind.PHENOTYPE, "HP:0001250", "id"),
    ("UBERON:0009010", TermKind.REGION, "UBERON:0009010", "id"),
])  # fmt: skip
def test_a_term_outside_of_the_tables(client: Client, asked: str, kind: TermKind, id_: str, how: str) -> None:
    found = find_term(asked, kind, client)
    assert isinstance(found, Matched)
    assert (found.term.id, found.term.match, found.term.asked) == (id_, how, asked)
    assert found.term.source == f"OLS, {kind.prefix}"
    assert found.term.checked == "2026-11-20"


@pytest.mark.parametrize(("asked", "kind", "whys"), [
    ("cardium", TermKind.REGION, {"UBERON:0000948": "related synonym"}),
    ("dorsal tube", TermKind.REGION, {"UBERON:0007100": "narrow synonym"}),
    ("epilepsy", TermKind.PHENOTYPE, {"HP:0001250": "related synonym"}),
    ("LVR", TermKind.REGION, {"UBERON:0002108": "exact synonym"}),
    (
        "organ of bile",
        TermKind.REGION,
        {"UBERON:0002107": "exact synonym", "UBERON:0002108": "exact synonym"},
    ),
])  # fmt: skip
def test_what_is_not_exactly_one_term_is_asked(
    client: Client, asked: str, kind: TermKind, whys: dict[str, str]
) -> None:
    found = find_term(asked, kind, client)
    assert isinstance(found, Choice)
    assert {candidate.id: candidate.why for candidate in found.candidates} == whys


def test_a_broad_synonym_does_not_spoil_a_label(client: Client) -> None:
    found = find_term("heart", TermKind.REGION, client)
    assert isinstance(found, Matched)
    assert is_name_of("Chambered  Heart", found)
    assert not is_name_of("cardium", found)


def test_imported_terms_are_left_out(client: Client) -> None:
    found = find_term("heart muscle", TermKind.REGION, client)
    assert isinstance(found, Absent)
    assert "CL:0000746" not in ids(found)


def test_a_name_that_none_has_gets_what_is_near(client: Client) -> None:
    found = find_term("swollen liver", TermKind.REGION, client)
    assert isinstance(found, Absent)
    assert ids(found) == ["UBERON:0002107", "UBERON:0002108"]


@pytest.mark.parametrize("asked", ["UBERON:9999999", "http://purl.obolibrary.org/obo/UBERON_9999999"])
def test_an_id_that_does_not_exist_is_reported(client: Client, asked: str) -> None:
    assert find_term(asked, TermKind.REGION, client) == Absent(asked, TermKind.REGION)


@pytest.mark.parametrize(("asked", "successors", "replaced"), [
    ("UBERON:0009001", {"UBERON:0002107": "liver"}, True),
    ("UBERON:0009002", {"UBERON:0002107": "liver"}, True),
    ("UBERON:0009003", {"UBERON:0002107": "liver"}, True),
    ("UBERON:0009004", {"UBERON:0002107": "liver", "UBERON:0000955": "brain"}, False),
    ("UBERON:0009005", {}, False),
    ("UBERON:0009006", {"CL:0000127": "astrocyte"}, True),
    ("bezoar", {"UBERON:0002107": "liver"}, True),
])  # fmt: skip
def test_an_obsolete_term_names_its_successors(
    client: Client, asked: str, successors: dict[str, str], replaced: bool
) -> None:
    found = find_term(asked, TermKind.REGION, client)
    assert isinstance(found, Retired)
    assert {candidate.id: candidate.label for candidate in found.successors} == successors
    assert found.replaced is replaced


@pytest.mark.parametrize("asked", ["swollen liver", "UBERON:0000948"])
@pytest.mark.parametrize("status", [500, 503, 429, 403])
def test_a_service_that_fails_is_no_verdict(client: Client, small: SmallOls, asked: str, status: int) -> None:
    small.status = status
    found = find_term(asked, TermKind.REGION, client)
    assert isinstance(found, Unchecked)
    assert found.why.startswith("OLS: ")


def test_a_service_that_fails_half_way_is_no_verdict(client: Client, small: SmallOls) -> None:
    small.broken = "/ontologies"
    assert isinstance(find_term("heart", TermKind.REGION, client), Unchecked)


def test_near_misses_are_reported_if_no_service_answers(client: Client, small: SmallOls) -> None:
    small.status = 503
    found = find_term("hipocampus", TermKind.REGION, client)
    assert isinstance(found, Unchecked)
    assert ids(found) == ["UBERON:0002421"]


def test_operators_of_the_search_are_words(client: Client, small: SmallOls) -> None:
    find_term('liver (small) AND "bile": x/y*', TermKind.REGION, client)
    exact, loose = (parse_qs(urlsplit(asked).query)["q"][0] for asked in small.asked)
    assert exact == 'liver (small) AND "bile": x/y*'
    assert loose == "liver small AND bile x y"


def test_a_question_asks_for_all_that_the_answer_is_judged_by(client: Client, small: SmallOls) -> None:
    find_term("heart", TermKind.REGION, client)
    query = {name: values[0] for name, values in parse_qs(urlsplit(small.asked[0]).query).items()}
    assert query["ontology"] == "uberon"
    assert (query["exact"], query["local"], query["obsoletes"], query["type"]) == (
        "true",
        "true",
        "false",
        "class",
    )
    assert {"obo_id", "synonym", "is_defining_ontology"} <= set(query["fieldList"].split(","))
    assert small.asked[1].startswith("/ontologies/uberon/terms?obo_id=UBERON:0000948")


def test_the_same_question_is_asked_once(client: Client, small: SmallOls) -> None:
    find_term("heart", TermKind.REGION, client)
    asked = len(small.asked)
    find_term("heart", TermKind.REGION, client)
    assert len(small.asked) == asked


ODD = [[], 7, {"response": 1, "_embedded": []}, {"response": {"docs": {}}, "_embedded": {"terms": [1]}}]


@pytest.mark.parametrize("body", ODD)
def test_an_answer_of_another_form_is_no_verdict(body: object) -> None:
    assert isinstance(ols.by_name("heart", TermKind.REGION, Saying(body)), Unchecked)
    assert isinstance(ols.by_id("CL:1", "CL:1", TermKind.CELL_TYPE, Saying(body)), Unchecked)


def test_a_page_without_results_is_a_verdict() -> None:
    page = {"page": {"totalElements": 0}}
    assert ols.by_id("CL:1", "CL:1", TermKind.CELL_TYPE, Saying(page)) == Absent("CL:1", TermKind.CELL_TYPE)


@dataclass
class Saying:
    """Answers every question so."""

    body: object

    def ask(self, request: Request) -> Answer:
        return Found(self.body, "2026-11-20")


@pytest.mark.skipif(not (SHARED / "fixtures/ols").is_dir(), reason="no recorded answers beside this checkout")
@pytest.mark.parametrize(("file", "id_", "successors"), [
    ("term_CL_0000375_obsolete_replaced.json", "CL:0000375", ["CL:0007010"]),
    ("term_CL_0000144_obsolete_consider.json", "CL:0000144", ["CL:0001034", "CL:0000000", "CL:0000003"]),
])  # fmt: skip
def test_recorded_answers(file: str, id_: str, successors: list[str]) -> None:
    recorded = json.loads((Path(SHARED) / "fixtures" / "ols" / file).read_text("utf-8"))
    with served(SmallOls([recorded])) as client:
        found = ols.by_id(id_, id_, TermKind.CELL_TYPE, client)
    assert isinstance(found, Retired)
    assert ids(found) == successors
    assert found.label.startswith("obsolete ")
