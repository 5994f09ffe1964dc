"""The assets of two versions, read together in the order of their paths, so that neither is held whole. Pure.

Only assets that differ are kept, without their metadata: a published version shares every other asset
with the draft, by its id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from dandifile.identifiers import session_in_path, subject_in_path
from dandifile.model import Census, ListedAsset


class Placed(NamedTuple):
    """An asset, and its place in the stream that it came from, by which its page is known."""

    asset: ListedAsset
    place: int


class Pair(NamedTuple):
    """One asset as both versions have it, or as the only one that does."""

    before: Placed | None
    after: Placed | None

    @property
    def path(self) -> str:
        side = self.after or self.before
        assert side is not None
        return side.asset.path


@dataclass
class Counter:
    """Counts what passes through it."""

    files: int = 0
    size: int = 0
    sessions: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def count(self, asset: ListedAsset) -> None:
        self.files += 1
        self.size += asset.size
        if subject := subject_in_path(asset.path):
            session = session_in_path(asset.path)
            self.sessions[subject] |= {session} if session else set()

    def census(self) -> Census:
        sessions = {subject: frozenset(found) for subject, found in sorted(self.sessions.items())}
        return Census(self.files, self.size, sessions)


@dataclass(frozen=True)
class Sides:
    """Both versions' assets, of which those that differ come out. `takes`: whether a path is of interest."""

    before: Iterable[ListedAsset]
    after: Iterable[ListedAsset]
    takes: Callable[[str], bool] = lambda path: True  # noqa: ARG005
    counted_before: Counter = field(default_factory=Counter)
    counted_after: Counter = field(default_factory=Counter)

    def differing(self) -> Iterator[Pair]:
        """Every asset that is not the same on both sides, in the order of the paths."""
        old, new = (
            self._placed(self.before, self.counted_before),
            self._placed(self.after, self.counted_after),
        )
        left, right = next(old, None), next(new, None)
        while left or right:
            if right is None or (left and left.asset.path < right.asset.path):
                yield Pair(left, None)
                left = next(old, None)
            elif left is None or right.asset.path < left.asset.path:
                yield Pair(None, right)
                right = next(new, None)
            else:
                if left.asset != right.asset:
                    yield Pair(left, right)
                left, right = next(old, None), next(new, None)

    def _placed(self, assets: Iterable[ListedAsset], counter: Counter) -> Iterator[Placed]:
        for place, asset in enumerate(assets):
            if self.takes(asset.path):
                counter.count(asset)
                yield Placed(asset, place)


def join_moves(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs, in which a removed and an added asset with the same content have become one that moved.

    Where several assets share a content, they are matched in the order of their paths.
    """
    found = list(pairs)
    removed: dict[str, list[int]] = defaultdict(list)
    for at in range(len(found) - 1, -1, -1):
        before, after = found[at]
        if before and not after and before.asset.content:
            removed[before.asset.content].append(at)
    gone: set[int] = set()
    for at, (before, after) in enumerate(found):
        if after and not before and (old := removed.get(after.asset.content)):
            origin = old.pop()
            gone.add(origin)
            found[at] = Pair(found[origin].before, after)
    return [pair for at, pair in enumerate(found) if at not in gone]
