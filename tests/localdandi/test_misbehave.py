from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from localdandi.testing import TestArchive
from tests.localdandi.conftest import Client


@pytest.fixture(autouse=True)
def well_behaved(local: TestArchive) -> Iterator[None]:
    local.reset_counts()
    yield
    local.behave()


def _names(client: Client) -> list[str]:
    found = client("GET", "/dandisets/").json()["results"]
    return [one["draft_version"]["name"] for one in found]


@pytest.mark.parametrize(("status", "retry_after"), [(503, None), (500, None), (429, 2)])
def test_a_burst_of_errors_ends_and_has_no_effect(
    admin: Client, status: int, retry_after: float | None
) -> None:
    name = f"burst {status}"
    admin.archive.misbehave(
        method="POST", route="/dandisets/$", status=status, retry_after=retry_after, times=2
    )
    answers = [admin("POST", "/dandisets/", json={"name": name, "metadata": {}}) for _ in range(3)]
    assert [one.status_code for one in answers] == [status, status, 200]
    assert answers[0].headers.get("Retry-After") == (None if retry_after is None else f"{retry_after:g}")
    assert _names(admin).count(name) == 1


@pytest.mark.parametrize(("drop", "made"), [("before", 0), ("after", 1)])
def test_a_dropped_connection_with_and_without_effect(admin: Client, drop: str, made: int) -> None:
    admin.archive.misbehave(method="POST", drop=drop)
    with pytest.raises(requests.ConnectionError):
        admin("POST", "/dandisets/", json={"name": f"dropped {drop}", "metadata": {}})
    assert _names(admin).count(f"dropped {drop}") == made


def test_latency(admin: Client) -> None:
    admin.archive.misbehave(latency=0.2)
    started = time.monotonic()
    admin("GET", "/info/")
    assert time.monotonic() - started >= 0.2


def test_bandwidth(admin: Client) -> None:
    dandiset = admin.create("slow")
    admin.archive.misbehave(method="PUT", route="/objects/", bandwidth=1_000_000)
    started = time.monotonic()
    admin.upload(dandiset, b"slow" * 50_000)
    assert time.monotonic() - started >= 0.2


def test_it_stops_answering_after_n_requests(admin: Client) -> None:
    """What a test needs to kill a client between any two of its requests."""
    admin.archive.misbehave(method="POST|PUT|DELETE", skip=2, times=-1, stall=True)
    code = (
        "import sys, requests\n"
        "for n in range(9): requests.post(sys.argv[1], json={'name': f'stalled {n}', 'metadata': {}},"
        " headers={'Authorization': sys.argv[2]}, timeout=60)"
    )
    url, token = f"{admin.archive.api_url}/dandisets/", f"token {admin.archive.key}"
    client = subprocess.Popen([sys.executable, "-c", code, url, token])
    assert admin.archive.stalled(30)
    client.kill()
    client.wait()
    assert [name for name in _names(admin) if name.startswith("stalled")] == ["stalled 0", "stalled 1"]


def test_requests_are_counted_by_route_and_reads_are_not_writes(admin: Client) -> None:
    dandiset = admin.create("counted")
    admin("GET", f"/dandisets/{dandiset}/")
    admin("POST", "/blobs/digest/", json={"algorithm": "dandi:sha2-256", "value": "x"})
    assert admin.archive.counts() == {
        ("POST", "/api/dandisets/"): 1,
        ("GET", "/api/dandisets/{id}/"): 1,
        ("POST", "/api/blobs/digest/"): 1,
    }
    assert admin.archive.writes() == 1


def test_expired_presigned_urls(admin: Client) -> None:
    dandiset = admin.create("expired")
    asset = admin.add(dandiset, "a.txt", b"expired")
    admin.archive.settings.url_lifetime = -1
    try:
        location = admin("GET", f"/assets/{asset['asset_id']}/download/").headers["Location"]
    finally:
        admin.archive.settings.url_lifetime = None
    assert admin("GET", location).status_code == 403


def test_over_http_for_the_admin_alone(admin: Client, alice: Client) -> None:
    control: dict[str, Any] = {"json": {"route": "/info/", "status": 418}}
    url = f"{admin.archive.web_url}/_test"
    assert alice("POST", f"{url}/faults", **control).status_code == 403
    assert admin("POST", f"{url}/faults", **control).status_code == 204
    assert alice("GET", "/info/").status_code == 418
    assert admin("GET", f"{url}/counts").json() == {
        "writes": 0,
        "stalled": False,
        "counts": [{"method": "GET", "route": "/api/info/", "count": 1}],
    }
    assert admin("POST", f"{url}/faults", json={"statuss": 1}).status_code == 400
    key = admin(
        "POST",
        f"{url}/users",
        json={"login": "carol", "first_name": "C", "last_name": "D", "email": "c@example.org"},
    )
    me = requests.get(
        f"{admin.archive.api_url}/users/me/", headers={"Authorization": f"token {key.json()['key']}"}
    )
    assert me.json() == {"admin": False, "username": "carol", "name": "C D", "status": "APPROVED"}
