"""Two requests about one upload at once: content that is on the archive stays there."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from localdandi import hashing
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
    real = uploads._owned

    def owned(call: Any) -> Any:
        found = real(call)
        assert alice("POST", f"/uploads/{upload}/validate/").status_code == 200
        return found

    monkeypatch.setattr(uploads, "_owned", owned)
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
        while hashing.run(archive):
            pass
    db = archive.database.read()
    found = [blobs.by_id(db, blob) for blob in (damaged, sound)]
    assert [bool(blob and blob.sha256) for blob in found] == [False, True]
