"""What cannot be undone: publishing and the end of an embargo."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tests.localdandi.conftest import Client


def _wait(what: Callable[[], Any]) -> Any:
    """The first true answer."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it never came")


def _info(client: Client, dandiset: str) -> dict[str, Any]:
    info: dict[str, Any] = client("GET", f"/dandisets/{dandiset}/versions/draft/info/").json()
    return info


def _valid(client: Client, dandiset: str) -> None:
    def valid() -> bool:
        info = _info(client, dandiset)
        return info["status"] == "Valid" and not info["asset_validation_errors"]

    _wait(valid)


def _publish(client: Client, dandiset: str, **body: Any) -> requests.Response:
    return client("POST", f"/dandisets/{dandiset}/versions/draft/publish/", json=body)


def _publishable(client: Client, name: str) -> tuple[str, dict[str, Any]]:
    dandiset = client.create(name, description="d", license=["spdx:CC0-1.0"])
    asset = client.add(dandiset, "sub-1/a.txt", name.encode())
    _valid(client, dandiset)
    return dandiset, asset


def test_publishing_makes_a_version_and_leaves_the_draft(alice: Client) -> None:
    dandiset, asset = _publishable(alice, "To be published")
    assert _publish(alice, dandiset, release_notes="The first").status_code == 202
    _wait(lambda: _info(alice, dandiset)["status"] == "Published")
    detail = alice("GET", f"/dandisets/{dandiset}/").json()
    version = detail["most_recent_published_version"]["version"]
    assert re.fullmatch(r"0\.\d{6}\.\d{4}", version)
    assert detail["most_recent_published_version"]["release_notes"] == "The first"
    published = alice("GET", f"/dandisets/{dandiset}/versions/{version}/").json()
    draft = alice("GET", f"/dandisets/{dandiset}/versions/draft/").json()
    assert published["assetsSummary"]["numberOfFiles"] == 1
    assert published["doi"].endswith(f"{dandiset}/{version}")
    assert published["citation"].endswith(f"https://doi.org/{published['doi']}")
    assert not {"doi", "datePublished", "publishedBy", "releaseNotes"} & draft.keys()
    listed = alice("GET", f"/dandisets/{dandiset}/versions/{version}/assets/").json()["results"]
    assert [one["asset_id"] for one in listed] == [asset["asset_id"]], "the asset is in both"
    metadata = alice("GET", f"/assets/{asset['asset_id']}/").json()
    assert metadata["datePublished"]
    assert requests.get(published["manifestLocation"][0], timeout=30).json()[0]["path"] == "sub-1/a.txt"


def test_published_versions_never_change(alice: Client, admin: Client) -> None:
    dandiset, asset = _publishable(alice, "Immutable")
    _publish(alice, dandiset)
    version = _wait(lambda: alice("GET", f"/dandisets/{dandiset}/").json()["most_recent_published_version"])[
        "version"
    ]
    url = f"/dandisets/{dandiset}/versions/{version}"
    before = [alice("GET", f"{url}/").json(), alice("GET", f"{url}/assets/?metadata=true").json()]
    body = {"metadata": asset["metadata"], "blob_id": asset["blob"]}
    refusals = [
        (alice("PUT", f"{url}/", json={"name": "n", "metadata": {}}), "Only draft versions can be modified."),
        (alice("POST", f"{url}/assets/", json=body), "Only draft versions can be modified."),
        (
            alice("PUT", f"{url}/assets/{asset['asset_id']}/", json=body),
            "Only draft versions can be modified.",
        ),
        (alice("DELETE", f"{url}/assets/{asset['asset_id']}/"), "Only draft versions can be modified."),
        (alice("POST", f"{url}/publish/", json={}), "Only draft versions can be published"),
    ]
    assert [(answer.status_code, answer.json()) for answer, _ in refusals] == [
        (405, text) for _, text in refusals
    ]
    # The draft goes its own way, with another asset even where nothing changes.
    document = {key: value for key, value in asset["metadata"].items() if key != "@context"}
    draft = f"/dandisets/{dandiset}/versions/draft/assets/{asset['asset_id']}/"
    changed = alice("PUT", draft, json={"metadata": document, "blob_id": asset["blob"]}).json()
    assert changed["asset_id"] != asset["asset_id"]
    assert [alice("GET", f"{url}/").json(), alice("GET", f"{url}/assets/?metadata=true").json()] == before
    answer = alice("DELETE", f"/dandisets/{dandiset}/")
    assert (answer.status_code, answer.json()) == (403, "Cannot delete dandisets with published versions.")
    assert alice("DELETE", f"{url}/").json() == "Cannot delete published versions"
    assert admin("DELETE", f"{url}/").status_code == 204


def test_why_a_draft_cannot_be_published(alice: Client) -> None:
    dandiset, _ = _publishable(alice, "Conditions")
    with alice.archive.at_rest():
        _publish(alice, dandiset)
        answers = [_publish(alice, dandiset)]
    _wait(lambda: _info(alice, dandiset)["status"] == "Published")
    answers.append(_publish(alice, dandiset))
    with alice.archive.at_rest():
        alice.add(dandiset, "b.txt", b"b")
        answers.append(_publish(alice, dandiset))
    alice.add(dandiset, "bad.txt", b"bad asset", schemaKey="Nonsense")
    _wait(lambda: _info(alice, dandiset)["status"] == "Valid" and "bad.txt" in str(_info(alice, dandiset)))
    answers.append(_publish(alice, dandiset))
    embargoed = alice.create("Closed", "?embargo=true")
    answers.append(_publish(alice, embargoed))
    alice("POST", "/zarr/", json={"name": "z.zarr", "dandiset": dandiset})
    answers.append(_publish(alice, dandiset))
    assert [(one.status_code, one.json()) for one in answers] == [
        (423, "Dandiset is currently being published"),
        (400, "There have been no changes to the draft version since the last publish."),
        (409, "Metadata validation is pending for this dandiset, please try again later."),
        (400, "Dandiset metadata or asset metadata is not valid"),
        (400, "Operation only allowed on OPEN dandisets"),
        (400, "Cannot publish dandisets which contain zarrs"),
    ]


def test_a_write_between_publish_and_published_loses_the_publication(alice: Client) -> None:
    dandiset, _ = _publishable(alice, "Lost")
    with alice.archive.at_rest():
        assert _publish(alice, dandiset).status_code == 202
        alice.add(dandiset, "late.txt", b"late")
    _valid(alice, dandiset)
    assert alice("GET", f"/dandisets/{dandiset}/").json()["most_recent_published_version"] is None


def test_embargo_and_its_end(alice: Client, anonymous: Client) -> None:
    dandiset = alice.create("Embargoed", "?embargo=true", description="d", license=["spdx:CC0-1.0"])
    end = (datetime.now(UTC).date() + timedelta(days=730)).isoformat()
    access = alice("GET", f"/dandisets/{dandiset}/versions/draft/").json()["access"][0]
    closed = {"schemaKey": "AccessRequirements", "status": "dandi:EmbargoedAccess", "embargoedUntil": end}
    assert access == closed
    asset = alice.add(dandiset, "secret.txt", b"secret")
    assert alice("GET", f"/assets/{asset['asset_id']}/").json()["access"] == [closed]
    assert anonymous("GET", f"/assets/{asset['asset_id']}/").status_code == 401
    location = alice("GET", f"/assets/{asset['asset_id']}/download/").headers["Location"]
    assert requests.get(location, timeout=30).content == b"secret"
    assert requests.get(location.partition("?")[0], timeout=30).status_code == 403
    assert dandiset not in [
        one["identifier"] for one in anonymous("GET", "/dandisets/?page_size=1000").json()["results"]
    ]
    listed = alice("GET", "/dandisets/?user=me&embargoed=true&page_size=1000").json()["results"]
    assert dandiset in [one["identifier"] for one in listed]

    assert alice("POST", f"/dandisets/{dandiset}/unembargo/").content == b""
    _wait(lambda: anonymous("GET", f"/dandisets/{dandiset}/").status_code == 200)
    today = datetime.now(UTC).date().isoformat()
    access = anonymous("GET", f"/dandisets/{dandiset}/versions/draft/").json()["access"][0]
    assert access == {
        "schemaKey": "AccessRequirements",
        "status": "dandi:OpenAccess",
        "embargoedUntil": today,
    }
    assert requests.get(location.partition("?")[0], timeout=30).content == b"secret"
    again = alice("POST", f"/dandisets/{dandiset}/unembargo/")
    assert (again.status_code, again.json()) == (400, "Dandiset not embargoed")


def test_an_embargo_with_a_funder_loses_the_default_contributor(alice: Client) -> None:
    dandiset = alice.create("Funded", "?embargo=true&funding_source=NIH&award_number=R01")
    contributors = alice("GET", f"/dandisets/{dandiset}/versions/draft/").json()["contributor"]
    assert [(one["name"], one["awardNumber"], one["roleName"]) for one in contributors] == [
        ("NIH", "R01", ["dcite:Funder"])
    ]


def test_while_it_is_being_released_nothing_can_be_written(alice: Client) -> None:
    dandiset = alice.create("Releasing", "?embargo=true")
    asset = alice.add(dandiset, "a.txt", b"releasing")
    url = f"/dandisets/{dandiset}"
    body = {"metadata": asset["metadata"], "blob_id": asset["blob"]}
    with alice.archive.at_rest():
        alice("POST", f"{url}/unembargo/")
        answers = [
            alice("PUT", f"{url}/versions/draft/", json={"name": "n", "metadata": {}}),
            alice("POST", f"{url}/versions/draft/assets/", json=body),
            alice("PUT", f"{url}/versions/draft/assets/{asset['asset_id']}/", json=body),
            alice("DELETE", f"{url}/versions/draft/assets/{asset['asset_id']}/"),
            alice("PUT", f"{url}/users/", json=[{"username": "alice"}]),
            alice("DELETE", f"{url}/"),
        ]
        zarr = alice("POST", "/zarr/", json={"name": "z", "dandiset": dandiset})
    expected = (400, "Dandiset modification not allowed during unembargo")
    assert [(one.status_code, one.json()) for one in answers] == [expected] * len(answers)
    assert (zarr.status_code, zarr.json()) == (400, "Cannot add zarr to dandiset during unembargo")


def test_active_uploads_hold_a_release_up(alice: Client) -> None:
    dandiset = alice.create("Held up", "?embargo=true")
    digest = {"algorithm": "dandi:dandi-etag", "value": "0" * 32 + "-1"}
    alice("POST", "/uploads/initialize/", json={"contentSize": 1, "digest": digest, "dandiset": dandiset})
    answer = alice("POST", f"/dandisets/{dandiset}/unembargo/")
    assert (answer.status_code, answer.json()) == (400, "Dandiset unembargo not allowed with active uploads")


def test_using_an_embargoed_blob_in_an_open_dandiset_opens_it_for_everyone(
    alice: Client, anonymous: Client
) -> None:
    asset = alice.add(alice.create("Closed", "?embargo=true"), "a.txt", b"trap")
    assert anonymous("GET", f"/assets/{asset['asset_id']}/").status_code == 401
    alice.add(alice.create("Open"), "a.txt", b"trap")
    assert anonymous("GET", f"/assets/{asset['asset_id']}/").status_code == 200
