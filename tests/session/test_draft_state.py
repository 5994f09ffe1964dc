"""What the archive says of a draft, read from the archive: complete also where its own list is cut."""

from __future__ import annotations

import json
import time

import pytest
import requests

from dandifile.model import JsonObject
from tests.conftest import CONTACT, Lab, begin_upload

PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"
CITED = CONTACT.replace("[Author, ContactPerson]", "[Author, ContactPerson], cite: true")
SPEC = f"description: Rats on a track\nlicense: CC-BY-4.0\n{CITED}\n{PATHS}"


def settle(lab: Lab) -> None:
    """Waits until the archive has validated the draft and its assets."""
    for _ in range(600):
        draft = lab.get("/dandisets/000001/versions/draft/info/")
        waiting = [one for one in draft["asset_validation_errors"] if "being validated" in one["message"]]
        if draft["status"] not in ("Pending", "Validating") and not waiting:
            return
        time.sleep(0.05)
    raise AssertionError(draft["status"])


def readiness(lab: Lab) -> JsonObject:
    ran = lab.run("status", "--format", "json")
    found: JsonObject = json.loads(ran.out)["readiness"]
    return found


@pytest.fixture
def applied(lab: Lab) -> Lab:
    lab.spec(SPEC)
    lab.files({"a.csv": "a", "b.csv": "b"})
    assert lab.run("apply", "--create", "--yes").code == 0
    settle(lab)
    return lab


def test_a_draft_that_is_as_declared_and_valid_is_ready(applied: Lab) -> None:
    assert readiness(applied) == {"blockers": [], "notes": [], "ready": True, "waiting": False}


def test_all_invalid_assets_are_found_also_those_that_the_archive_does_not_list(lab: Lab) -> None:
    lab.spec(SPEC + "assets: [{match: 'bad/**', metadata: {keywords: 5}}]\n")
    lab.files({f"bad/{number}.csv": str(number) for number in range(55)} | {"good.csv": "good"})
    assert lab.run("apply", "--create", "--yes", "--jobs", "2").code == 0
    settle(lab)
    listed = lab.get("/dandisets/000001/versions/draft/info/")["asset_validation_errors"]
    assert len({one["path"] for one in listed}) == 50
    (blocker,) = readiness(lab)["blockers"]
    assert (blocker["code"], len(blocker["assets"]), len(blocker["sources"])) == ("assets", 55, 55)


def test_a_zarr_that_is_no_asset_any_more_still_prevents_it(applied: Lab) -> None:
    requests.post(
        f"{applied.archive.api_url}/zarr/",
        json={"name": "old.zarr", "dandiset": "000001"},
        headers={"Authorization": f"token {applied.archive.key}"},
        timeout=30,
    ).raise_for_status()
    (blocker,) = readiness(applied)["blockers"]
    assert (blocker["code"], blocker["where"]) == ("zarr", "old.zarr")


def test_someone_else_is_no_owner(applied: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in applied.environ:
        monkeypatch.setenv(variable, applied.archive.add_user("roe", "Roe, Richard"))
    (blocker,) = readiness(applied)["blockers"]
    assert blocker["code"] == "rights"
    assert "roe is not an owner of 000001" in blocker["what"]


def test_without_a_key_the_rights_are_not_checked_and_that_is_said(
    applied: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in applied.environ:
        monkeypatch.delenv(variable)
    found = readiness(applied)
    assert found["blockers"] == []
    assert "whether you may write" in found["notes"][0]


def test_unfinished_uploads_are_noted(applied: Lab) -> None:
    begin_upload(applied, "not sent yet")
    found = readiness(applied)
    assert (found["ready"], "1 upload was begun" in found["notes"][0]) == (True, True)


def test_asking_writes_nothing(applied: Lab) -> None:
    applied.archive.reset_counts()
    readiness(applied)
    assert applied.archive.writes() == 0
