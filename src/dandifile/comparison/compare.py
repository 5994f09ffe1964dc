"""Compares two versions of a dandiset: their assets in one pass, their documents field by field. Pure.

Memory holds the assets that differ, and the documents of a thousand of them at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from dandifile.comparison.metadata import AssetFields, field_differences
from dandifile.comparison.streams import Pair, Sides, join_moves
from dandifile.globs import is_match
from dandifile.model import AssetDifference, Comparison, JsonObject, ListedAsset, Version, is_other_content

_AT_ONCE = 1000  # as many documents as one page of the archive's listing holds


class Side(Protocol):
    """What is asked of a version. `archive.versions.VersionReader` is one."""

    @property
    def about(self) -> Version: ...

    def document(self) -> JsonObject: ...

    def listed_assets(self) -> Iterator[ListedAsset]:
        """In the order of the paths."""

    def asset_metadata(self, places: Mapping[str, int]) -> Mapping[str, JsonObject]:
        """Stripped, by asset id. `places`: where each is among `listed_assets`."""


def compare(
    identifier: str, instance: str, before: Side | None, after: Side, paths: Sequence[str] = ()
) -> Comparison:
    """What differs. Without `before`, everything in `after` is new; with `paths`, only assets that match one.

    Raises what the sides raise; ListingChangedError where a draft is written to meanwhile.
    """
    idle = set(paths)

    def takes(path: str) -> bool:
        matching = {glob for glob in paths if is_match(glob, path)}
        idle.difference_update(matching)
        return bool(matching) or not paths

    sides = Sides(before.listed_assets() if before else (), after.listed_assets(), takes)
    pairs = join_moves(sides.differing())
    documents = (_named(before) if before else {}), _named(after)
    assets = tuple(_with_metadata(pairs, before, after))
    touched = sum(one.after is not None for one in assets)
    return Comparison(
        identifier,
        instance,
        before.about if before else None,
        after.about,
        fields=() if paths else tuple(field_differences(*documents)),
        assets=assets,
        unchanged=sides.counted_after.files - touched,
        census_before=sides.counted_before.census(),
        census_after=sides.counted_after.census(),
        idle=tuple(glob for glob in paths if glob in idle),
        bounded=bool(paths),
        summary=summary if isinstance(summary := documents[1].get("assetsSummary"), dict) else {},
    )


def _named(side: Side) -> JsonObject:
    """The document with the name that counts: the archive keeps it next to the document."""
    return {**side.document(), "name": side.about.name}


def _with_metadata(pairs: Sequence[Pair], before: Side | None, after: Side) -> Iterator[AssetDifference]:
    """The differences with the metadata that differ; an asset that was only written again is none."""
    fields = AssetFields()
    for some in _portions(pairs):
        both = [(pair.before, pair.after) for pair in some if pair.before and pair.after]
        old = before.asset_metadata({one.asset.asset_id: one.place for one, _ in both}) if before else {}
        new = after.asset_metadata({one.asset.asset_id: one.place for _, one in both})
        for left, right in some:
            if left is None or right is None:
                yield AssetDifference(left and left.asset, right and right.asset)
                continue
            differing = fields.differing(old[left.asset.asset_id], new[right.asset.asset_id])
            found = AssetDifference(left.asset, right.asset, *differing)
            same_place = left.asset.path == right.asset.path
            if found.new or not same_place or is_other_content(left.asset, right.asset):
                yield found


def _portions(pairs: Sequence[Pair]) -> Iterable[Sequence[Pair]]:
    return (pairs[start : start + _AT_ONCE] for start in range(0, len(pairs), _AT_ONCE))
