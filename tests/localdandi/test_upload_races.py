"""Two requests about one upload at once: content that is on the archive stays there."""

from __future__ import annotations

import base64
import hashlib
import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from localdandi import jobs
from localdandi.objects import multipart_etag
from localdandi.routes import uploads
from localdandi.store import blobs
from localdandi.testing import TestArchive
from tests.localdandi.conftest import Client


def begin(client: Client, dandiset: str, content: bytes) -> tuple[str, dict[str, Any]]:
    """An upload with its one part sent: its id and its part's URL and listing."""
    etag = multipart_etag([hashlib.md5(content).hexdigest()])
    digest = {"algorithm": "dandi:dandi-etag", "value": etag}
    body = {"contentSize": len(content), "digest": digest, "dandiset": dandiset}
    started = client("POST", "/uploads/initialize/", json=body).json()
    url = started["parts"][0]["upload_url"]
    put = requests.put(url, data=content, timeout=30)
    part = {"part_number": 1, "size": len(content), "etag": put.headers["ETag"]}
    return started["upload_id"], {"url": url, "part": part}


def assemble(client: Client, upload: str, sent: dict[str, Any]) -> int:
    listing = client("POST", f"/uploads/{upload}/complete/", json={"parts": [sent["part"]]}).json()
    return requests.post(listing["complete_url"], data=listing["body"], timeout=30).status_code


def readable(client: Client, blob_id: str) -> bytes:
    path = f"/dandi-dandisets/blobs/{blob_id[:3]}/{blob_id[3:6]}/{blob_id}"
    return client("GET", client.archive.web_url + path).content


def test_a_second_validate_of_one_upload_leaves_the_blob_alone(
    alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read the upload before either of them ends it."""
    content = b"validated twice"
    upload, sent = begin(alice, alice.create(), content)
    assert assemble(alice, upload, sent) == 200
    seen = blobs.upload_by_id(alice.archive.serving.archive.database.read(), upload)
    monkeypatch.setattr(uploads, "_upload", lambda call: seen)
    statuses = [alice("POST", f"/uploads/{upload}/validate/").status_code for _ in range(2)]
    assert statuses == [200, 404]
    assert readable(alice, upload) == content


def test_uploads_that_are_dropped_while_one_is_validated_leave_its_blob_alone(
    alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The drop has listed the upload before it ends as a blob."""
    content, dandiset = b"dropped late", alice.create()
    upload, sent = begin(alice, dandiset, content)
    assert assemble(alice, upload, sent) == 200
    real = uploads._owned_dandiset

    def owned(call: Any) -> Any:
        found = real(call)
        assert alice("POST", f"/uploads/{upload}/validate/").status_code == 200
        return found

    monkeypatch.setattr(uploads, "_owned_dandiset", owned)
    assert alice("DELETE", f"/dandisets/{dandiset}/uploads/").status_code == 204
    assert readable(alice, upload) == content


def test_once_the_parts_are_put_together_none_of_them_changes(alice: Client) -> None:
    content = b"first come"
    upload, sent = begin(alice, alice.create(), content)
    assert assemble(alice, upload, sent) == 200
    late = requests.put(sent["url"], data=b"late comer", timeout=30)
    assert late.status_code == 404
    assert alice("POST", f"/uploads/{upload}/validate/").status_code == 200
    assert readable(alice, upload) == content


def begin_to_send(url: str, size: int, start: bytes) -> http.client.HTTPConnection:
    """A PUT whose body has begun; the rest is the caller's to send."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.putrequest("PUT", f"{parts.path}?{parts.query}")
    connection.putheader("Content-Length", str(size))
    connection.endheaders(start)
    return connection


def writing(client: Client, upload: str) -> None:
    """Waits until a part of the upload is being written."""
    store = client.archive.serving.archive.objects
    while not store._claims.get(upload):
        time.sleep(0.005)


def test_a_slow_sender_of_a_part_does_not_change_what_was_sent_after_it(alice: Client) -> None:
    content = b"second" * 1000
    etag = multipart_etag([hashlib.md5(content).hexdigest()])
    digest = {"algorithm": "dandi:dandi-etag", "value": etag}
    body = {"contentSize": len(content), "digest": digest, "dandiset": alice.create()}
    started = alice("POST", "/uploads/initialize/", json=body).json()
    upload, url = started["upload_id"], started["parts"][0]["upload_url"]
    slow = begin_to_send(url, len(content), b"first " * 10)
    writing(alice, upload)
    put = requests.put(url, data=content, timeout=30)
    assert put.status_code == 200
    part = {"part_number": 1, "size": len(content), "etag": put.headers["ETag"]}
    assert assemble(alice, upload, {"part": part}) == 200
    slow.send(b"first " * 990)
    assert slow.getresponse().status == 409
    assert alice("POST", f"/uploads/{upload}/validate/").status_code == 200
    assert readable(alice, upload) == content


def test_a_part_of_an_upload_that_is_dropped_meanwhile_is_told_so(alice: Client) -> None:
    dandiset, content = alice.create(), b"too late"
    etag = multipart_etag([hashlib.md5(content).hexdigest()])
    digest = {"algorithm": "dandi:dandi-etag", "value": etag}
    body = {"contentSize": len(content), "digest": digest, "dandiset": dandiset}
    started = alice("POST", "/uploads/initialize/", json=body).json()
    slow = begin_to_send(started["parts"][0]["upload_url"], len(content), content[:3])
    writing(alice, started["upload_id"])
    assert alice("DELETE", f"/dandisets/{dandiset}/uploads/").status_code == 204
    slow.send(content[3:])
    assert slow.getresponse().status == 404


def test_a_file_of_a_zarr_that_is_deleted_meanwhile_is_told_so(alice: Client) -> None:
    dandiset, content = alice.create(), b"too late"
    zarr = alice("POST", "/zarr/", json={"name": "a.zarr", "dandiset": dandiset}).json()["zarr_id"]
    md5 = base64.b64encode(hashlib.md5(content).digest()).decode()
    url = alice("POST", f"/zarr/{zarr}/files/", json=[{"path": "0", "base64md5": md5}]).json()[0]
    parts = urlsplit(url)
    slow = http.client.HTTPConnection(parts.netloc, timeout=30)
    slow.putrequest("PUT", f"{parts.path}?{parts.query}")
    slow.putheader("Content-MD5", md5)
    slow.putheader("Content-Length", str(len(content)))
    slow.endheaders(content[:3])
    folder = alice.archive.serving.archive.objects.root / "zarr"
    while not list(folder.glob("*/*.part")):
        time.sleep(0.005)
    assert alice("DELETE", f"/dandisets/{dandiset}/").status_code == 204
    slow.send(content[3:])
    assert slow.getresponse().status == 404
    assert not [file for file in folder.rglob("*") if file.is_file()]


def test_many_validates_and_assemblies_at_once_make_one_blob(alice: Client) -> None:
    content = b"all at once"
    upload, sent = begin(alice, alice.create(), content)
    with ThreadPoolExecutor(8) as pool:
        assembled = set(pool.map(lambda _: assemble(alice, upload, sent), range(8)))
        validated = list(
            pool.map(lambda _: alice("POST", f"/uploads/{upload}/validate/").status_code, range(8))
        )
    assert assembled == {200}
    assert sorted(validated) == [200] + [404] * 7
    assert readable(alice, upload) == content


def test_a_blob_that_cannot_be_read_holds_up_no_other(local: TestArchive, alice: Client) -> None:
    dandiset = alice.create()
    archive = local.serving.archive
    with local.at_rest():
        damaged = alice.upload(dandiset, b"its object is lost")
        archive.objects.remove(archive.objects.blob(damaged))
        sound = alice.upload(dandiset, b"its object is here")
        while jobs.hash_blobs(archive):
            pass
    db = archive.database.read()
    found = [blobs.by_id(db, blob) for blob in (damaged, sound)]
    assert [bool(blob and blob.sha256) for blob in found] == [False, True]
