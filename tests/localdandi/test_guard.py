from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import pytest
import requests

from localdandi.guard import is_loopback
from localdandi.serving import Serving, in_thread, listen
from localdandi.store import blobs
from localdandi.testing import TestArchive
from tests.localdandi.conftest import Client, log_in


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]"])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "192.168.0.1", "localhost.example.org", "127.0.0.1.nip.io", "[::]"]
)
def test_not_only_this_machine(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("host", "status"), [("localhost:1234", 200), ("[::1]:80", 200), ("evil.example.org", 421)]
)
def test_a_page_of_a_strangers_cannot_read_through_the_browser(
    local: TestArchive, host: str, status: int
) -> None:
    assert requests.get(f"{local.api_url}/info/", headers={"Host": host}, timeout=30).status_code == status


@pytest.fixture(scope="module")
def beyond(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """An archive that other machines can reach."""
    with listen("0.0.0.0", 0) as listening, Serving(tmp_path_factory.mktemp("store"), listening) as serving:
        thread: threading.Thread = in_thread(serving)
        yield serving
        serving.stop()
        thread.join()


def test_beyond_loopback_what_is_no_key_is_refused_in_words(beyond: Serving) -> None:
    url = f"{beyond.running.api_url}/dandisets/"
    for header, words in (("token a b", "should not contain spaces"), ("token", "No credentials provided")):
        answer = requests.get(url, headers={"Authorization": header}, timeout=30)
        assert (answer.status_code, words in answer.text) == (401, True)


@pytest.mark.parametrize(
    "cookie", ["a/b=1", "session", "=;;=", 'session="', "a=\x80; session=\xff", "x" * 20_000]
)
def test_beyond_loopback_a_cookie_of_any_form_is_no_key(beyond: Serving, cookie: str) -> None:
    headers = {"Cookie": cookie.encode("latin-1")}
    answer = requests.get(f"{beyond.running.api_url}/dandisets/", headers=headers, timeout=30)
    assert answer.status_code == 401


def test_beyond_loopback_a_key_is_required(beyond: Serving) -> None:
    web = beyond.running.web_url
    assert "127.0.0.1" in web

    def status(path: str, **headers: str) -> int:
        return requests.get(web + path, headers=headers, timeout=30, allow_redirects=False).status_code

    assert status("/api/dandisets/") == 401
    assert status("/api/dandisets/", Authorization="token wrong") == 401
    assert status("/api/dandisets/", Authorization=f"token {beyond.running.key}") == 200
    assert status("/") == 303
    session = log_in(web, beyond.running.key)
    assert status("/", Cookie=f"session={session}") == 200
    assert status("/", Cookie=f"session={beyond.running.key}") == 303
    assert status("/login") == status("/api/info/") == 200
    with beyond.archive.database.write() as db:
        db.execute("INSERT INTO dandisets VALUES (1, '', '', 'OPEN', NULL)")
        blob = blobs.mint(db, blobs.start_upload(db, 1, "x-1", 1, embargoed=False))
    assert blob
    path = f"/dandi-dandisets/blobs/{blob.blob_id[:3]}/{blob.blob_id[3:6]}/{blob.blob_id}"
    assert status(path) == 401
    assert status(f"{path}?X-Amz-Signature=made-up") == 403


OBJECTS = {
    "manifest": "/dandi-dandisets/dandisets/{dandiset}/draft/dandiset.jsonld",
    "assets": "/dandi-dandisets/dandisets/{dandiset}/draft/assets.yaml",
    "blob": "/dandi-dandisets/blobs/{a}/{b}/{blob}",
    "zarr": "/dandi-dandisets/zarr/{zarr}/0/0",
}


@pytest.fixture(scope="module")
def kept(beyond: Serving) -> dict[str, str]:
    """An open dandiset with a blob and a zarr file, to be read by who may come in."""
    session = requests.Session()
    session.headers["Authorization"] = f"token {beyond.running.key}"
    client = Client(cast("TestArchive", SimpleNamespace(api_url=beyond.running.api_url)), session)
    dandiset = client.create()
    blob = client.upload(dandiset, b"for those with a key")
    zarr = client("POST", "/zarr/", json={"name": "a.zarr", "dandiset": dandiset}).json()["zarr_id"]
    md5 = base64.b64encode(hashlib.md5(b"0").digest()).decode()
    files = [{"path": "0/0", "base64md5": md5}]
    urls = client("POST", f"/zarr/{zarr}/files/", json=files).json()
    assert requests.put(urls[0], data=b"0", headers={"Content-MD5": md5}, timeout=30).ok
    return {"dandiset": dandiset, "blob": blob, "a": blob[:3], "b": blob[3:6], "zarr": zarr}


@pytest.mark.parametrize("kind", OBJECTS)
@pytest.mark.parametrize(
    ("query", "status"),
    [("", 401), ("?x=1", 401), ("?NotX-Amz-Signature=1", 401), ("?X-Amz-Signature=", 403)],
)
def test_beyond_loopback_no_object_opens_without_a_key_or_a_valid_signature(
    beyond: Serving, kept: dict[str, str], kind: str, query: str, status: int
) -> None:
    url = beyond.running.web_url + OBJECTS[kind].format(**kept)
    assert requests.get(url + query, timeout=30).status_code == status
    key = {"Authorization": f"token {beyond.running.key}"}
    assert requests.get(url, headers=key, timeout=30).status_code == 200


@pytest.mark.parametrize("kind", OBJECTS)
def test_a_valid_signature_opens_its_own_object_alone(
    beyond: Serving, kept: dict[str, str], kind: str
) -> None:
    path = OBJECTS[kind].format(**kept)
    signed = beyond.archive.signer.url("GET", path, {}, 60)
    assert requests.get(beyond.running.web_url + signed, timeout=30).status_code == 200
    query = signed.partition("?")[2]
    for other in (OBJECTS[name].format(**kept) for name in OBJECTS if name != kind):
        answer = requests.get(f"{beyond.running.web_url}{other}?{query}", timeout=30)
        assert answer.status_code == 403
    expired = beyond.archive.signer.url("GET", path, {}, -1)
    assert requests.get(beyond.running.web_url + expired, timeout=30).status_code == 403


def test_a_crash_loses_nothing_acknowledged(tmp_path_factory: pytest.TempPathFactory) -> None:
    from localdandi.server import running_server

    store = tmp_path_factory.mktemp("store")
    with running_server(store) as server:
        headers = {"Authorization": f"token {server.key}"}
        fault = {"method": "POST", "skip": 1, "crash": True}
        requests.post(f"{server.web_url}/_test/faults", json=fault, headers=headers, timeout=30)
        made = {"name": "kept", "metadata": {}}
        assert requests.post(f"{server.api_url}/dandisets/", json=made, headers=headers, timeout=30).ok
        with pytest.raises(requests.ConnectionError):
            requests.post(f"{server.api_url}/dandisets/", json=made, headers=headers, timeout=30)
    with running_server(store) as server:
        assert requests.get(f"{server.api_url}/dandisets/", timeout=30).json()["count"] == 1


def test_a_crash_is_refused_where_it_would_end_the_test(admin: Client) -> None:
    with pytest.raises(ValueError, match="this process"):
        admin.archive.misbehave(crash=True)
