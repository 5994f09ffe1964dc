"""The schema that the archive speaks: 0.7.0, as production does, or the newest."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from localdandi import schemas
from localdandi.instance import Instance
from localdandi.testing import archive
from tests.localdandi.conftest import Client, client_of

# Of the schemas that dandischema 0.12.1, which is schema 0.7.0, makes for an instance like _ONE_LICENSE.
_DIGESTS = {
    "Dandiset": "581b27bd417b31b4",
    "Asset": "59c57d7ae9d5d932",
    "PublishedDandiset": "1f62961f05f142cc",
    "PublishedAsset": "43d3ff49e29edd23",
}
_ONE_LICENSE = Instance(licenses=("spdx:CC0-1.0",))
_NEWEST = Instance(schema_version=schemas.newest_version())
_BOTH = [Instance(), _NEWEST]


@contextmanager
def _client(store: Path, instance: Instance) -> Iterator[Client]:
    with archive(store, instance=instance) as running:
        yield client_of(running, running.key)


def _settled(client: Client, dandiset: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        info: dict[str, Any] = client("GET", f"/dandisets/{dandiset}/versions/draft/info/").json()
        waiting = any("being validated" in error["message"] for error in info["asset_validation_errors"])
        if info["status"] in ("Valid", "Invalid") and not waiting:
            return info
        time.sleep(0.02)
    raise AssertionError(info)


def test_the_older_schemas_are_those_of_the_older_package(store: Path) -> None:
    with _client(store, _ONE_LICENSE) as client:
        served = {model: client("GET", f"/schemas/?model={model}").json() for model in _DIGESTS}
    texts = {model: json.dumps(schema, sort_keys=True) for model, schema in served.items()}
    assert {
        model: hashlib.sha256(text.encode()).hexdigest()[:16] for model, text in texts.items()
    } == _DIGESTS


@pytest.mark.parametrize("instance", _BOTH, ids=["production", "newest"])
def test_it_says_which_versions_it_takes(store: Path, instance: Instance) -> None:
    with _client(store, instance) as client:
        info = client("GET", "/info/").json()
        schema = client("GET", "/schemas/?model=Asset").json()
        new = client("GET", f"/dandisets/{client.create()}/versions/draft/").json()
    assert info["schema_version"] == info["allowed_schema_versions"][-1] == instance.schema_version
    assert schema["properties"]["schemaVersion"]["default"] == instance.schema_version
    assert new["schemaVersion"] == instance.schema_version
    assert new["@context"].endswith(f"/{instance.schema_version}/context.json")


def test_what_is_newer_than_the_archive_is_invalid(store: Path) -> None:
    newest = schemas.newest_version()
    with _client(store, Instance()) as client:
        dandiset = client.create(schemaVersion=newest)
        client.add(dandiset, "new.txt", b"1", schemaVersion=newest)
        client.add(dandiset, "own.txt", b"2", schemaVersion="0.7.0")
        info = _settled(client, dandiset)
    message = f"Metadata version {newest} is not allowed. Allowed are: 0.4.4, "
    (found,) = info["asset_validation_errors"]
    assert (found["path"], found["field"]) == ("new.txt", "")
    assert found["message"].startswith(message)
    assert [one["message"].startswith(message) for one in info["version_validation_errors"]] == [True]


def test_what_is_older_than_the_archive_is_valid(store: Path) -> None:
    with _client(store, _NEWEST) as client:
        dandiset = client.create(description="d", license=["spdx:CC0-1.0"], schemaVersion="0.7.0")
        client.add(dandiset, "old.txt", b"1", schemaVersion="0.7.0")
        info = _settled(client, dandiset)
    assert (info["status"], info["asset_validation_errors"]) == ("Valid", [])


@pytest.mark.parametrize("instance", _BOTH, ids=["production", "newest"])
def test_an_empty_dandiset_has_one_error(store: Path, instance: Instance) -> None:
    with _client(store, instance) as client:
        info = _settled(client, client.create(description="d", license=["spdx:CC0-1.0"]))
    (found,) = info["version_validation_errors"]
    assert "no files or zero bytes" in found["message"]
    assert found["field"] == "assetsSummary"
