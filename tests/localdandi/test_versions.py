"""A dandiset's metadata: what is stripped, what is computed, what is nothing new."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from localdandi.archive import Settings
from localdandi.testing import archive
from tests.localdandi.conftest import Client, client_of

_CONTACT = {
    "schemaKey": "Person",
    "name": "Doe, Jane",
    "email": "jane@example.org",
    "roleName": ["dcite:ContactPerson"],
    "includeInCitation": True,
}


def _draft(client: Client, dandiset: str) -> dict[str, Any]:
    document: dict[str, Any] = client("GET", f"/dandisets/{dandiset}/versions/draft/").json()
    return document


def _put(client: Client, dandiset: str, name: str, metadata: Any) -> dict[str, Any]:
    answer = client(
        "PUT", f"/dandisets/{dandiset}/versions/draft/", json={"name": name, "metadata": metadata}
    )
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def _modified(client: Client, dandiset: str) -> str:
    return str(client("GET", f"/dandisets/{dandiset}/versions/draft/info/").json()["modified"])


def _settled(client: Client, dandiset: str, *, status: str | None = None) -> dict[str, Any]:
    """`info` of a draft once it is validated."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        info: dict[str, Any] = client("GET", f"/dandisets/{dandiset}/versions/draft/info/").json()
        waiting = any("being validated" in error["message"] for error in info["asset_validation_errors"])
        if not waiting and info["status"] in ((status,) if status else ("Valid", "Invalid", "Published")):
            return info
        time.sleep(0.02)
    raise AssertionError(info)


def test_a_new_dandiset_gets_what_it_does_not_say(alice: Client) -> None:
    document = _draft(alice, alice.create("New", description="kept"))
    assert document["schemaKey"] == "Dandiset"
    assert document["description"] == "kept"
    assert [one["name"] for one in document["contributor"]] == ["Liddell, Alice"]
    assert document["contributor"][0]["roleName"] == ["dcite:ContactPerson"]


def test_given_contributors_are_not_merged_with_the_creator(alice: Client) -> None:
    document = _draft(alice, alice.create("New", contributor=[_CONTACT]))
    assert document["contributor"] == [_CONTACT]


def test_computed_fields(alice: Client) -> None:
    dandiset = alice.create("Computed.", contributor=[_CONTACT])
    document, web = _draft(alice, dandiset), alice.archive.web_url
    page = f"{web}/dandiset/{dandiset}/draft"
    year = time.gmtime().tm_year
    assert document["identifier"] == f"DANDI:{dandiset}"
    assert document["id"] == f"DANDI:{dandiset}/draft"
    assert document["version"] == "draft"
    assert document["url"] == page
    assert document["repository"] == web
    assert document["manifestLocation"] == [f"{web}/api/dandisets/{dandiset}/versions/draft/assets/"]
    assert (
        document["citation"]
        == f"Doe, Jane ({year}) Computed (Version draft) [Data set]. DANDI Archive. {page}"
    )
    assert document["access"] == [{"schemaKey": "AccessRequirements", "status": "dandi:OpenAccess"}]
    assert "doi" not in document


@pytest.mark.parametrize(
    "field",
    ["identifier", "version", "id", "url", "assetsSummary", "citation", "doi", "dateCreated", "datePublished",
     "publishedBy", "manifestLocation", "releaseNotes", "name"],
)  # fmt: skip
def test_fields_that_the_archive_computes_are_ignored(alice: Client, field: str) -> None:
    dandiset = alice.create(f"Ignores {field}")
    document, modified = _draft(alice, dandiset), _modified(alice, dandiset)
    _put(alice, dandiset, document["name"], document | {field: "mine"})
    assert _draft(alice, dandiset).get(field) == document.get(field)
    assert modified <= _modified(alice, dandiset)


def test_sending_back_what_was_read_changes_nothing(alice: Client) -> None:
    dandiset = alice.create("Same")
    _settled(alice, dandiset)
    document, before = _draft(alice, dandiset), _modified(alice, dandiset)
    answer = _put(alice, dandiset, "Same", document)
    assert _modified(alice, dandiset) == before
    assert answer["metadata"]["access"] == [{}], "the quirk of an answer to a PUT that changed nothing"
    assert _draft(alice, dandiset) == document


def test_a_document_without_the_servers_keys_is_never_the_same(alice: Client) -> None:
    dandiset = alice.create("Minimal")
    minimal = {"schemaKey": "Dandiset", "schemaVersion": _draft(alice, dandiset)["schemaVersion"]}
    _put(alice, dandiset, "Minimal", minimal)
    before = _modified(alice, dandiset)
    _put(alice, dandiset, "Minimal", minimal)
    assert _modified(alice, dandiset) > before


def test_a_put_replaces_everything_and_keeps_unknown_keys(alice: Client) -> None:
    dandiset = alice.create("Replaced", keywords=["old"])
    document = _draft(alice, dandiset)
    del document["keywords"]
    document["unknown"] = {"deep": [1, None, "ü"]}
    _put(alice, dandiset, "Renamed", document)
    after = _draft(alice, dandiset)
    assert after["name"] == "Renamed"
    assert "keywords" not in after
    assert after["unknown"] == {"deep": [1, None, "ü"]}


def test_own_keys_in_access_survive(alice: Client) -> None:
    dandiset = alice.create("Access")
    document = _draft(alice, dandiset)
    document["access"] = [
        {"status": "dandi:EmbargoedAccess", "description": "ask us"},
        {"description": "more"},
    ]
    _put(alice, dandiset, "Access", document)
    first, second = _draft(alice, dandiset)["access"]
    assert first == {"schemaKey": "AccessRequirements", "status": "dandi:OpenAccess", "description": "ask us"}
    assert second == {"description": "more"}


def test_bad_metadata_is_stored_and_found_invalid_later(alice: Client) -> None:
    dandiset = alice.create("Bad")
    document = _draft(alice, dandiset) | {"license": ["no licence"]}
    _put(alice, dandiset, "Bad", document)
    info = _settled(alice, dandiset, status="Invalid")
    assert any(error["field"].startswith("license") for error in info["version_validation_errors"])


def test_an_empty_dandiset_is_invalid_and_one_with_a_valid_asset_valid(alice: Client) -> None:
    dandiset = alice.create("Filled", description="d", license=["spdx:CC0-1.0"])
    assert "no files or zero bytes" in str(_settled(alice, dandiset)["version_validation_errors"])
    asset = alice.add(dandiset, "a.txt", b"to be summed up")
    info = _settled(alice, dandiset, status="Valid")
    assert (info["asset_count"], info["size"], info["asset_validation_errors"]) == (1, 15, [])
    assert info["metadata"]["assetsSummary"]["numberOfBytes"] == 0  # the asset became valid after the write
    draft = _draft(alice, dandiset)
    _put(alice, dandiset, "Filled", draft | {"keywords": ["k"]})
    assert _draft(alice, dandiset)["keywords"] == ["k"]
    again = _settled(alice, dandiset, status="Valid")
    assert again["metadata"]["assetsSummary"]["numberOfBytes"] == 15
    nested = f"/dandisets/{dandiset}/versions/draft/assets/{asset['asset_id']}/validation/"
    assert alice("GET", nested).json() == {"status": "Valid", "validation_errors": []}


def test_an_invalid_asset_is_told_with_its_path(alice: Client) -> None:
    dandiset = alice.create("Invalid asset")
    alice.add(dandiset, "bad.txt", b"bad", schemaKey="Nonsense")
    info = _settled(alice, dandiset)
    assert {error["path"] for error in info["asset_validation_errors"]} == {"bad.txt"}


def test_versions_are_listed(alice: Client) -> None:
    dandiset = alice.create("Listed")
    listing = alice("GET", f"/dandisets/{dandiset}/versions/?order=-created").json()
    assert listing["count"] == 1
    assert listing["results"][0]["dandiset"]["identifier"] == dandiset
    assert listing["results"][0]["version"] == "draft"


def test_an_admin_may_choose_the_number(admin: Client) -> None:
    assert admin.create("Chosen", identifier="DANDI:000900") == "000900"
    body = {"name": "Again", "metadata": {"identifier": "DANDI:000900"}}
    answer = admin("POST", "/dandisets/", json=body)
    assert (answer.status_code, answer.json()) == (400, "Dandiset 000900 already exists")
    assert admin.create("Next") == "000901"


def test_the_background_can_be_as_slow_as_production(alice: Client) -> None:
    dandiset = alice.create("Slow")
    with alice.archive.at_rest():
        alice.archive.settings.pause = 0.5
        asset = alice.add(dandiset, "a.txt", b"slowly")
    try:
        time.sleep(0.2)
        assert "dandi:sha2-256" not in alice("GET", f"/assets/{asset['asset_id']}/").json()["digest"]
        _settled(alice, dandiset)
    finally:
        alice.archive.settings.pause = 0.0
    assert "dandi:sha2-256" in alice("GET", f"/assets/{asset['asset_id']}/").json()["digest"]


def test_a_summary_need_not_lag(store: Path) -> None:
    with archive(store, settings=Settings(summary_lags=False)) as running:
        client = client_of(running, running.key)
        dandiset = client.create("Prompt", description="d", license=["spdx:CC0-1.0"])
        client.add(dandiset, "a.txt", b"seven b")
        deadline = time.monotonic() + 30
        while _draft(client, dandiset)["assetsSummary"]["numberOfBytes"] != 7:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_numbers_and_texts_are_kept_as_a_database_keeps_them(alice: Client) -> None:
    document = _draft(alice, alice.create("Numbers", zzz={"big": 1e23, "small": 1e-7, "half": 1.50}))
    assert document["zzz"] == {"big": 10**23, "small": 1e-7, "half": 1.5}
    for unfit in ("a\x00b", "\ud800", {"deep": ["a\x00"]}, {"\x00": 1}):
        answer = alice("POST", "/dandisets/", json={"name": "x", "metadata": {"zzz": unfit}})
        assert (answer.status_code, [*answer.json()]) == (400, ["metadata"])
