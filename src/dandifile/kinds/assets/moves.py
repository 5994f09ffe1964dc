"""Paths of assets: which assets move to another path, which paths clash, and what an interrupted move left.

An asset moves, without any bytes sent, when the last apply made it from a file here, that file is no longer
here or holds other content now, and the content is at a path that is free or becomes free. Data that was
never here is unknown, so it never moves.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from dandifile.kinds.assets.sides import NAME, DesiredAssets, ObservedAssets
from dandifile.model import Block, GoneAsset, Key, LocalAsset, Recorded, RemoteAsset

PARKING = ".dandifile-moving/"
"""Where an asset waits while others take its place. One that a plan finds there was left by a killed run."""

_FIX = "rename one of them, or have the one on the draft deleted: `prune: true` and --allow delete"

Move = tuple[LocalAsset, RemoteAsset]
"""The file as it is here, and the asset that goes to its path."""


def find_moves(
    written: list[LocalAsset], desired: DesiredAssets, observed: ObservedAssets
) -> tuple[list[Move], list[LocalAsset]]:
    """(the moves, the files that are to be written instead), of the files that are not in place."""
    able = written
    moved = _pairs(able, _departed_assets(written, desired, observed))
    while len(possible := _unhindered_moves(moved, observed)) < len(moved):
        # An asset that cannot go to one of several files with its content may go to another.
        hindered = {file.path for file, _ in moved} - {file.path for file, _ in possible}
        able = [file for file in able if file.path not in hindered]
        moved = _pairs(able, _departed_assets(written, desired, observed))
    settled = {file.path for file, _ in moved}
    return moved, [file for file in written if file.path not in settled]


def parking_place(path: str) -> str:
    """Where the asset on its way to `path` waits."""
    return f"{PARKING}{hashlib.sha256(path.encode()).hexdigest()[:12]}"


def find_parked(observed: ObservedAssets, path: str, digest: str) -> RemoteAsset | None:
    """The asset with this content that a killed run left on its way to `path`, else to elsewhere."""
    own = parking_place(path)
    waiting = [
        asset
        for place, asset in observed.assets.items()
        if place.startswith(PARKING) and asset.digest == digest
    ]
    return min(waiting, key=lambda asset: asset.path != own, default=None)


def find_clashes(written: Iterable[LocalAsset], staying: Collection[str]) -> dict[str, Block]:
    """Why files cannot be written, by path, given the paths that stay on the draft.

    A path below a file, or where a folder is, cannot be. The archive rejects it when the asset is written.
    """
    folders = {folder for path in staying for folder in folders_above(path)}
    found: dict[str, Block] = {}
    for file in written:
        files = [folder for folder in folders_above(file.path) if folder in staying]
        if files:
            reason = f"{files[0]} is a file on the draft: a path cannot be both"
        elif file.path in folders:
            reason = "this is a folder on the draft: a path cannot be both"
        else:
            continue
        found[file.path] = Block(reason, _FIX, Key(NAME, file.path))
    return found


def leftovers(observed: ObservedAssets, touched: Collection[str]) -> Iterator[str]:
    """Notes on what interrupted runs left on the draft. `touched` are the paths that this plan deals with."""
    for path, asset in observed.assets.items():
        if path in touched:
            continue
        if path.startswith(PARKING):
            yield (
                f"{path} was on its way to another name when an apply was interrupted, and its file "
                "is not on this machine: rename or delete it on the archive"
            )
        elif asset.zarr and not asset.digest:
            yield (
                f"{path} has no checksum on the archive: either it is being sent, or sending was "
                "interrupted and the Zarr is not on this machine"
            )


def folders_above(path: str) -> Iterable[str]:
    """The folders that a path is in, nearest first."""
    return (str(parent) for parent in PurePosixPath(path).parents if str(parent) != ".")


def _pairs(written: list[LocalAsset], departed: Mapping[str, list[RemoteAsset]]) -> list[Move]:
    return [
        (file, departed[file.digest].pop())
        for file in sorted(written, key=lambda file: file.path)
        if departed[file.digest]
    ]


def _unhindered_moves(moved: list[Move], observed: ObservedAssets) -> list[Move]:
    """The moves to a path where nothing is, or whose asset moves on itself."""
    leaving = {asset.path for _, asset in moved}
    return [move for move in moved if move[0].path not in observed.assets or move[0].path in leaving]


def _departed_assets(
    written: list[LocalAsset], desired: DesiredAssets, observed: ObservedAssets
) -> Mapping[str, list[RemoteAsset]]:
    """By content, the assets whose file is gone from here; the first to move is the last, as they are popped.

    First go those that are in the way of a file: one that will be below them, or one that takes the place
    of their folder. Then the first by path.
    """
    files = {file.path for file in written}
    folders = {folder for path in files for folder in folders_above(path)}

    def later(path: str) -> tuple[bool, str]:
        in_the_way = path in folders or not files.isdisjoint(folders_above(path))
        return not in_the_way, path

    departed: dict[str, list[RemoteAsset]] = defaultdict(list)
    for path in sorted(set(_departed_paths(desired, observed)), key=later, reverse=True):
        departed[observed.assets[path].digest].append(observed.assets[path])
    return departed


def _departed_paths(desired: DesiredAssets, observed: ObservedAssets) -> Iterator[str]:
    """Paths that the survey says are gone, that a file here has taken with other content, or in parking."""
    here = {asset.path: asset.digest for asset in desired.local.assets}
    recorded = desired.local.record.assets.values()
    taken = [made for made in recorded if here.get(made.path, made.digest) != made.digest]
    left: list[GoneAsset | Recorded] = [*desired.local.gone, *taken]
    for made in left:
        there = observed.assets.get(made.path)
        if there is not None and there.digest == made.digest:
            yield made.path
    yield from (path for path in observed.assets if path.startswith(PARKING))
