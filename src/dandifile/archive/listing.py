"""The assets of a version, with as few and as small requests as possible.

One listing without metadata (1000 rows a request, pages in parallel), and metadata only of
assets that the cache does not have: the asset of an asset id never changes, and neither
does the blob of a blob id (docs/archive-api.md 5.1, 5.2).

| cache table | key      | value                        |
|-------------|----------|------------------------------|
| asset       | asset id | metadata, as `strip_asset`   |
| digest-of   | blob id  | dandi-etag                   |
| sha256-of   | blob id  | SHA-256, of those that have one |
| schema-of   | asset id | schemaVersion of its metadata |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeVar

from dandifile.archive import documents
from dandifile.archive.api import ReadApi
from dandifile.archive.documents import content_digest, schema_version, sha256_of, strip_asset
from dandifile.errors import ArchiveError
from dandifile.model import Cache, JsonObject, ListedAsset, RemoteAsset
from dandifile.reading.jsontext import keep_fitting

PAGE = 1000
"""Rows a request: the server's maximum."""

WIDTH = 5
"""Requests at the same time."""

_FEW = 10
"""Assets of one page that are asked for one by one; with more, the page is cheaper."""

TRIES = 3
"""Listings until one is consistent."""

DRAFT = "draft"

T = TypeVar("T")
R = TypeVar("R")


class ListingChangedError(ArchiveError):
    """Others wrote to the assets while they were listed."""


@dataclass(frozen=True)
class Listing:
    """One version of one dandiset."""

    api: ReadApi
    identifier: str
    cache: Cache
    version: str = DRAFT

    def rows(self) -> list[ListedAsset]:
        """Every asset, in the byte order of the paths.

        Others may write to the table while its pages are read, so the sum is checked: the number
        of rows, and that no path comes twice. ArchiveError if it is wrong every time.
        """
        for _ in range(TRIES):
            count, first = self._first_page()
            numbers = range(2, -(-count // PAGE) + 1)
            rows = [*first, *(row for page in map_in_parallel(self._page, numbers) for row in page)]
            if len(rows) == count == len({row.path for row in rows}):
                return rows
        raise self._changed()

    def stream(self) -> Iterator[ListedAsset]:
        """Every asset, in the byte order of the paths, with a few pages in memory.

        ListingChangedError at the first sign that somebody writes to the table, which is at the end at
        the latest: what came before it may lack assets.
        """
        count, first = self._first_page()
        numbers = range(2, -(-count // PAGE) + 1)
        seen, last = 0, ""
        for row in chain(first, chain.from_iterable(map_in_parallel(self._page, numbers))):
            if row.path <= last:
                raise self._changed()
            seen, last = seen + 1, row.path
            yield row
        if seen != count:
            raise self._changed()

    def assets(self) -> dict[str, RemoteAsset]:
        """Every asset with its digest, by path, in the order of the listing."""
        rows = self.rows()
        of_blobs, versions = self._digests_and_versions(rows)
        digests = {**of_blobs, **self._zarr_checksums(rows)}
        return {
            row.path: RemoteAsset(
                row.asset_id,
                row.path,
                row.size,
                digests.get(row.blob or row.zarr or "", ""),
                row.blob,
                row.zarr,
                versions.get(row.asset_id, ""),
            )
            for row in rows
        }

    def metadata(self, ids: Iterable[str], places: Callable[[], Mapping[str, int]]) -> dict[str, JsonObject]:
        """Stripped metadata by asset id, also of ids that have left the draft.

        `places` gives each asset's place in the listing; it is called only when whole pages pay.
        """
        wanted = list(ids)
        found: dict[str, JsonObject] = keep_fitting(self.cache.get_many("asset", wanted), documents.METADATA)
        missing = [asset_id for asset_id in wanted if asset_id not in found]
        for portion in self._documents(missing, places):
            found.update({asset_id: strip_asset(document) for asset_id, document in portion.items()})
        return found

    def _digests_and_versions(self, rows: Sequence[ListedAsset]) -> tuple[dict[str, str], dict[str, str]]:
        """(dandi-etags by blob id, schema versions by asset id); each document is read once for both."""
        blobs = {row.blob for row in rows if row.blob}
        digests: dict[str, str] = keep_fitting(self.cache.get_many("digest-of", blobs), str)
        versions: dict[str, str] = keep_fitting(
            self.cache.get_many("schema-of", (row.asset_id for row in rows)), str
        )
        unknown = [
            row.asset_id
            for row in rows
            if row.asset_id not in versions or (row.blob and row.blob not in digests)
        ]
        blob_of = {row.asset_id: row.blob for row in rows if row.blob}
        for portion in self._documents(unknown, lambda: _places(rows)):
            new = {
                blob_of[asset_id] or "": content_digest(document)
                for asset_id, document in portion.items()
                if asset_id in blob_of
            }
            self.cache.put_many("digest-of", new)
            shas = {
                blob_of[asset_id] or "": sha256_of(document)
                for asset_id, document in portion.items()
                if asset_id in blob_of
            }
            self.cache.put_many("sha256-of", {blob: sha for blob, sha in shas.items() if sha})
            digests.update(new)
            versions.update({asset_id: schema_version(document) for asset_id, document in portion.items()})
        return digests, versions

    def _zarr_checksums(self, rows: Iterable[ListedAsset]) -> dict[str, str]:
        if not any(row.zarr for row in rows):
            return {}
        zarrs = self.api.get_all("zarr/", {"dandiset": self.identifier}, item=documents.ZARR)
        return {zarr["zarr_id"]: zarr["checksum"] or "" for zarr in zarrs}

    def _documents(
        self, ids: Collection[str], places: Callable[[], Mapping[str, int]]
    ) -> Iterator[dict[str, JsonObject]]:
        """Whole documents by asset id, in portions that fit into memory; remembered once stripped."""
        for portion in self._fetch(ids, places):
            self.cache.put_many("asset", {key: strip_asset(value) for key, value in portion.items()})
            versions = {asset_id: schema_version(document) for asset_id, document in portion.items()}
            self.cache.put_many("schema-of", versions)
            yield portion

    def _fetch(
        self, ids: Collection[str], places: Callable[[], Mapping[str, int]]
    ) -> Iterator[dict[str, JsonObject]]:
        left = set(ids)
        place = places() if len(left) > _FEW else {}
        on_page = Counter(place[asset_id] // PAGE + 1 for asset_id in left if asset_id in place)
        full = [page for page, wanted in on_page.items() if wanted > _FEW]
        for page in map_in_parallel(self._page_of_documents, full):
            portion = {asset_id: document for asset_id, document in page.items() if asset_id in left}
            left -= portion.keys()
            yield portion
        for some in _portions(left, PAGE):
            yield dict(map_in_parallel(self._document, some))

    def _changed(self) -> ListingChangedError:
        return ListingChangedError(
            f"the assets of {self.identifier} changed while they were listed",
            fix="run again when the other upload is done",
        )

    def _first_page(self) -> tuple[int, list[ListedAsset]]:
        answer = self.api.get(f"{self._folder}/assets/", self._query(1), shape=documents.ASSETS_FIRST)
        return answer["count"], list(map(_row, answer["results"]))

    def _page(self, number: int) -> list[ListedAsset]:
        answer = self.api.get(f"{self._folder}/assets/", self._query(number), shape=documents.ASSETS)
        return list(map(_row, answer["results"]))

    def _page_of_documents(self, number: int) -> dict[str, JsonObject]:
        query = self._query(number) | {"metadata": "true"}
        answer = self.api.get(f"{self._folder}/assets/", query, shape=documents.ASSET_DOCUMENTS)
        return {item["asset_id"]: item["metadata"] for item in answer["results"]}

    def _document(self, asset_id: str) -> tuple[str, JsonObject]:
        return asset_id, self.api.get(f"assets/{asset_id}/", shape=documents.ASSET_DOCUMENT)

    @property
    def _folder(self) -> str:
        return f"dandisets/{self.identifier}/versions/{self.version}"

    @staticmethod
    def _query(number: int) -> dict[str, str | int]:
        return {"page": number, "page_size": PAGE, "order": "path"}


def map_in_parallel(fetch: Callable[[T], R], items: Collection[T]) -> Iterator[R]:
    """`map` in a few threads, only a few results ahead of the reader."""
    with ThreadPoolExecutor(WIDTH) as pool:
        for some in _portions(items, WIDTH):
            yield from pool.map(fetch, some)


def _portions(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some


def _places(rows: Iterable[ListedAsset]) -> dict[str, int]:
    return {row.asset_id: place for place, row in enumerate(rows)}


def _row(item: JsonObject) -> ListedAsset:
    return ListedAsset(item["asset_id"], item["path"], item["size"], item["blob"], item["zarr"])
