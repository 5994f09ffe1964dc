"""The right word that is nearest to a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_RIVAL = 0.15
"""A second word that is nearly as near as the first may be meant as well: Cited is Cites or IsCitedBy."""


def near_words(word: str, allowed: Iterable[str], *, likeness: float = 0.65) -> list[str]:
    """The allowed words that may have been meant, the likeliest first. Case does not count."""
    by_lower = {candidate.lower(): candidate for candidate in allowed}
    low = word.lower()
    mixed_up = [candidate for candidate in by_lower if sorted(candidate) == sorted(low)]
    if mixed_up:
        return [by_lower[candidate] for candidate in mixed_up]
    found = difflib.get_close_matches(low, by_lower, n=3, cutoff=likeness)
    alike = {candidate: difflib.SequenceMatcher(None, low, candidate).ratio() for candidate in found}
    return [by_lower[candidate] for candidate in found if alike[candidate] > alike[found[0]] - _RIVAL]


def nearest(word: str, allowed: Iterable[str], *, likeness: float = 0.65) -> str | None:
    """The one allowed word that was probably meant; None where it may be several."""
    found = near_words(word, allowed, likeness=likeness)
    return found[0] if len(found) == 1 else None


def choices(word: str, allowed: Iterable[str]) -> str:
    """What to do about a wrong word: the right ones that may be meant, then all that are allowed."""
    allowed = list(allowed)
    near = " or ".join(f"`{candidate}`" for candidate in near_words(word, allowed))
    return (f"did you mean {near}? " if near else "") + f"Allowed: {', '.join(allowed)}"
