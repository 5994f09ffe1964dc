"""Content: parts, digests, ranges, and uploads that go wrong."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from localdandi import objects
from localdandi.objects import multipart_etag, part_sizes
from tests.localdandi.conftest import Client


def _initialize(client: Client, dandiset: str, content: bytes, etag: str | None = None) -> requests.Response:
    etag = etag or multipart_etag([hashlib.md5(content).hexdigest()])
    digest = {"algorithm": "dandi:dandi-etag", "value": etag}
    body = {"contentSize": len(content), "digest": digest, "dandiset": dandiset}
    return client("POST", "/uploads/initialize/", json=body)


def _send(client: Client, started: dict[str, Any], content: bytes) -> None:
    """All steps but the last for an upload of one part."""
    put = requests.put(started["parts"][0]["upload_url"], data=content, timeout=30)
    assert put.status_code == 200
    assert put.headers["ETag"] == f'"{hashlib.md5(content).hexdigest()}"'
    parts = [{"part_number": 1, "size": len(content), "etag": put.headers["ETag"]}]
    complete = client("POST", f"/uploads/{started['upload_id']}/complete/", json={"parts": parts}).json()
    done = requests.post(complete["complete_url"], data=complete["body"], timeout=30)
    assert multipart_etag([hashlib.md5(content).hexdigest()]) in done.text


@pytest.mark.parametrize(
    ("size", "parts"),
    [(1, 1), (64 * 2**20, 1), (64 * 2**20 + 1, 2), (10_000 * 64 * 2**20, 10_000), (5 * 2**40, 10_000)],
)
def test_parts_are_cut_as_the_dandi_etag_is(size: int, parts: int) -> None:
    from dandischema.digests.dandietag import PartGenerator

    sizes = part_sizes(size)
    assert len(sizes) == parts
    assert sizes == [part.size for part in PartGenerator.for_file_size(size)]


def test_an_upload_of_several_parts(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "PART_SIZE", 1000)
    dandiset, content = alice.create("Parts"), bytes(range(256)) * 10
    asset = alice.add(dandiset, "a.bin", content)
    monkeypatch.undo()
    url = alice("GET", f"/assets/{asset['asset_id']}/download/").headers["Location"]
    assert requests.get(url, timeout=30).content == content


def test_known_content_is_a_409_with_its_id(alice: Client) -> None:
    dandiset = alice.create("Known")
    blob = alice.upload(dandiset, b"known")
    answer = _initialize(alice, dandiset, b"known")
    assert (answer.status_code, answer.json(), answer.headers["Location"]) == (
        409,
        "Blob already exists.",
        blob,
    )


def test_the_race_of_two_uploads_is_a_409_without_an_id(alice: Client) -> None:
    dandiset = alice.create("Race")
    first, second = (_initialize(alice, dandiset, b"race").json() for _ in range(2))
    for started in (first, second):
        _send(alice, started, b"race")
    assert alice("POST", f"/uploads/{first['upload_id']}/validate/").status_code == 200
    lost = alice("POST", f"/uploads/{second['upload_id']}/validate/")
    assert (lost.status_code, lost.json()) == (409, "An identical blob has already been uploaded.")
    assert "Location" not in lost.headers


def test_what_was_announced_must_be_what_came(alice: Client) -> None:
    dandiset = alice.create("Announced")
    wrong = multipart_etag([hashlib.md5(b"other").hexdigest()])
    started = _initialize(alice, dandiset, b"announced", etag=wrong).json()
    validate = f"/uploads/{started['upload_id']}/validate/"
    assert alice("POST", validate).json() == ["Object does not exist."]
    _send(alice, started, b"announced")
    actual = multipart_etag([hashlib.md5(b"announced").hexdigest()])
    assert alice("POST", validate).json() == [f"ETag {wrong} does not match actual ETag {actual}."]


def test_a_part_of_another_size_or_a_changed_url_is_refused(alice: Client) -> None:
    url = _initialize(alice, alice.create("Signed"), b"signed").json()["parts"][0]["upload_url"]
    assert requests.put(url, data=b"longer than said", timeout=30).status_code == 403
    assert (
        requests.put(url.replace("partNumber=1", "partNumber=2"), data=b"signed", timeout=30).status_code
        == 403
    )
    assert requests.put(url.partition("?")[0], data=b"signed", timeout=30).status_code == 403


def test_a_part_that_is_missing_cannot_be_put_together(alice: Client) -> None:
    started = _initialize(alice, alice.create("Missing"), b"missing").json()
    parts = [{"part_number": 1, "size": 7, "etag": hashlib.md5(b"missing").hexdigest()}]
    complete = alice("POST", f"/uploads/{started['upload_id']}/complete/", json={"parts": parts}).json()
    answer = requests.post(complete["complete_url"], data=complete["body"], timeout=30)
    assert answer.status_code == 400
    assert "InvalidPart" in answer.text


def test_a_dropped_part_leaves_nothing_that_counts(alice: Client) -> None:
    """Half a part, then silence: sending it again is all that is needed."""
    import socket
    from urllib.parse import urlsplit

    started = _initialize(alice, alice.create("Half"), b"half of it").json()
    url = urlsplit(started["parts"][0]["upload_url"])
    assert url.hostname
    with socket.create_connection((url.hostname, url.port or 80)) as connection:
        head = f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: 10\r\n\r\nhalf "
        connection.sendall(head.encode())
    _send(alice, started, b"half of it")
    assert alice("POST", f"/uploads/{started['upload_id']}/validate/").status_code == 200


def test_downloads_resume(alice: Client, tmp_path: Path) -> None:
    asset = alice.add(alice.create("Range"), "folder/name.txt", b"0123456789")
    found = alice("GET", f"/assets/{asset['asset_id']}/download/")
    assert found.status_code == 302
    url = found.headers["Location"]
    whole = requests.get(url, headers={"Authorization": "token nonsense"}, timeout=30)
    assert whole.content == b"0123456789"
    assert whole.headers["Content-Disposition"] == 'attachment; filename="name.txt"'
    part = requests.get(url, headers={"Range": "bytes=4-"}, timeout=30)
    assert (part.status_code, part.content, part.headers["Content-Length"]) == (206, b"456789", "6")
    unsigned = requests.get(url.partition("?")[0], timeout=30)
    assert unsigned.content == b"0123456789", "open content needs no signature"


def test_content_is_found_by_digest_without_a_key(alice: Client, anonymous: Client) -> None:
    blob = alice.upload(alice.create("Digest"), b"digest")
    sha256 = hashlib.sha256(b"digest").hexdigest()
    etag = multipart_etag([hashlib.md5(b"digest").hexdigest()])
    found = anonymous("POST", "/blobs/digest/", json={"algorithm": "dandi:dandi-etag", "value": etag})
    assert found.json()["blob_id"] == blob
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = anonymous("POST", "/blobs/digest/", json={"algorithm": "dandi:sha2-256", "value": sha256})
        if found.status_code == 200:
            break
        time.sleep(0.02)
    assert found.json() == {"blob_id": blob, "etag": etag, "sha256": sha256, "size": 6}


def test_uploads_that_were_not_ended_are_shown_and_cleared(alice: Client) -> None:
    dandiset = alice.create("Open ends")
    started = _initialize(alice, dandiset, b"open end").json()
    uploads = alice("GET", f"/dandisets/{dandiset}/uploads/").json()
    assert [one["upload_id"] for one in uploads["results"]] == [started["upload_id"]]
    assert alice("GET", f"/dandisets/{dandiset}/versions/draft/info/").json()["active_uploads"] == 1
    assert alice("DELETE", f"/dandisets/{dandiset}/uploads/").status_code == 204
    assert alice("GET", f"/dandisets/{dandiset}/uploads/").json()["count"] == 0
    assert alice("POST", f"/uploads/{started['upload_id']}/validate/").status_code == 404
