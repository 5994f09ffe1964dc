"""The words of `--refresh`: what is looked up anew."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dandifile.errors import UserError

FLAG = "--refresh"
ALL = "all"


def with_word(arguments: Sequence[str]) -> list[str]:
    """A command line on which the flag alone means all: the parser wants a word after it."""
    completed: list[str] = []
    for argument, following in pairwise([*arguments, "-"]):
        completed.append(argument)
        if argument == FLAG and following.startswith("-"):
            completed.append(ALL)
    return completed


def words(refresh: Sequence[str]) -> frozenset[str]:
    """What is to be refreshed; a word that is not known is an error."""
    from dandifile.lookup.resolve import REFRESHABLE

    for word in refresh:
        if word not in {*REFRESHABLE, ALL}:
            known = ", ".join([*REFRESHABLE, ALL])
            raise UserError(f"{FLAG} {word} is not known", fix=f"use one of {known}; or {FLAG} alone for all")
    return frozenset(REFRESHABLE) if ALL in refresh else frozenset(refresh)
