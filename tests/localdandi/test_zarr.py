from __future__ import annotations

import base64
import hashlib
import re
import time
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests

from tests.localdandi.conftest import Client

_FILES = {".zattrs": b"{}", "0/0/0": b"chunk", "0/.zarray": b"{...}", "0.txt": b"beside"}


def _create(client: Client, dandiset: str, name: str) -> str:
    answer = client("POST", "/zarr/", json={"name": name, "dandiset": dandiset})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["zarr_id"])


def _md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content).digest()).decode()


def _ask(client: Client, zarr: str, files: dict[str, bytes]) -> list[str]:
    body = [{"path": path, "base64md5": _md5(content)} for path, content in files.items()]
    answer = client("POST", f"/zarr/{zarr}/files/", json=body)
    assert answer.status_code == 200, answer.text
    urls: list[str] = answer.json()
    return urls


def _send(client: Client, zarr: str, files: dict[str, bytes], headers: dict[str, str] | None = None) -> None:
    for url, content in zip(_ask(client, zarr, files), files.values(), strict=True):
        sent = requests.put(
            url, data=content, headers={"Content-MD5": _md5(content), **(headers or {})}, timeout=30
        )
        assert sent.status_code == 200, sent.text


def _ingested(client: Client, zarr: str) -> dict[str, Any]:
    assert client("POST", f"/zarr/{zarr}/finalize/").status_code == 204
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found: dict[str, Any] = client("GET", f"/zarr/{zarr}/").json()
        if found["status"] == "Complete":
            return found
        time.sleep(0.02)
    raise AssertionError(found)


@pytest.fixture(scope="module")
def filled(alice: Client) -> str:
    zarr = _create(alice, alice.create("Zarr"), f"{uuid4()}.zarr")
    _send(alice, zarr, _FILES)
    _ingested(alice, zarr)
    return zarr


def test_a_zarr_from_creation_to_asset(alice: Client) -> None:
    dandiset = alice.create("Whole")
    zarr = _create(alice, dandiset, "sub-1/a.zarr")
    metadata = {"path": "sub-1/a.zarr", "encodingFormat": "nonsense", "schemaKey": "Asset"}
    url = f"/dandisets/{dandiset}/versions/draft/assets/"
    asset = alice("POST", url, json={"metadata": metadata, "zarr_id": zarr}).json()
    assert (asset["zarr"], asset["blob"], asset["size"]) == (zarr, None, 0)
    assert asset["metadata"]["digest"] == {"dandi:dandi-zarr-checksum": None}
    _send(alice, zarr, _FILES)
    whole = _ingested(alice, zarr)
    assert (whole["file_count"], whole["size"]) == (4, sum(map(len, _FILES.values())))
    assert whole["checksum"].endswith("-4--18")
    metadata = alice("GET", f"/assets/{asset['asset_id']}/").json()
    assert metadata["digest"] == {"dandi:dandi-zarr-checksum": whole["checksum"]}
    assert metadata["encodingFormat"] == "application/x-zarr"
    assert metadata["contentSize"] == 18
    info = alice("GET", f"/dandisets/{dandiset}/versions/draft/info/").json()
    assert (info["asset_count"], info["size"]) == (1, 18)
    assert alice("GET", f"{url}?zarr=true").json()["count"] == 1
    download = alice("GET", f"/assets/{asset['asset_id']}/download/")
    assert download.status_code == 400
    _send(alice, zarr, {"new": b"!"})
    assert alice("GET", f"/zarr/{zarr}/").json()["checksum"] is None
    unknown = alice("GET", f"/assets/{asset['asset_id']}/info/").json()
    assert unknown["size"] == 0, "nothing is known until the next ingest"


def test_the_checksum_is_that_of_the_client(alice: Client) -> None:
    zarr = _create(alice, alice.create("Empty"), "empty.zarr")
    assert _ingested(alice, zarr)["checksum"] == "481a2f77ab786a0f45aafd5db0971caa-0--0"


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", [".zattrs", "0.txt", "0/.zarray", "0/0/0"]),
        ("?prefix=0/", ["0.txt", "0/.zarray", "0/0/0"]),  # a slash at the end of a prefix is lost
        ("?prefix=0/0", ["0/0/0"]),
        ("?after=0.txt", ["0/.zarray", "0/0/0"]),
        ("?prefix=nothing", []),
        ("?limit=0", []),
    ],
)
def test_listing_files(alice: Client, filled: str, query: str, keys: list[str]) -> None:
    for slash in ("/", ""):  # without it there is a redirect
        answer = alice("GET", f"/zarr/{filled}/files{slash}{query}", allow_redirects=True).json()
        assert [one["Key"] for one in answer["results"]] == keys
        assert answer["next"] is None


def test_pages_of_files(alice: Client, filled: str) -> None:
    page = alice("GET", f"/zarr/{filled}/files/?limit=3").json()
    assert page["results"][0]["ETag"] == hashlib.md5(b"{}").hexdigest()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00", page["results"][0]["LastModified"])
    assert [one["Key"] for one in alice("GET", page["next"]).json()["results"]] == ["0/0/0"]


def test_one_file_by_redirect(alice: Client, filled: str) -> None:
    found = alice("GET", f"/zarr/{filled}/files/?prefix=0/0/0&download=true")
    assert found.status_code == 302
    assert requests.get(found.headers["Location"], timeout=30).content == b"chunk"
    head = alice("HEAD", f"/zarr/{filled}/files/?prefix=0/0/0")
    etag = requests.head(head.headers["Location"], timeout=30).headers["ETag"]
    assert etag == f'"{hashlib.md5(b"chunk").hexdigest()}"'
    gone = alice("HEAD", f"/zarr/{filled}/files/?prefix=0/9")
    assert requests.head(gone.headers["Location"], timeout=30).status_code == 404


def test_the_folder_by_redirect(alice: Client, filled: str) -> None:
    """A GET of no file goes to the folder, a HEAD to its name without the slash."""
    for method, query, end in (("GET", "?download=true", "/"), ("HEAD", "", "")):
        location = alice(method, f"/zarr/{filled}/files/{query}").headers["Location"]
        assert urlsplit(location).path.endswith(f"/zarr/{filled}{end}")


@pytest.mark.parametrize(("path", "kept"), [("/x", "x"), ("a//x", "a/x"), ("./a/./x", "a/x")])
def test_a_path_is_kept_without_empty_parts(alice: Client, path: str, kept: str) -> None:
    zarr = _create(alice, alice.create("Paths"), f"{uuid4()}.zarr")
    _send(alice, zarr, {path: b"x"})
    assert [file["Key"] for file in alice("GET", f"/zarr/{zarr}/files/").json()["results"]] == [kept]
    assert alice("DELETE", f"/zarr/{zarr}/files/", json=[{"path": path}]).status_code == 204


@pytest.mark.parametrize("name", ["a?b", "a#b", "a%20b", "a b", "ä", "a+b&c=d", "a:*"])
def test_any_name_can_be_a_files(alice: Client, name: str) -> None:
    zarr = _create(alice, alice.create("Names"), f"{uuid4()}.zarr")
    _send(alice, zarr, {f"0/{name}": b"x"})
    found = _ingested(alice, zarr)
    assert (found["file_count"], found["size"]) == (1, 1)
    assert [file["Key"] for file in alice("GET", f"/zarr/{zarr}/files/").json()["results"]] == [f"0/{name}"]


def test_deleting_is_all_or_nothing(alice: Client) -> None:
    zarr = _create(alice, alice.create("Deleting"), "d.zarr")
    _send(alice, zarr, _FILES)
    url = f"/zarr/{zarr}/files/"
    answer = alice("DELETE", url, json=[{"path": "0.txt"}, {"path": "x"}])
    assert (answer.status_code, answer.json()) == (400, [f"File zarr/{zarr}/x does not exist."])
    assert len(alice("GET", url).json()["results"]) == 4
    assert alice("DELETE", url, json=[{"path": "0.txt"}]).status_code == 204
    assert len(alice("GET", url).json()["results"]) == 3


def test_a_file_must_be_what_its_url_was_made_for(alice: Client) -> None:
    zarr = _create(alice, alice.create("MD5"), "m.zarr")
    url = _ask(alice, zarr, {"a": b"right"})[0]
    assert requests.put(url, data=b"right", timeout=30).status_code == 403, (
        "the header is part of the signature"
    )
    assert (
        requests.put(url, data=b"wrong", headers={"Content-MD5": _md5(b"wrong")}, timeout=30).status_code
        == 403
    )
    assert (
        requests.put(url, data=b"wrong", headers={"Content-MD5": _md5(b"right")}, timeout=30).status_code
        == 400
    )
    assert alice("GET", f"/zarr/{zarr}/files/").json()["results"] == []


def test_a_file_without_a_length_is_not_taken(alice: Client) -> None:
    zarr = _create(alice, alice.create(), "chunked.zarr")
    [url] = _ask(alice, zarr, {"0": b"content"})
    headers = {"Content-MD5": _md5(b"content")}
    sent = requests.put(url, data=iter([b"con", b"tent"]), headers=headers, timeout=30)
    assert (sent.status_code, "MissingContentLength" in sent.text) == (411, True)


def test_embargoed_files_are_tagged(alice: Client, anonymous: Client) -> None:
    zarr = _create(alice, alice.create("Closed", "?embargo=true"), "e.zarr")
    url = _ask(alice, zarr, {"a": b"secret"})[0]
    assert "x-amz-tagging" in url
    assert (
        requests.put(url, data=b"secret", headers={"Content-MD5": _md5(b"secret")}, timeout=30).status_code
        == 403
    )
    _send(alice, zarr, {"a": b"secret"}, {"x-amz-tagging": "embargoed=true"})
    assert requests.get(url.partition("?")[0], timeout=30).status_code == 403
    assert anonymous("GET", f"/zarr/{zarr}/").status_code == 404


def test_refusals(alice: Client, bob: Client) -> None:
    dandiset = alice.create("Refusals")
    zarr = _create(alice, dandiset, "r.zarr")
    body = {"name": "r.zarr", "dandiset": dandiset}
    files = f"/zarr/{zarr}/files/"
    ingesting = "Zarr archive is currently ingesting or has already ingested"
    with alice.archive.at_rest():
        finalized = alice("POST", f"/zarr/{zarr}/finalize/")
        cases: list[tuple[requests.Response, int, Any]] = [
            (finalized, 204, None),
            (alice("POST", f"/zarr/{zarr}/finalize/"), 400, ingesting),
            (alice("POST", files, json=[{"path": "a", "base64md5": "x"}]), 400, ingesting),
            (alice("POST", "/zarr/", json=body), 400,
             {"non_field_errors": ["The fields dandiset, name must make a unique set."]}),
            (bob("POST", "/zarr/", json=body), 403, None),
            (alice("POST", "/zarr/", json={"name": "n", "dandiset": "x"}), 400,
             {"dandiset": ["A valid Dandiset identifier is required."]}),
            (alice("GET", f"{files}?prefix=a/../b"), 400,
             {"prefix": ['Zarr path cannot contain ".." components.']}),
            (alice("GET", f"/zarr/?dandiset={dandiset}&name=r.zarr"), 200, None),
        ]  # fmt: skip
    for answer, status, expected in cases:
        assert answer.status_code == status, answer.text
        assert expected is None or answer.json() == expected
    assert cases[-1][0].json()["results"][0]["zarr_id"] == zarr
