from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from localdandi.objects import multipart_etag, part_sizes
from localdandi.testing import TestArchive, archive


@pytest.fixture(autouse=True)
def no_telemetry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANDI_NO_ET", "1")


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestArchive]:
    """One archive for a module; tests use dandisets of their own."""
    with archive(tmp_path_factory.mktemp("store")) as running:
        yield running


@dataclass
class Client:
    """The API in a test's words; raises nothing, returns responses."""

    archive: TestArchive
    session: requests.Session

    def __call__(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        url = path if path.startswith("http") else f"{self.archive.api_url}{path}"
        kwargs.setdefault("allow_redirects", False)
        return self.session.request(method, url, timeout=30, **kwargs)

    def create(self, name: str = "A dandiset", query: str = "", **metadata: Any) -> str:
        response = self("POST", f"/dandisets/{query}", json={"name": name, "metadata": metadata})
        assert response.status_code == 200, response.text
        return str(response.json()["identifier"])

    def upload(self, dandiset: str, content: bytes) -> str:
        """Returns the blob's id, whether or not the content was known."""
        import hashlib

        sizes = part_sizes(len(content))
        ends = [sum(sizes[: i + 1]) for i in range(len(sizes))]
        pieces = [content[end - size : end] for size, end in zip(sizes, ends, strict=True)]
        md5s = [hashlib.md5(piece).hexdigest() for piece in pieces]
        digest = {"algorithm": "dandi:dandi-etag", "value": multipart_etag(md5s)}
        body = {"contentSize": len(content), "digest": digest, "dandiset": dandiset}
        started = self("POST", "/uploads/initialize/", json=body)
        if started.status_code == 409:
            return started.headers["Location"]
        assert started.status_code == 200, started.text
        parts = []
        for part, piece in zip(started.json()["parts"], pieces, strict=True):
            put = requests.put(part["upload_url"], data=piece, timeout=30)
            assert put.status_code == 200, put.text
            parts.append(
                {"part_number": part["part_number"], "size": len(piece), "etag": put.headers["ETag"]}
            )
        upload = f"/uploads/{started.json()['upload_id']}"
        complete = self("POST", f"{upload}/complete/", json={"parts": parts}).json()
        assert requests.post(complete["complete_url"], data=complete["body"], timeout=30).status_code == 200
        validated = self("POST", f"{upload}/validate/")
        assert validated.status_code == 200, validated.text
        return str(validated.json()["blob_id"])

    def add(self, dandiset: str, path: str, content: bytes = b"content", **metadata: Any) -> dict[str, Any]:
        """An asset with a new or known content; returns its `info`."""
        response = self.post_asset(dandiset, path, self.upload(dandiset, content), **metadata)
        assert response.status_code == 200, response.text
        info: dict[str, Any] = response.json()
        return info

    def post_asset(self, dandiset: str, path: str, blob: str, **metadata: Any) -> requests.Response:
        document = {"schemaKey": "Asset", "encodingFormat": "text/plain", **metadata, "path": path}
        body = {"metadata": document, "blob_id": blob}
        return self("POST", f"/dandisets/{dandiset}/versions/draft/assets/", json=body)


def log_in(web_url: str, key: str) -> str:
    """Logs in to the web pages; returns the session's token."""
    answer = requests.post(f"{web_url}/login", data={"key": key}, timeout=30, allow_redirects=False)
    assert answer.status_code == 303
    return answer.cookies["session"]


def client_of(archive: TestArchive, key: str | None) -> Client:
    session = requests.Session()
    session.trust_env = False
    if key:
        session.headers["Authorization"] = f"token {key}"
    return Client(archive, session)


@pytest.fixture(scope="module")
def admin(local: TestArchive) -> Client:
    return client_of(local, local.key)


@pytest.fixture(scope="module")
def alice(local: TestArchive) -> Client:
    """An approved user."""
    return client_of(local, local.add_user("alice", "Liddell, Alice"))


@pytest.fixture(scope="module")
def bob(local: TestArchive) -> Client:
    """Another one."""
    return client_of(local, local.add_user("bob", "Builder, Bob"))


@pytest.fixture(scope="module")
def anonymous(local: TestArchive) -> Client:
    return client_of(local, None)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"
