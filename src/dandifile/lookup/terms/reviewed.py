"""What this project itself says of names: common names of regions, and acronyms of the Allen mouse atlas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dandifile.lookup.terms.spelled import key
from dandifile.lookup.terms.table import cells_of, data


@dataclass(frozen=True, slots=True)
class Reviewed:
    """`take`: the name means the one id. Else it is taken for nothing, and `ids` are the nearest terms."""

    name: str
    take: bool
    ids: tuple[str, ...]
    why: str


@cache
def common_names() -> Mapping[str, Reviewed]:
    """By `spelled.key`."""
    return {key(row.name): row for row in _rows("regions.tsv")}


@cache
def allen_acronyms() -> Mapping[str, Reviewed]:
    """By acronym, whose case counts."""
    return {row.name: row for row in _rows("allen.tsv")}


def _rows(file: str) -> list[Reviewed]:
    return [
        Reviewed(name, do == "take", tuple(filter(None, ids.split("|"))), why)
        for names, do, ids, why in cells_of(data(file))
        for name in names.split("|")
    ]
