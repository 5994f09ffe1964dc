from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dandifile.archive import listing
from dandifile.archive.listing import Listing, map_in_parallel
from dandifile.errors import ArchiveError
from dandifile.model import Cache
from tests.net.scripted import Asked, Reply, Scripted


class Draft:
    """A draft that the scripted server lists as the archive does."""

    def __init__(self, server: Scripted, count: int) -> None:
        self.items = [self.item(f"sub-{number:05}/a.nwb") for number in range(count)]
        self.meanwhile: Callable[[int], None] = lambda _page: None
        self.pages = 0
        self.origin = server.origin
        server.on("/api/dandisets/000001/versions/draft/assets/", self.page)
        server.on("/api/zarr/", self.zarrs)
        self._serve_documents(server)

    @staticmethod
    def item(path: str, zarr: str | None = None) -> dict[str, Any]:
        asset_id = str(uuid.uuid4())
        blob = None if zarr else f"blob-of-{path}"
        digest = {"dandi:dandi-etag": f"etag-of-{path}"}
        metadata = {"path": path, "digest": digest, "schemaKey": "Asset", "about": [path], "@context": "x"}
        return {
            "asset_id": asset_id,
            "path": path,
            "size": 7,
            "blob": blob,
            "zarr": zarr,
            "metadata": metadata,
        }

    def _serve_documents(self, server: Scripted) -> None:
        answer = server.reply

        def reply(asked: Asked) -> Reply:
            for item in self.items:
                if asked.path == f"/api/assets/{item['asset_id']}/":
                    server.asked.append(asked)
                    return Reply(200, item["metadata"])
            return answer(asked)

        server.reply = reply  # type: ignore[method-assign]  # one route more

    def page(self, asked: Asked) -> Reply:
        query = {key: value[0] for key, value in parse_qs(urlsplit(asked.path).query).items()}
        assert query["order"] == "path"
        number, size = int(query["page"]), int(query["page_size"])
        self.meanwhile(number)
        self.pages += 1
        rows = sorted(self.items, key=lambda item: item["path"])
        shown = rows[(number - 1) * size : number * size]
        if query.get("metadata") != "true":
            shown = [{key: value for key, value in item.items() if key != "metadata"} for item in shown]
        more = f"{self.origin}/x" if number * size < len(rows) else None
        return Reply(200, {"count": len(rows) if number == 1 else None, "next": more, "results": shown})

    @staticmethod
    def zarr(zarr_id: str) -> dict[str, Any]:
        return {"zarr_id": zarr_id, "name": zarr_id, "status": "Complete", "checksum": f"sum-{zarr_id}"}

    def zarrs(self, _: Asked) -> Reply:
        ids = [item["zarr"] for item in self.items if item["zarr"]]
        return Reply(200, {"next": None, "results": [self.zarr(z) for z in ids]})


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 20)
    monkeypatch.setattr(listing, "_FEW", 3)


def requests_of(server: Scripted) -> Iterator[str]:
    return (asked.path for asked in server.asked)


@pytest.mark.parametrize("count", [0, 1, 19, 20, 21, 60, 115])
def test_every_asset_is_listed_once_in_the_order_of_the_paths(
    server: Scripted, cache: Cache, count: int
) -> None:
    draft = Draft(server, count)
    rows = Listing(server.api(), "000001", cache).rows()
    assert [row.path for row in rows] == sorted(item["path"] for item in draft.items)
    assert draft.pages == max(1, -(-count // 20))


def test_a_known_draft_costs_one_request_a_page(server: Scripted, cache: Cache) -> None:
    draft = Draft(server, 60)
    first = Listing(server.api(), "000001", cache).assets()
    assert draft.pages == 6  # three plain, three with metadata
    server.asked.clear()
    assert Listing(server.api(), "000001", cache).assets() == first
    assert len(server.asked) == 3
    assert not any("metadata" in path for path in requests_of(server))


def test_assets_have_the_digest_of_their_content(server: Scripted, cache: Cache) -> None:
    draft = Draft(server, 30)
    assets = Listing(server.api(), "000001", cache).assets()
    for item in draft.items:
        asset = assets[item["path"]]
        assert asset.digest == f"etag-of-{item['path']}"
        assert (asset.asset_id, asset.size, asset.blob) == (item["asset_id"], 7, item["blob"])


def test_few_unknown_assets_are_asked_for_one_by_one(server: Scripted, cache: Cache) -> None:
    draft = Draft(server, 60)
    Listing(server.api(), "000001", cache).assets()
    draft.items += [Draft.item("sub-00000/b.nwb"), Draft.item("sub-00059/b.nwb")]
    server.asked.clear()
    assets = Listing(server.api(), "000001", cache).assets()
    assert len(assets) == 62
    assert assets["sub-00059/b.nwb"].digest == "etag-of-sub-00059/b.nwb"
    assert sum("/api/assets/" in path for path in requests_of(server)) == 2
    assert not any("metadata" in path for path in requests_of(server))


def test_of_many_unknown_assets_only_their_pages_are_asked_for(server: Scripted, cache: Cache) -> None:
    draft = Draft(server, 60)
    Listing(server.api(), "000001", cache).assets()
    draft.items += [Draft.item(f"sub-00000/{name}.nwb") for name in "bcdef"]
    server.asked.clear()
    Listing(server.api(), "000001", cache).assets()
    assert sum("metadata=true" in path for path in requests_of(server)) == 1
    assert not any("/api/assets/" in path for path in requests_of(server))


def test_new_metadata_of_the_same_content_is_read_once_and_by_the_page(
    server: Scripted, cache: Cache
) -> None:
    draft = Draft(server, 40)
    Listing(server.api(), "000001", cache).assets()
    for item in draft.items:
        item["asset_id"] = str(uuid.uuid4())
    for documents in (2, 0):
        server.asked.clear()
        Listing(server.api(), "000001", cache).assets()
        assert len(server.asked) == 2 + documents


def test_metadata_is_stripped_and_asked_for_once(server: Scripted, cache: Cache) -> None:
    draft = Draft(server, 60)
    listed = Listing(server.api(), "000001", cache)
    ids = [item["asset_id"] for item in draft.items[:5]]
    places = {item["asset_id"]: place for place, item in enumerate(draft.items)}
    found = listed.metadata(ids, lambda: places)
    assert found == {
        item["asset_id"]: {"schemaKey": "Asset", "about": [item["path"]]} for item in draft.items[:5]
    }
    assert sum("metadata=true" in path for path in requests_of(server)) == 1
    server.asked.clear()
    assert listed.metadata(ids, lambda: places) == found
    assert server.asked == []


def test_a_row_that_is_added_between_two_pages_is_noticed(server: Scripted, cache: Cache) -> None:
    draft = Draft(server, 60)
    shifts = iter([True])

    def shift(page: int) -> None:
        if page == 2 and next(shifts, False):
            draft.items.append(Draft.item("aaa.nwb"))

    draft.meanwhile = shift
    rows = Listing(server.api(), "000001", cache).rows()
    assert len(rows) == 61
    assert len({row.path for row in rows}) == 61


def test_a_row_that_is_taken_away_between_two_pages_is_noticed(server: Scripted, cache: Cache) -> None:
    draft = Draft(server, 60)
    shifts = iter([True])

    def shift(page: int) -> None:
        if page == 2 and next(shifts, False):
            del draft.items[0]

    draft.meanwhile = shift
    assert len(Listing(server.api(), "000001", cache).rows()) == 59


def test_a_draft_that_never_holds_still_is_an_error_after_three_listings(
    server: Scripted, cache: Cache
) -> None:
    draft = Draft(server, 30)
    draft.meanwhile = lambda page: draft.items.append(Draft.item(f"{page}-{uuid.uuid4()}.nwb"))
    with pytest.raises(ArchiveError, match="changed while they were listed"):
        Listing(server.api(), "000001", cache).rows()
    first_pages = [path for path in requests_of(server) if "page=1&" in path]
    assert len(first_pages) == 3


def test_documents_that_moved_to_another_page_are_still_found(server: Scripted, cache: Cache) -> None:
    draft = Draft(server, 40)
    listed = Listing(server.api(), "000001", cache)
    ids = [item["asset_id"] for item in draft.items]
    places = {asset_id: place for place, asset_id in enumerate(ids)}
    draft.items += [Draft.item(f"a{number}.nwb") for number in range(3)]
    assert set(listed.metadata(ids, lambda: places)) == set(ids)


def test_checksums_of_zarrs_come_from_one_request_and_are_never_remembered(
    server: Scripted, cache: Cache
) -> None:
    draft = Draft(server, 3)
    draft.items += [Draft.item("a.zarr", "z1"), Draft.item("b.zarr", "z2")]
    for _ in range(2):
        server.asked.clear()
        assets = Listing(server.api(), "000001", cache).assets()
        assert (assets["a.zarr"].digest, assets["a.zarr"].zarr) == ("sum-z1", "z1")
        assert sum("/api/zarr/" in path for path in requests_of(server)) == 1


def test_parallel_fetching_keeps_the_order_and_runs_little_ahead() -> None:
    fetched: list[int] = []

    def fetch(number: int) -> int:
        fetched.append(number)
        return number

    results = map_in_parallel(fetch, range(100))
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    assert len(fetched) <= 2 * listing.WIDTH
    assert list(results) == list(range(3, 100))
