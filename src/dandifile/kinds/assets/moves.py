"""Which assets move: the same content at another path, no bytes sent.

An asset moves when the last apply made it from a file here, that file is here no more or holds
other content now, and the content turned up under a path that is free or becomes free.
Data that was never here is unknown, so it never moves.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping

from dandifile.kinds.assets.clashes import above
from dandifile.kinds.assets.gather import Desired, Observed
from dandifile.model import GoneAsset, LocalAsset, Recorded, RemoteAsset

PARKING = ".dandifile-moving/"
"""Where an asset waits while others take its place; one that is found there was left by a killed run."""

Move = tuple[LocalAsset, RemoteAsset]
"""The file as it is here, and the asset that goes to its path."""


def moves(
    written: list[LocalAsset], desired: Desired, observed: Observed
) -> tuple[list[Move], list[LocalAsset]]:
    """(the moves, the files that are to be written instead), of the files that are not in place."""
    able = written
    moved = _pairs(able, _departed(written, desired, observed))
    while len(possible := _unhindered(moved, observed)) < len(moved):
        # An asset that cannot go to one of several files with its content may go to another.
        hindered = {file.path for file, _ in moved} - {file.path for file, _ in possible}
        able = [file for file in able if file.path not in hindered]
        moved = _pairs(able, _departed(written, desired, observed))
    settled = {file.path for file, _ in moved}
    return moved, [file for file in written if file.path not in settled]


def parking_place(path: str) -> str:
    """Where the asset on its way to `path` waits."""
    return f"{PARKING}{hashlib.sha256(path.encode()).hexdigest()[:12]}"


def parked(observed: Observed, path: str, digest: str) -> RemoteAsset | None:
    """The asset with this content that a killed run left on its way to `path`, else to elsewhere."""
    own = parking_place(path)
    waiting = [
        asset
        for place, asset in observed.assets.items()
        if place.startswith(PARKING) and asset.digest == digest
    ]
    return min(waiting, key=lambda asset: asset.path != own, default=None)


def _pairs(written: list[LocalAsset], departed: Mapping[str, list[RemoteAsset]]) -> list[Move]:
    return [
        (file, departed[file.digest].pop())
        for file in sorted(written, key=lambda file: file.path)
        if departed[file.digest]
    ]


def _unhindered(moved: list[Move], observed: Observed) -> list[Move]:
    """The moves to a path where nothing is, or whose asset moves on itself."""
    leaving = {asset.path for _, asset in moved}
    return [move for move in moved if move[0].path not in observed.assets or move[0].path in leaving]


def _departed(
    written: list[LocalAsset], desired: Desired, observed: Observed
) -> Mapping[str, list[RemoteAsset]]:
    """By content, the assets whose file went from here, the first to go last, to be popped.

    First go those that are in the way of a file: where a file shall be below them, or a file in place
    of the folder that they are in. Then the first by path.
    """
    files = {file.path for file in written}
    folders = {folder for path in files for folder in above(path)}

    def later(path: str) -> tuple[bool, str]:
        in_the_way = path in folders or not files.isdisjoint(above(path))
        return not in_the_way, path

    departed: dict[str, list[RemoteAsset]] = defaultdict(list)
    for path in sorted(set(_candidates(desired, observed)), key=later, reverse=True):
        departed[observed.assets[path].digest].append(observed.assets[path])
    return departed


def _candidates(desired: Desired, observed: Observed) -> Iterator[str]:
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
