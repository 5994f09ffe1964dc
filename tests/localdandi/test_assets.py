"""Assets: ids that change, conflicts, listings."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from localdandi import asset_metadata
from localdandi.objects import multipart_etag
from tests.localdandi.conftest import Client


def _assets(client: Client, dandiset: str, query: str = "") -> list[str]:
    answer = client("GET", f"/dandisets/{dandiset}/versions/draft/assets/{query}")
    assert answer.status_code == 200, answer.text
    return [one["path"] for one in answer.json()["results"]]


def _put(client: Client, dandiset: str, asset: dict[str, Any], **changes: Any) -> dict[str, Any]:
    body = {"metadata": asset["metadata"] | changes, "blob_id": asset["blob"]}
    answer = client("PUT", f"/dandisets/{dandiset}/versions/draft/assets/{asset['asset_id']}/", json=body)
    assert answer.status_code == 200, answer.text
    info: dict[str, Any] = answer.json()
    return info


@pytest.fixture(scope="module")
def listed(alice: Client) -> str:
    dandiset = alice.create("Listed")
    for path in (
        "b/two.txt",
        "B/One.txt",
        "a.txt",
        "a_x.txt",
        "b/ten%.txt".replace("%", "+"),
        "z/deep/er.txt",
    ):
        alice.add(dandiset, path)
    return dandiset


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("?order=path", ["B/One.txt", "a.txt", "a_x.txt", "b/ten+.txt", "b/two.txt", "z/deep/er.txt"]),
        ("", ["b/two.txt", "B/One.txt", "a.txt", "a_x.txt", "b/ten+.txt", "z/deep/er.txt"]),
        ("?order=-created&page_size=1", ["z/deep/er.txt"]),
        ("?order=modified&page_size=1", ["b/two.txt"]),
        ("?path=b/&order=path", ["B/One.txt", "b/ten+.txt", "b/two.txt"]),  # case does not count
        ("?path=a.txt", ["a.txt"]),  # an exact path is taken alone
        ("?path=a_&order=path", ["a_x.txt"]),  # no wildcard
        ("?path=nothing", []),
        ("?glob=*ONE*", ["B/One.txt"]),
        ("?glob=b/*&order=path", ["B/One.txt", "b/ten+.txt", "b/two.txt"]),
        ("?glob=z/*.txt", ["z/deep/er.txt"]),  # a star crosses slashes
        ("?glob=?.txt", []),  # nothing but the star is special
        ("?glob=a[._]x.txt", []),
        ("?zarr=true", []),
        ("?page_size=2&page=2&order=path", ["a_x.txt", "b/ten+.txt"]),
        ("?page=9", []),
    ],
)
def test_listing(alice: Client, listed: str, query: str, paths: list[str]) -> None:
    assert _assets(alice, listed, query) == paths


def test_pages_link_to_each_other_and_count_once(alice: Client, listed: str) -> None:
    url = f"{alice.archive.api_url}/dandisets/{listed}/versions/draft/assets/?order=path&page_size=4"
    first = alice("GET", url).json()
    assert (first["count"], first["next"], first["previous"]) == (6, f"{url}&page=2", None)
    second = alice("GET", first["next"]).json()
    assert (second["count"], second["next"], second["previous"]) == (None, None, url)
    assert len(second["results"]) == 2


def test_sizes_of_pages_are_cut_without_a_word(alice: Client, listed: str) -> None:
    for size in ("5000", "0", "-1", "many"):
        assert len(_assets(alice, listed, f"?page_size={size}")) == 6


def test_listed_metadata_is_that_of_the_asset(alice: Client) -> None:
    dandiset = alice.create("Metadata")
    info = alice.add(dandiset, 'quo"te'.replace('"', "+") + ".txt", b"metadata", extra={"ü": ['"', "\\"]})
    query = f"/dandisets/{dandiset}/versions/draft/assets/?metadata=true"
    listed = alice("GET", query).json()["results"][0]["metadata"]
    full = alice("GET", f"/assets/{info['asset_id']}/").json()
    assert {**full, "digest": None} == {**listed, "digest": None}, "all but the sha256, which comes later"
    assert full["extra"] == {"ü": ['"', "\\"]}
    assert full["identifier"] == info["asset_id"]
    assert full["contentSize"] == 8
    assert full["digest"]["dandi:dandi-etag"] == multipart_etag([hashlib.md5(b"metadata").hexdigest()])
    assert full["contentUrl"][0] == f"{alice.archive.api_url}/assets/{info['asset_id']}/download/"
    assert not full["contentUrl"][1].startswith(alice.archive.api_url)


def test_a_put_mints_a_new_id_unless_nothing_changes(alice: Client) -> None:
    dandiset = alice.create("Puts")
    asset = alice.add(dandiset, "a.txt", b"puts")
    document = {key: value for key, value in asset["metadata"].items() if key != "@context"}
    asset = asset | {"metadata": document}
    assert _put(alice, dandiset, asset)["asset_id"] == asset["asset_id"]
    assert _put(alice, dandiset, asset, contentSize=1, digest={}, id="x")["asset_id"] == asset["asset_id"]
    changed = _put(alice, dandiset, asset, keywords=["k"])
    assert changed["asset_id"] != asset["asset_id"]
    nested = f"/dandisets/{dandiset}/versions/draft/assets"
    assert alice("GET", f"{nested}/{asset['asset_id']}/").status_code == 404
    assert alice("GET", f"/assets/{asset['asset_id']}/").status_code == 200, "detached assets stay readable"
    assert (
        alice(
            "PUT", f"{nested}/{asset['asset_id']}/", json={"metadata": document, "blob_id": asset["blob"]}
        ).status_code
        == 404
    )


def test_a_naive_round_trip_mints_a_new_id_once(alice: Client) -> None:
    dandiset = alice.create("Naive")
    asset = alice.add(dandiset, "a.txt", b"naive")
    once = _put(alice, dandiset, asset)
    assert once["asset_id"] != asset["asset_id"], "the context that was read is stored now"
    assert _put(alice, dandiset, once)["asset_id"] == once["asset_id"]


def test_a_move_keeps_the_content(alice: Client) -> None:
    dandiset = alice.create("Moves")
    asset = alice.add(dandiset, "a.txt", b"moves")
    alice.add(dandiset, "taken.txt", b"moves")
    moved = _put(alice, dandiset, asset, path="b/a.txt")
    assert moved["blob"] == asset["blob"]
    assert _assets(alice, dandiset, "?order=path") == ["b/a.txt", "taken.txt"]
    url = f"/dandisets/{dandiset}/versions/draft/assets/{moved['asset_id']}/"
    answer = alice("PUT", url, json={"metadata": {"path": "taken.txt"}, "blob_id": asset["blob"]})
    assert (answer.status_code, answer.json()) == (409, "An asset with that path already exists")


def test_paths_that_cannot_be_together(alice: Client) -> None:
    dandiset = alice.create("Conflicts")
    blob = alice.add(dandiset, "foo/bar.txt", b"conflicts")["blob"]
    taken = alice.post_asset(dandiset, "foo/bar.txt", blob)
    assert (taken.status_code, taken.json()) == (409, "An asset with that path already exists")
    folder = alice.post_asset(dandiset, "foo", blob)
    message = "Path of new asset \"foo\" conflicts with existing assets: ['foo/bar.txt']"
    assert (folder.status_code, folder.json()) == (409, message)
    below = alice.post_asset(dandiset, "foo/bar.txt/x", blob)
    assert below.status_code == 409
    assert alice.post_asset(dandiset, "foo.txt", blob).status_code == 200, "a common start is no conflict"


@pytest.mark.parametrize(
    ("changes", "status", "body"),
    [
        ({"blob_id": None}, 400, {"blob_id": ["Must be a valid UUID."]}),
        ({"zarr_id": "00000000-0000-4000-8000-000000000000"}, 400,
         {"blob_id": ["Exactly one of blob_id or zarr_id must be specified."]}),
        ({"metadata": {}}, 400, {"metadata": ["No path specified in metadata."]}),
        ({"metadata": {"path": "/a"}}, 400, {"non_field_errors": ["Path must not begin with /"]}),
        ({"metadata": {"path": "a:b"}}, 400, {"non_field_errors": ["Path improperly formatted"]}),
        ({"blob_id": "00000000-0000-4000-8000-000000000000"}, 404, {"detail": "Not found."}),
        ({"metadata": {"path": "x" * 513}}, 400, None),
    ],
)  # fmt: skip
def test_refused_assets(alice: Client, listed: str, changes: dict[str, Any], status: int, body: Any) -> None:
    blob = alice.upload(listed, b"content")
    send = {"metadata": {"path": "new.txt"}, "blob_id": blob} | changes
    answer = alice("POST", f"/dandisets/{listed}/versions/draft/assets/", json=send)
    assert answer.status_code == status, answer.text
    assert body is None or answer.json() == body


def test_deleting_twice(alice: Client) -> None:
    dandiset = alice.create("Deleted")
    asset = alice.add(dandiset, "a.txt", b"deleted")
    url = f"/dandisets/{dandiset}/versions/draft/assets/{asset['asset_id']}/"
    assert alice("DELETE", url).status_code == 204
    assert alice("DELETE", url).status_code == 404
    info = alice("GET", f"/dandisets/{dandiset}/versions/draft/info/").json()
    assert (info["asset_count"], info["size"]) == (0, 0)


@pytest.mark.parametrize(
    "path", [".bidsignore", "a/.b", "a b(1),&#+~_=-", "sub-1/ses_1.nwb", "a\\b", "x" * 200]
)
def test_good_paths(path: str) -> None:
    assert asset_metadata.bad_path(path) is None


@pytest.mark.parametrize(
    "path",
    ["", "/a", "a//b", "a..b", "a/./b", "a./b", "a/", "./x", "a@b", "a:b", "ä", "x" * 200 + "!", "a{b}"],
)
def test_bad_paths(path: str) -> None:
    assert asset_metadata.bad_path(path)


@given(st.text(alphabet="a/.", max_size=9))
def test_the_form_of_paths(path: str) -> None:
    """Single slashes and dots, between characters; a dot may also begin a name."""
    wrong = path.startswith("/") or path.endswith(("/", ".")) or "//" in path or ".." in path or "./" in path
    assert (asset_metadata.bad_path(path) is None) == (bool(path) and not wrong)


def _at_once(client: Client, method: str, url: str, body: Any) -> list[int]:
    """Five of the same request together: their status codes, sorted."""
    headers = {"Authorization": str(client.session.headers["Authorization"])}

    def send(_: int) -> int:
        return requests.request(
            method, client.archive.api_url + url, json=body, headers=headers, timeout=30
        ).status_code

    with ThreadPoolExecutor(5) as pool:
        return sorted(pool.map(send, range(5)))


def test_of_equal_writes_at_once_one_wins(alice: Client) -> None:
    dandiset = alice.create("At once")
    asset = alice.add(dandiset, "a.txt", b"at once")
    url = f"/dandisets/{dandiset}/versions/draft/assets/"
    body = {"metadata": {"path": "b.txt"}, "blob_id": asset["blob"]}
    assert _at_once(alice, "POST", url, body) == [200, 409, 409, 409, 409]
    body["metadata"] = {"path": "a.txt", "keywords": ["changed"]}
    assert _at_once(alice, "PUT", f"{url}{asset['asset_id']}/", body) == [200, 404, 404, 404, 404]
