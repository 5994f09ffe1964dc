from __future__ import annotations

import json

import pytest

from dandifile.lookup import ror
from dandifile.lookup.client import Answer, Client, Found, NotFound, Unreachable
from dandifile.lookup.facts import Affiliation, Institution, InstitutionStatus
from tests.lookup.made_up import COLUMBIA, NIH, TOULOUSE, TOULOUSE_NOW, ror_record
from tests.lookup.recorded import FIXTURES, needs_recordings
from tests.lookup.replay import Replay, Said, text

TODAY = "2026-11-20"


@pytest.mark.parametrize(
    ("said", "place"),
    [
        (
            Said(body=ror_record(COLUMBIA, "Columbia University")),
            Institution(COLUMBIA, InstitutionStatus.ACTIVE, "Columbia University", checked=TODAY),
        ),
        (
            Said(body=ror_record(COLUMBIA, "Old", status="inactive", successors=(TOULOUSE, TOULOUSE_NOW))),
            Institution(COLUMBIA, InstitutionStatus.INACTIVE, "Old", (TOULOUSE, TOULOUSE_NOW), TODAY),
        ),
        (
            Said(body=ror_record(COLUMBIA, "Double", status="withdrawn")),
            Institution(COLUMBIA, InstitutionStatus.WITHDRAWN, "Double", checked=TODAY),
        ),
        (
            Said(404, {"errors": ["does not exist"]}),
            Institution(COLUMBIA, InstitutionStatus.UNKNOWN, checked=TODAY),
        ),
        (
            Said(200, {"errors": ["oops"]}),
            Institution(COLUMBIA, InstitutionStatus.UNREACHABLE, checked=TODAY),
        ),
        (
            text(429, "Rate Limit Exceeded"),
            Institution(COLUMBIA, InstitutionStatus.UNREACHABLE, checked=TODAY),
        ),
    ],
    ids=str,
)
def test_every_answer_of_ror(replay: Replay, client: Client, said: Said, place: Institution) -> None:
    replay.says("ror/organizations/00hj8s172", said)
    assert ror.verdict(COLUMBIA, ror.fetch(client, COLUMBIA), TODAY) == place


def test_a_funder_doi_leads_to_its_record(replay: Replay, client: Client) -> None:
    items = [
        ror_record(COLUMBIA, "Else", fundref="1"),
        ror_record(NIH, "National Institutes of Health", fundref="100000002"),
    ]
    replay.says('ror/organizations?query.advanced=external_ids.all:"100000002"', {"items": items})
    answer = ror.fetch_funder(client, "10.13039/100000002")
    assert ror.funder("10.13039/100000002", answer) == Affiliation("National Institutes of Health", NIH)
    assert ror.funder("10.13039/3", answer) is None


@pytest.mark.parametrize(
    "answer",
    [
        Found({"errors": ["bad query"]}, TODAY),
        Found({"items": [ror_record(each, "x", fundref="1") for each in (NIH, COLUMBIA)]}, TODAY),
        Found({"items": [ror_record(NIH, "x", fundref="1", status="inactive")]}, TODAY),
        NotFound(TODAY),
        Unreachable("down"),
    ],
)
def test_a_funder_that_is_not_certain_is_none(answer: Answer) -> None:
    assert ror.funder("10.13039/1", answer) is None


def test_an_affiliation_matches_only_where_ror_chose_it(replay: Replay, client: Client) -> None:
    record = ror_record(COLUMBIA, "Columbia University")
    chosen = {"organization": record, "score": 0.9, "chosen": True, "matching_type": "EXACT"}
    better = {"organization": ror_record(NIH, "NIH"), "score": 1.0, "chosen": False}
    replay.says("ror/organizations?affiliation=Dept. of X, Columbia", {"items": [better, chosen]})
    replay.says("ror/organizations?affiliation=Dept. of Y", {"items": [better]})
    assert ror.affiliation(ror.fetch_affiliation(client, "Dept. of X, Columbia")) == Affiliation(
        "Columbia University", COLUMBIA
    )
    assert ror.affiliation(ror.fetch_affiliation(client, "Dept. of Y")) is None


@needs_recordings
def test_real_records_are_read() -> None:
    files = sorted((FIXTURES / "ror/records").glob("*.json"))
    found = {file.stem: ror.record_verdict(json.loads(file.read_text("utf-8")), TODAY) for file in files}
    assert all(place.name and place.ror.endswith(stem[-9:]) for stem, place in found.items())
    assert found["02jx3x895"].name == "University College London"
    assert found["inactive-02v6kpv12"].successors == (TOULOUSE_NOW,)
    assert found["inactive-0071a9161"].successors == ()
    assert {stem.partition("-")[0] for stem, place in found.items() if place.status == "withdrawn"} == {
        "withdrawn"
    }
