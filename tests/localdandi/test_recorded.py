"""Single requests that a real archive answered, and the same answers here (tests/cases/archive)."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import requests
from ruamel.yaml import YAML

from localdandi.testing import TestArchive
from tests.localdandi.conftest import Client

_FILE = Path(__file__).parents[1] / "cases" / "archive" / "requests.yaml"
_GROUPS = YAML(typ="safe").load(_FILE)
_CASES = [
    pytest.param(case, id=f"{group}: {case['name']}") for group, cases in _GROUPS.items() for case in cases
]


@pytest.fixture(scope="module")
def names(local: TestArchive, alice: Client) -> dict[str, str]:
    """What cases may name in angle brackets. No case changes any of it."""
    dandiset = alice.create("One")
    one = alice.add(dandiset, "a/one.txt", b"one")
    asset = alice.add(dandiset, "zz.txt", b"two")
    alice.add(dandiset, "b.txt", b"three")
    zarr = alice("POST", "/zarr/", json={"name": "z.zarr", "dandiset": dandiset}).json()["zarr_id"]
    digest = {"algorithm": "dandi:dandi-etag", "value": hashlib.md5(b"").hexdigest() + "-1"}
    body = {"contentSize": 3, "digest": digest, "dandiset": dandiset}
    upload = alice("POST", "/uploads/initialize/", json=body).json()["upload_id"]
    return {
        "api": local.api_url,
        "dandiset": dandiset,
        "embargoed": alice.create("Two", "?embargo=true"),
        "asset": asset["asset_id"],
        "blob": one["blob"],
        "zarr": zarr,
        "upload": upload,
        "long": "x" * 5001,
    }


@pytest.mark.parametrize("case", _CASES)
def test_a_request_is_answered_as_recorded(
    case: dict[str, Any], names: dict[str, str], request: pytest.FixtureRequest
) -> None:
    case = _filled(case, names)
    client: Client = request.getfixturevalue(case.get("as", "anonymous"))
    method, path = case["request"].split(" ", 1)
    answer = client(method, path, **_sent(case))
    assert (answer.status_code, _body(answer, case)) == (case["status"], case.get("body"))
    assert {name: answer.headers.get(name) for name in case.get("headers", {})} == case.get("headers", {})


def _filled(part: Any, names: dict[str, str]) -> Any:
    """A case with the names of this archive in it."""
    if isinstance(part, dict):
        return {key: _filled(value, names) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, names) for value in part]
    if isinstance(part, str):
        return re.sub(r"<(\w+)>", lambda name: names[name[1]], part)
    return part


def _sent(case: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": case["authorization"]} if "authorization" in case else {}
    if "json" in case:
        return {"json": case["json"], "headers": headers}
    if case.get("type"):
        headers["Content-Type"] = case["type"]
    return {
        "data": case["utf16"].encode("utf-16") if "utf16" in case else case.get("text", "").encode(),
        "headers": headers,
    }


def _body(answer: requests.Response, case: dict[str, Any]) -> Any:
    """The body as a case writes it: what it does not name is left out where it ends in `...`."""
    wanted = case.get("body")
    if wanted is None:
        return None
    if not answer.content:
        return "empty"
    if answer.headers["Content-Type"].startswith("text/html"):
        return "html"
    body = answer.json()
    if isinstance(wanted, dict) and "..." in wanted:
        return {key: body.get(key) for key in wanted}
    return body
