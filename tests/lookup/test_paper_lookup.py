from __future__ import annotations

import pytest

from dandifile.lookup import crossref, openalex
from dandifile.lookup.authors import full_name
from dandifile.lookup.client import Client
from dandifile.lookup.facts import PAPER_KINDS, Affiliation, Paper
from dandifile.lookup.paper_lookup import fill_gaps, look_up_paper
from dandifile.model import JsonObject
from dandifile.schemafiles import schema
from tests.lookup.conftest import NewClient
from tests.lookup.made_up import (
    COLUMBIA,
    DOI,
    JANE,
    OTHER,
    RICHARD,
    authorship,
    crossref_work,
    datacite_work,
    openalex_work,
)
from tests.lookup.replay import Replay, Said, text

OPENALEX, CROSSREF, DATACITE = (
    f"openalex/works/doi:{DOI}",
    f"crossref/works/{DOI}",
    f"datacite/dois/{DOI}",
)
AGENCY = f"doi/ra/{DOI}"


def found(client: Client) -> Paper:
    paper = look_up_paper(client, DOI).paper
    assert paper
    return paper


def test_openalex_gives_the_paper_and_crossref_what_it_leaves_out(replay: Replay, client: Client) -> None:
    replay.says(OPENALEX, openalex_work(abstract_inverted_index=None))
    replay.says(CROSSREF, crossref_work())
    paper = found(client)
    assert (paper.source, paper.abstract) == ("openalex", "Cells fire in places.")
    assert dict(paper.filled) == {"abstract": "crossref", "related": "crossref", "authors": "crossref"}
    assert replay.count("datacite") == replay.count("doi") == 0


def test_the_registry_knows_the_parts_of_names_and_openalex_the_rest() -> None:
    paper = fill_gaps(openalex.paper(openalex_work()), crossref.paper(crossref_work()))
    jane, richard, consortium = paper.authors
    assert (full_name(richard), richard.orcid, richard.orcid_from) == (
        "van der Roe, Richard Jr.",
        RICHARD,
        "inferred",
    )
    assert jane.corresponding
    assert jane.affiliations[0] == Affiliation("Columbia University", COLUMBIA)
    assert consortium.collective


def test_a_deposited_orcid_is_before_an_inferred_one() -> None:
    who = authorship("Jane Doe", author={"display_name": "J", "orcid": OTHER})
    paper = fill_gaps(openalex.paper(openalex_work(authorships=[who])), crossref.paper(crossref_work()))
    assert (paper.authors[0].orcid, paper.authors[0].orcid_from) == (JANE, "authenticated")


def test_a_registry_whose_list_is_not_whole_is_not_followed() -> None:
    one = crossref_work(author=[{"given": "Jane", "family": "Doe"}])
    paper = fill_gaps(openalex.paper(openalex_work()), crossref.paper(one))
    assert len(paper.authors) == 3


def test_a_registry_that_has_lost_the_corresponding_author_is_not_followed() -> None:
    others = [{"given": name, "family": "Other"} for name in "ABC"]
    paper = fill_gaps(openalex.paper(openalex_work()), crossref.paper(crossref_work(author=others)))
    assert full_name(paper.authors[0]) == "Doe, Jane"


def test_what_the_registry_calls_a_preprint_is_one() -> None:
    registry = crossref.paper(crossref_work(type="posted-content", subtype="preprint"))
    assert fill_gaps(openalex.paper(openalex_work()), registry).kind == "preprint"


def test_a_merged_work_of_another_doi_is_not_used(replay: Replay, client: Client) -> None:
    replay.says(OPENALEX, openalex_work(doi="https://doi.org/10.5555/article"))
    replay.says(CROSSREF, crossref_work())
    result = look_up_paper(client, DOI)
    assert result.paper
    assert result.paper.source == "crossref"
    assert "10.5555/article" in result.warnings[0]


def test_without_openalex_the_registry_alone(replay: Replay, client: Client) -> None:
    replay.says(CROSSREF, crossref_work())
    assert found(client).source == "crossref"


def test_an_openalex_that_is_down_is_reported(replay: Replay, client: Client) -> None:
    replay.says(OPENALEX, text(429, "budget"))
    replay.says(CROSSREF, crossref_work())
    result = look_up_paper(client, DOI)
    assert result.paper
    assert result.unreachable
    assert result.warnings[0].startswith("OpenAlex: ")


def test_the_registration_agency_leads_to_datacite(replay: Replay, client: Client) -> None:
    replay.says(AGENCY, [{"DOI": DOI, "RA": "DataCite"}])
    replay.says(DATACITE, Said(body=datacite_work(), kind="application/vnd.api+json"))
    assert found(client).source == "datacite"


@pytest.mark.parametrize(
    ("agency", "words"),
    [
        ([{"DOI": DOI, "status": "DOI does not exist"}], "does not exist: correct it"),
        ([{"DOI": DOI, "RA": "mEDRA"}], "is registered with mEDRA, which"),
        ([{"DOI": DOI, "RA": "Crossref"}], "does not show it yet"),
    ],
)
def test_a_doi_that_does_not_exist_is_reported(
    replay: Replay, client: Client, agency: list[JsonObject], words: str
) -> None:
    replay.says(AGENCY, agency)
    result = look_up_paper(client, DOI)
    assert (result.paper, result.unreachable) == (None, False)
    assert words in " ".join(result.warnings)


@pytest.mark.parametrize("down", [OPENALEX, CROSSREF, AGENCY])
def test_what_could_not_be_asked_is_not_known_to_be_missing(
    replay: Replay, client: Client, down: str
) -> None:
    replay.says(down, Said(500))
    result = look_up_paper(client, DOI)
    assert (result.paper, result.unreachable) == (None, True)


def test_offline_nothing_is_known(new_client: NewClient) -> None:
    result = look_up_paper(new_client(offline=True), DOI)
    assert (result.paper, result.unreachable) == (None, True)


def test_kinds_are_those_of_the_lock_and_of_dandi() -> None:
    from dandischema.models import ResourceType

    assert set(PAPER_KINDS) == set(schema("lock.schema.json")["$defs"]["paper"]["properties"]["kind"]["enum"])
    assert {f"dcite:{kind}" for kind in PAPER_KINDS.values()} <= {each.value for each in ResourceType}
