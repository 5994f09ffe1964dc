"""What differs between two versions of a dandiset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dandifile.model.plan import Action
from dandifile.model.remote import ListedAsset, Version
from dandifile.model.values import Json, JsonObject


@dataclass(frozen=True)
class FieldDifference:
    """One field of the dandiset's metadata; None on the side that lacks it."""

    field: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class AssetDifference:
    """One asset that is not the same in both versions. Where one side is None, that version lacks it.

    `old` and `new` hold the metadata that differ, where both versions have the asset: the same keys, None
    where a side lacks one. Assets with the same difference share these two objects.
    """

    before: ListedAsset | None
    after: ListedAsset | None
    old: JsonObject = field(default_factory=dict)
    new: JsonObject = field(default_factory=dict)

    @property
    def action(self) -> Action:
        """What would make the version before into the one after."""
        if self.before is None or self.after is None:
            return Action.CREATE if self.before is None else Action.DELETE
        if self.before.path != self.after.path:
            return Action.MOVE
        return Action.REPLACE if is_other_content(self.before, self.after) else Action.UPDATE

    @property
    def path(self) -> str:
        """The path after, or the last one that it had."""
        side = self.after or self.before
        assert side is not None
        return side.path

    @property
    def size(self) -> int:
        """Bytes after, or of what was removed."""
        side = self.after or self.before
        assert side is not None
        return side.size


def is_other_content(before: ListedAsset, after: ListedAsset) -> bool:
    """Whether two assets of one archive differ in content. A Zarr keeps its id when its files change."""
    return before.content != after.content or before.size != after.size


@dataclass(frozen=True)
class Census:
    """What is in a version, by the paths of its assets."""

    files: int = 0
    size: int = 0
    sessions: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by subject, as in the paths


@dataclass(frozen=True)
class Comparison:
    """Everything that differs, `before` being the older side; None: nothing was there before.

    `assets` are in the order of their paths, `unchanged` counts the others. `idle` are globs that no asset
    of either version matches, of those to which the comparison was bounded; `bounded`: there were any, and
    the metadata of the dandiset were not compared. `summary` is the archive's `assetsSummary` of `after`,
    which may lag behind on the draft.
    """

    identifier: str
    instance: str
    before: Version | None
    after: Version
    fields: tuple[FieldDifference, ...] = ()
    assets: tuple[AssetDifference, ...] = ()
    unchanged: int = 0
    census_before: Census = field(default_factory=Census)
    census_after: Census = field(default_factory=Census)
    idle: tuple[str, ...] = ()
    bounded: bool = False
    summary: JsonObject = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.fields and not self.assets
