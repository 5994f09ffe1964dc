"""What becomes of the keys and items of a collection that gets new content. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dandifile.model import Json
from dandifile.spec.formatting import KeyOrder

_NAMING = ("orcid", "ror", "id", "identifier", "url", "organization", "name", "source", "match", "protocol")
"""Keys that name an item of a list, the strongest first."""


def is_equal(one: Json, other: Json) -> bool:
    """Whether two values are the same JSON: true is not 1, and the order of keys means nothing."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_equal, one, other))
    return type(one) is type(other) and bool(one == other)


def pair_items(old: Sequence[Json], new: Sequence[Json]) -> list[tuple[int | None, Json]]:
    """The new items in their order, each with the index of the old one that it continues, or None.

    It is an equal one, else one with the same name: the same ORCID iD, identifier, URL and so on.
    """
    left = list(range(len(old)))
    found: dict[int, int] = {}
    for number, item in enumerate(new):
        same = next((index for index in left if is_equal(old[index], item)), None)
        if same is not None:
            found[number] = same
            left.remove(same)
    for key in _NAMING:
        for number, item in enumerate(new):
            if number in found or not isinstance(item, dict) or not item.get(key):
                continue
            same = next((index for index in left if _named(old[index], key) == item[key]), None)
            if same is not None:
                found[number] = same
                left.remove(same)
    return [(found.get(number), item) for number, item in enumerate(new)]


def _named(item: Json, key: str) -> Json:
    return item.get(key) if isinstance(item, dict) else None


def place_keys(old: Sequence[str], new: Sequence[str], order: KeyOrder) -> list[str]:
    """The new keys: those that stay in their own order, each other one where the documented order has it."""
    wanted = [key for key in old if key in new]
    documented = order.sorted([*dict.fromkeys((*old, *new))])
    for key in new:
        if key in wanted:
            continue
        before = set(_before(key, documented))
        last = max((index for index, known in enumerate(wanted) if known in before), default=-1)
        wanted.insert(last + 1, key)
    return wanted


def _before(key: str, documented: Sequence[str]) -> Iterator[str]:
    return iter(documented[: documented.index(key)])
