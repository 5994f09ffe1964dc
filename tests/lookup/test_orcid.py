from __future__ import annotations

import pytest

from dandifile.lookup import orcid
from dandifile.lookup.client import Client
from dandifile.lookup.facts import Person, PersonStatus
from tests.lookup.made_up import JANE, OTHER, orcid_person
from tests.lookup.replay import Replay, Said, html, redirect, text

TODAY = "2026-11-20"
PATH = f"orcid/{JANE}/person"


def verdict(client: Client) -> Person:
    return orcid.verdict(JANE, orcid.fetch(client, JANE), TODAY)


def error(code: int, message: str = "") -> dict[str, object]:
    return {"response-code": 409, "error-code": code, "developer-message": message}


@pytest.mark.parametrize(
    ("said", "person"),
    [
        (Said(body=orcid_person()), Person(JANE, PersonStatus.VALID, "Doe, Jane", checked=TODAY)),
        (Said(body=orcid_person(None, "Jane")), Person(JANE, PersonStatus.VALID, "Jane", checked=TODAY)),
        (Said(body=orcid_person(None, None)), Person(JANE, PersonStatus.VALID, checked=TODAY)),
        (Said(body={"name": None}), Person(JANE, PersonStatus.VALID, checked=TODAY)),
        (Said(404, error(9016)), Person(JANE, PersonStatus.UNKNOWN, checked=TODAY)),
        (
            redirect(f"https://pub.orcid.org/v3.0/{OTHER}/person", error(9007)),
            Person(JANE, PersonStatus.DEPRECATED, successor=OTHER, checked=TODAY),
        ),
        (
            redirect(f"https://orcid.org/{OTHER}", None),
            Person(JANE, PersonStatus.DEPRECATED, successor=OTHER, checked=TODAY),
        ),
        (
            Said(409, error(9007, f"deprecated for https://orcid.org/{OTHER}.")),
            Person(JANE, PersonStatus.DEPRECATED, successor=OTHER, checked=TODAY),
        ),
        (Said(409, error(9018)), Person(JANE, PersonStatus.LOCKED, checked=TODAY)),
        (Said(409, error(9044)), Person(JANE, PersonStatus.DEACTIVATED, checked=TODAY)),
        (Said(409, error(9036)), Person(JANE, PersonStatus.UNCLAIMED, checked=TODAY)),
        (Said(409, error(1)), Person(JANE, PersonStatus.UNREACHABLE, checked=TODAY)),
        (text(429, "quota"), Person(JANE, PersonStatus.UNREACHABLE, checked=TODAY)),
        (text(503, "burst"), Person(JANE, PersonStatus.UNREACHABLE, checked=TODAY)),
        (html(200), Person(JANE, PersonStatus.UNREACHABLE, checked=TODAY)),
        (Said(drop=True), Person(JANE, PersonStatus.UNREACHABLE, checked=TODAY)),
    ],
    ids=str,
)
def test_every_answer_of_orcid(replay: Replay, client: Client, said: Said, person: Person) -> None:
    replay.says(PATH, said)
    assert verdict(client) == person


def test_the_credit_name_is_shown_where_the_parts_are_private(replay: Replay, client: Client) -> None:
    record = orcid_person(None, None)
    record["name"]["credit-name"] = {"value": "J. Doe"}
    replay.says(PATH, record)
    assert verdict(client).name == "J. Doe"
