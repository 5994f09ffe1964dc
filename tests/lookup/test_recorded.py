"""Real papers: what Crossref said of them, as contributors of a dandiset."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import pytest

from dandifile.doi import normal_doi
from dandifile.lookup import crossref, openalex, orcid
from dandifile.lookup.client import Client, Found, NotFound
from dandifile.lookup.contributors import MergedContributors, merge_contributors
from dandifile.lookup.credits import related_resources
from dandifile.lookup.facts import PersonStatus
from dandifile.lookup.paper_lookup import look_up_paper
from dandifile.model import JsonObject
from tests.frame import ROOT
from tests.lookup.recorded import FIXTURES, PAPERS, crossref_answer, dandis_metadata, needs_recordings
from tests.lookup.replay import Replay
from tests.lookup.valid import assert_valid, write

EXPECTED: dict[str, JsonObject] = json.loads((ROOT / "tests/cases/lookup/papers.json").read_text("utf-8"))
CURATOR = {"name": "Tests, DANDI-Cli", "email": "nemo@example.com", "roles": ["Author", "ContactPerson"]}

pytestmark = needs_recordings
papers = pytest.mark.parametrize("name", PAPERS)


def contributors(name: str) -> MergedContributors:
    return merge_contributors([crossref.paper(crossref_answer(name))], [CURATOR], write)


def told(contributor: JsonObject) -> str:
    """One contributor in a line: name, id, award, who is cited, affiliations."""
    parts = [contributor["name"], contributor.get("identifier", ""), contributor.get("awardNumber", "")]
    places = [each["name"] for each in contributor.get("affiliation", ())]
    return " | ".join(filter(None, [*parts, "; ".join(places)]))


@papers
def test_contributors_are_as_reviewed(name: str) -> None:
    result = contributors(name)
    by_role = {
        "authors": [told(each) for each in result.contributors if "dcite:Author" in each["roleName"]],
        "funders": [told(each) for each in result.contributors if "dcite:Funder" in each["roleName"]],
    }
    paper = crossref.paper(crossref_answer(name))
    assert by_role == {key: EXPECTED[name][key] for key in by_role}
    assert {"doi": paper.doi, "title": paper.title, "kind": paper.kind, "published": paper.published} == {
        key: EXPECTED[name][key] for key in ("doi", "title", "kind", "published")
    }
    assert (result.problems, result.warnings, result.review) == ((), (), ())


@papers
def test_dandischema_takes_them(name: str) -> None:
    paper = crossref.paper(crossref_answer(name))
    assert_valid(contributors(name).contributors, related_resources([paper]))


@papers
def test_they_hold_all_that_dandis_own_update_finds_and_the_funders_too(name: str) -> None:
    ours, theirs = contributors(name).contributors, dandis_metadata(name)
    by_name = {each["name"]: each for each in ours}
    people = [each for each in theirs["contributor"] if each["schemaKey"] == "Person"]
    for person in people:
        found = by_name[person["name"]]
        assert set(person["roleName"]) <= set(found["roleName"])
        assert person.get("identifier") == found.get("identifier")
        assert person.get("email") == found.get("email")
        assert person.get("includeInCitation", True) == found["includeInCitation"]
        places = [each["name"]["name"] for each in person.get("affiliation", ())]
        assert places == [each["name"] for each in found.get("affiliation", ())]
    order = [each["name"] for each in people if each["name"] != CURATOR["name"]]
    assert order == [each["name"] for each in ours if each["name"] in order]
    awards = sum(len(each.get("award") or [""]) for each in crossref_answer(name).get("funder") or ())
    assert sum("dcite:Funder" in each["roleName"] for each in ours) == awards


@papers
def test_so_do_the_title_the_abstract_and_the_related_resource(name: str) -> None:
    paper, theirs = crossref.paper(crossref_answer(name)), dandis_metadata(name)
    assert paper.title == theirs["name"]
    if "<jats:p>" in theirs["description"]:
        assert words(theirs["description"]) == words(paper.abstract)
        assert "<" not in paper.abstract.replace("< ", "")
    resource = related_resources([paper])[0]
    (their_resource,) = theirs["relatedResource"]
    assert (
        normal_doi(resource["identifier"])
        == normal_doi(their_resource["identifier"])
        == normal_doi(resource["url"])
    )
    assert (resource["name"], resource["relation"]) == (their_resource["name"], their_resource["relation"])


def words(abstract: str) -> list[str]:
    for tag in ("jats:title>Abstract</jats:title>", "jats:p>"):
        abstract = abstract.replace(f"<{tag}", " ").replace(f"</{tag}", " ")
    return abstract.split()


@papers
def test_through_the_services_they_are_the_same(replay: Replay, client: Client, name: str) -> None:
    answer = crossref_answer(name)
    doi = normal_doi(answer["DOI"])
    assert doi
    replay.says(f"crossref/works/{doi}", {"status": "ok", "message": answer | {"title": [answer["title"]]}})
    found = look_up_paper(client, doi).paper
    assert found
    assert found.authors == crossref.paper(answer).authors
    assert replay.count(f"openalex/works/doi:{doi}") == 1


def test_a_real_work_of_openalex() -> None:
    file = FIXTURES / "openalex/W2741809807-old-format-workJsonResponse.json"
    paper = openalex.paper(json.loads(file.read_text("utf-8")))
    assert (paper.doi, paper.kind, paper.published) == ("10.7717/peerj.4375", "article", "2018-02-13")
    assert [author.family for author in paper.authors][:4] == ["Piwowar", "Priem", "Larivière", "Alperin"]
    assert paper.authors[0].affiliations[0].inferred
    assert not paper.authors[4].affiliations[0].inferred
    curator = [CURATOR]
    assert_valid(merge_contributors([paper], curator, write).contributors, related_resources([paper]))


def test_a_real_abstract_of_openalex() -> None:
    file = FIXTURES / "openalex/kdense_work_W2741809807_abstract.json"
    paper = openalex.paper(json.loads(file.read_text("utf-8")))
    assert paper.abstract.startswith("Despite growing interest in Open Access (OA) to scholarly literature, ")


def recorded_works() -> Iterator[JsonObject]:
    """Works that Crossref gave in 2026, wrapped."""
    from ruamel.yaml import YAML

    for file in sorted((FIXTURES / "crossref/habanero").glob("test_works*.yaml")):
        for exchange in YAML(typ="safe").load(file.read_text("utf-8"))["interactions"]:
            said = exchange["response"]["body"]["string"]
            body = gzip.decompress(said) if said[:2] == b"\x1f\x8b" else said
            if exchange["response"]["status"]["code"] == 200:
                yield json.loads(body)


def test_works_of_all_kinds_become_contributors_that_dandischema_takes() -> None:
    found = [crossref.paper(work) for work in recorded_works()]
    assert len(found) >= 8
    for paper in found:
        assert paper.doi
        assert paper.title
        lone = [
            {"name": f"{author.name}, X."}
            for author in paper.authors
            if not (author.given or author.collective)
        ]
        assert len(merge_contributors([paper], [CURATOR], write).problems) == len(lone)
        result = merge_contributors([paper], [CURATOR, *lone], write)
        assert result.problems == ()
        assert_valid(result.contributors, related_resources([paper]))


def test_real_records_of_orcid() -> None:
    from ruamel.yaml import YAML

    verdicts = {}
    for file in ("orcid_id.yml", "as_orcid.yml", "orcid_id_bad_orcid.yml"):
        for exchange in YAML(typ="safe").load((FIXTURES / "orcid/rorcid" / file).read_text("utf-8"))[
            "http_interactions"
        ]:
            asked, said = exchange["request"]["uri"].split("/")[-2], exchange["response"]
            answer = (
                Found(json.loads(said["body"]["string"]), "2026-11-20")
                if said["status"]["status_code"] == "200"
                else NotFound("2026-11-20")
            )
            verdicts[asked] = orcid.verdict(asked, answer, "2026-11-20")
    assert verdicts["0000-0002-1642-628X"].name == "Boettiger, Carl"
    assert verdicts["asdfadf"].status is PersonStatus.UNKNOWN
