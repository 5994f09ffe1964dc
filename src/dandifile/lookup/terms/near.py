"""Terms that look like a name that is none: for a message, never to be taken."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from dandifile.lookup.terms.outcome import Candidate, Kind
from dandifile.lookup.terms.reviewed import common_names
from dandifile.lookup.terms.spelled import key, words
from dandifile.lookup.terms.table import Table, table

ALIKE = 0.5  # share of the words of both names that they have in common
MISSPELT = 0.85  # likeness of a misspelt name, as difflib measures it


def near(name: str, kind: Kind, most: int = 5) -> tuple[Candidate, ...]:
    """Terms of the shipped table that share words with the name or are spelt almost like it, best first."""
    found = table(kind)
    if found is None:
        return ()
    names = _names(found, kind)
    ranked = sorted(_likeness(key(name), names), reverse=True)
    best: dict[str, Candidate] = {}
    for _, other in ranked:
        for id_ in names[other]:
            best.setdefault(id_, found.candidate(id_, "" if other in found.labels else f"also “{other}”"))
    return tuple(best.values())[:most]


def _names(found: Table, kind: Kind) -> dict[str, list[str]]:
    names = {**found.synonyms, **found.labels}
    if kind is Kind.REGION:
        names |= {name: list(row.ids) for name, row in common_names().items() if row.take}
    return names


def _likeness(name: str, names: dict[str, list[str]]) -> Iterator[tuple[float, str]]:
    asked = words(name)
    for other in names:
        there = words(other)
        shared = len(asked & there) / (len(asked | there) or 1)
        if shared >= ALIKE:
            yield shared, other
    for other in difflib.get_close_matches(name, names, cutoff=MISSPELT):
        yield difflib.SequenceMatcher(a=name, b=other).ratio(), other
