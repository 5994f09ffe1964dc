"""The right word that is nearest to a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, allowed: Iterable[str], *, likeness: float = 0.65) -> str | None:
    """The allowed word that was probably meant, or None. Case does not count; `likeness` is from 0 to 1."""
    by_lower = {candidate.lower(): candidate for candidate in allowed}
    mixed_up = [candidate for candidate in by_lower if sorted(candidate) == sorted(word.lower())]
    found = mixed_up or difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=likeness)
    return by_lower[found[0]] if found else None


def choices(word: str, allowed: Iterable[str]) -> str:
    """What to do about a wrong word: the nearest right one, then all that are allowed."""
    allowed = list(allowed)
    near = nearest(word, allowed)
    return (f"did you mean `{near}`? " if near else "") + f"Allowed: {', '.join(allowed)}"
