"""Versions that are only in memory, as the archive would give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dandifile.model import JsonObject, ListedAsset, Version


@dataclass
class MadeAsset:
    content: str
    metadata: JsonObject = field(default_factory=dict)
    size: int = 10
    asset_id: str = ""
    zarr: bool = False


@dataclass
class MadeVersion:
    """`made` are the assets by path. Assets with the same id in two versions are the same."""

    made: Mapping[str, MadeAsset] = field(default_factory=dict)
    fields: JsonObject = field(default_factory=dict)
    name: str = "draft"
    title: str = "Place cells"
    asked: list[str] = field(default_factory=list)

    @property
    def about(self) -> Version:
        size = sum(one.size for one in self.made.values())
        return Version(self.name, self.title, "Valid", "2026-01-01", len(self.made), size)

    def document(self) -> JsonObject:
        return self.fields

    def listed_assets(self) -> Iterator[ListedAsset]:
        for path, one in sorted(self.made.items()):
            where = (None, one.content) if one.zarr else (one.content, None)
            yield ListedAsset(self._id(path, one), path, one.size, *where)

    def asset_metadata(self, places: Mapping[str, int]) -> Mapping[str, JsonObject]:
        by_id = {
            self._id(path, one): (place, one) for place, (path, one) in enumerate(sorted(self.made.items()))
        }
        assert all(by_id[asset_id][0] == place for asset_id, place in places.items())
        self.asked += places
        return {asset_id: by_id[asset_id][1].metadata for asset_id in places}

    def _id(self, path: str, one: MadeAsset) -> str:
        return one.asset_id or f"{self.name} {path}"
