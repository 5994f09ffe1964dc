"""Finding things: lists of dandisets, search, folders, owners, stars, figures."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.localdandi.conftest import Client


@pytest.fixture(scope="module")
def three(alice: Client, bob: Client) -> dict[str, str]:
    mouse = alice.create("Mouse hippocampus", description="Plâce cells", license=["spdx:CC0-1.0"])
    alice.add(mouse, "sub-1/a.nwb", b"mouse", encodingFormat="application/x-nwb")
    alice.add(mouse, "sub-1/b.txt", b"text")
    alice.add(mouse, "sub-2/deep/c.txt", b"more text")
    alice.add(mouse, "README.md", b"readme")
    rat = bob.create("Rat cortex", description="Grid cells")
    closed = alice.create("Closed", "?embargo=true")
    return {mouse: "mouse", rat: "rat", closed: "closed"}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["mouse", "rat"]),
        ("?ordering=-id", ["rat", "mouse"]),
        ("?ordering=-size", ["mouse", "rat"]),
        ("?ordering=nonsense", ["mouse", "rat"]),
        ("?user=me", ["mouse"]),
        ("?user=me&embargoed=true", ["mouse", "closed"]),
        ("?embargoed=true", ["mouse", "rat", "closed"]),
        ("?empty=false", ["mouse"]),
        ("?draft=false", []),
        ("?search=place", ["mouse"]),
        ("?search=cells", ["mouse", "rat"]),
        ("?search=cells+grid", ["rat"]),
        ("?search=%22grid+cells%22", ["rat"]),
        ("?search=%22cells+grid%22", []),
        ("?search=file_type:nwb", ["mouse"]),
        ("?search=owner:bob", ["rat"]),
        ("?search=owner:%22Alice+Liddell%22", ["mouse"]),
        ("?search=created_after:2020-01-01", ["mouse", "rat"]),
        ("?search=created_before:2020-01-01", []),
        ("?search=published_after:2020-01-01", []),
        ("?page_size=1&page=2", ["rat"]),
    ],
)
def test_lists_of_dandisets(alice: Client, three: dict[str, str], query: str, names: list[str]) -> None:
    answer = alice("GET", f"/dandisets/{query}")
    assert answer.status_code == 200, answer.text
    assert [three[one["identifier"]] for one in answer.json()["results"]] == names


@pytest.mark.parametrize("search", ['"open', "nonsense:x", "created_after:today", "owner:%22%22", "x" * 1025])
def test_searches_that_cannot_be_understood(alice: Client, search: str) -> None:
    answer = alice("GET", f"/dandisets/?search={search}")
    assert answer.status_code == 400
    assert answer.json().keys() == {"search"}


def _mouse(three: dict[str, str]) -> str:
    return next(identifier for identifier, name in three.items() if name == "mouse")


@pytest.mark.parametrize(
    ("prefix", "nodes"),
    [
        ("", [("README.md", 1, 6), ("sub-1", 2, 9), ("sub-2", 1, 9)]),
        ("sub-1/", [("sub-1/a.nwb", 1, 5), ("sub-1/b.txt", 1, 4)]),
        ("sub-2", [("sub-2/deep", 1, 9)]),
        ("README.md", []),
    ],
)
def test_folders(alice: Client, three: dict[str, str], prefix: str, nodes: list[Any]) -> None:
    url = f"/dandisets/{_mouse(three)}/versions/draft/assets/paths/?path_prefix={prefix}"
    found = alice("GET", url).json()["results"]
    assert [(one["path"], one["aggregate_files"], one["aggregate_size"]) for one in found] == nodes
    for one in found:
        assert (one["asset"] is not None) == ("." in one["path"])
        assert one["asset"] is None or requests.get(one["asset"]["url"], timeout=30).ok


def test_a_folder_that_is_not_there(alice: Client, three: dict[str, str]) -> None:
    answer = alice("GET", f"/dandisets/{_mouse(three)}/versions/draft/assets/paths/?path_prefix=sub")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Specified path not found."})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("path=sub-1", [("folder", "sub-1")]),
        (
            "path=sub-1/&children=true",
            [("folder", "sub-1"), ("asset", "sub-1/a.nwb"), ("asset", "sub-1/b.txt")],
        ),
        ("path=README.md&children=true", [("asset", "README.md")]),
        ("children=true", [("asset", "README.md"), ("folder", "sub-1"), ("folder", "sub-2")]),
        ("", []),
    ],
)
def test_at_a_path(alice: Client, three: dict[str, str], query: str, found: list[Any]) -> None:
    url = f"/webdav/assets/atpath/?dandiset_id={_mouse(three)}&version_id=draft&{query}"
    answer = alice("GET", url).json()["results"]
    assert [(one["type"], one["resource"]["path"]) for one in answer] == found


@pytest.mark.parametrize(("path", "what"), [("x", "Folder or asset"), ("README.md/", "Folder")])
def test_nothing_at_a_path(alice: Client, three: dict[str, str], path: str, what: str) -> None:
    url = f"/webdav/assets/atpath/?dandiset_id={_mouse(three)}&version_id=draft&path={path}"
    assert alice("GET", url).json() == {"detail": f"{what} not found at {path.rstrip('/')}"}


def test_facets(alice: Client, three: dict[str, str]) -> None:
    found = alice("GET", "/dandisets/search/?file_type=text/&file_size_min=5").json()["results"]
    assert [one["asset_counts"] for one in found] == [{"file_type": 3, "file_size": 3}]
    assert [three[one["identifier"]] for one in found] == ["mouse"]
    assert alice("GET", "/search/species/").json()["results"] == []
    assert alice("GET", "/search/genotypes/?genotype=x").json() == []


def test_stars(alice: Client, bob: Client, three: dict[str, str]) -> None:
    url = f"/dandisets/{_mouse(three)}/"
    assert bob("POST", f"{url}star/").json() == {"count": 1}
    assert (bob("GET", url).json()["star_count"], bob("GET", url).json()["is_starred"]) == (1, True)
    assert alice("GET", url).json()["is_starred"] is False
    assert len(bob("GET", "/dandisets/?starred=true").json()["results"]) == 1
    assert bob("DELETE", f"{url}star/").json() == {"count": 0}


def test_owners(alice: Client, bob: Client, anonymous: Client) -> None:
    dandiset = alice.create("Owned")
    url = f"/dandisets/{dandiset}/users/"
    mine = {"username": "alice", "name": "Alice Liddell", "email": "alice@example.org"}
    his = {"username": "bob", "name": "Bob Builder", "email": "bob@example.org"}
    assert alice("GET", url).json() == [mine]
    assert anonymous("GET", url).json() == [mine | {"email": None}]
    assert alice("PUT", url, json=[{"username": "bob@example.org"}, {"username": "alice"}]).json() == [
        mine,
        his,
    ]
    assert bob("PUT", url, json=[{"username": "bob"}]).json() == [his], "one may remove others, and oneself"
    assert alice("DELETE", f"/dandisets/{dandiset}/").status_code == 403
    assert bob("DELETE", f"/dandisets/{dandiset}/").status_code == 204
    assert bob("GET", f"/dandisets/{dandiset}/").status_code == 404


def test_users(alice: Client, admin: Client) -> None:
    found = alice("GET", "/users/search/?username=LIDD").json()
    assert found == [{"admin": False, "username": "alice", "name": "Alice Liddell", "status": "APPROVED"}]
    assert admin("GET", "/users/?approved_only=true").json()[:2] == ["admin", "alice"]
    assert admin("GET", "/users/me/").json()["admin"] is True


def test_a_new_key_ends_the_old_one(local: Any) -> None:
    from tests.localdandi.conftest import client_of

    dora = client_of(local, local.add_user("dora"))
    new = dora("POST", "/auth/token/").json()
    assert dora("GET", "/auth/token/").status_code == 401
    assert client_of(local, new)("GET", "/auth/token/").json() == new


def test_figures(alice: Client, three: dict[str, str]) -> None:
    figures = alice("GET", "/stats/").json()
    assert figures.keys() == {"dandiset_count", "published_dandiset_count", "user_count", "size"}
    assert figures["dandiset_count"] >= len(three)


def test_the_audit_is_for_admins(admin: Client, three: dict[str, str]) -> None:
    page = admin("GET", f"{admin.archive.api_url}/audit/events/asset?page_size=3").json()
    assert [one["record_type"] for one in page["results"]] == ["add_asset"] * 3
    assert page["results"][0]["dandiset_id"] == int(_mouse(three))
    following = admin("GET", page["next"]).json()["results"]
    assert following[0]["id"] > page["results"][-1]["id"]


def test_schemas(anonymous: Client) -> None:
    names = anonymous("GET", "/schemas/available/").json()
    assert names == ["Dandiset", "Asset", "PublishedDandiset", "PublishedAsset"]
    schema = anonymous("GET", "/schemas/?model=Dandiset").json()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "DANDI" in schema["properties"]["identifier"]["pattern"]
