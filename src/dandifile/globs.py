"""How patterns in the spec match paths: the same rules for `include`, `paths`, `match` and `ignore`."""

from __future__ import annotations

import functools
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import bracex
from wcmatch import glob

from dandifile.errors import UserError

_FEW = 4  # names that one pattern lists at most
_MOST = 3  # patterns that are still easy to read one by one

_SPECIAL = re.compile(r"[\\*?\[\]{}]")
_FLAGS = glob.GLOBSTAR | glob.DOTGLOB | glob.BRACE | glob.FORCEUNIX

MOST_CHOICES = 1000
"""Alternatives that the braces of a pattern may expand to, as in {001..100}; each is matched separately."""

MOST_DEPTHS = 3
"""How often a pattern may have `**` before something else: the time grows with that power of a path's
length.
"""

LONGEST = 4000
"""Characters of a pattern. No path is longer."""


def is_match(pattern: str, path: str) -> bool:
    """Whether `path` (with forward slashes) matches: `*` stops at a slash, `**` does not, and case counts.

    A pattern that names a folder, `sub-1` or `sub-1/`, matches everything below it. UserError for a pattern
    that is not valid (`fault_of`); those of a spec were checked when it was read.
    """
    return _compile(pattern).match(path)


def fault_of(pattern: str) -> str:
    """Why a pattern cannot be used, as the end of a sentence about it; "" where it can."""
    try:
        _compile(pattern)
    except UserError as error:
        return error.what.removeprefix(f"the pattern {_quote(pattern)} ")
    return ""


@functools.lru_cache(maxsize=1024)
def _compile(pattern: str) -> glob.WcMatcher[str]:
    why = ""
    bare = pattern.rstrip("/")
    if len(pattern) > LONGEST:
        why = f"has {len(pattern):,} characters; the limit is {LONGEST:,}"
    else:
        try:
            if all(
                _depths(choice) <= MOST_DEPTHS
                for choice in bracex.iexpand(bare, keep_escapes=True, limit=MOST_CHOICES)
            ):
                return glob.compile([bare, f"{bare}/**"], flags=_FLAGS, limit=0)
            why = f"has ** more than {MOST_DEPTHS} times"
        except bracex.ExpansionLimitException:
            why = f"stands for more than {MOST_CHOICES:,} patterns"
        except (ValueError, re.error, RecursionError, OverflowError) as error:
            why = f"cannot be read: {error}"
    raise UserError(
        f"the pattern {_quote(pattern)} {why}", fix="write * for what varies, or use several patterns"
    )


def _depths(choice: str) -> int:
    """How often a pattern has `**` before something else; adjacent ones count as one."""
    segments = [each for each in choice.split("/") if each]
    return sum("**" in one and "**" not in then for one, then in pairwise(segments))


def _quote(pattern: str) -> str:
    return repr(pattern if len(pattern) <= 60 else f"{pattern[:57]}…")  # noqa: PLR2004 - fits on a line


def narrowest_patterns(paths: Iterable[str]) -> list[str]:
    """A few patterns that together match all of `paths`, and as little else as possible."""
    folders: dict[str, list[str]] = defaultdict(list)
    for path in sorted(set(paths)):
        folders[path.rpartition("/")[0]].append(path)
    patterns = [_folder_pattern(folder, those) for folder, those in folders.items()]
    if len(patterns) <= _MOST:
        return patterns
    depths: dict[int, list[list[str]]] = defaultdict(list)
    for path in (path for those in folders.values() for path in those):
        depths[path.count("/")].append(path.split("/"))
    return ["/".join(map(_name_pattern, zip(*parts, strict=True))) for parts in depths.values()]


def _folder_pattern(folder: str, paths: Sequence[str]) -> str:
    names = [path.rpartition("/")[2] for path in paths]
    if 1 < len(names) <= _FEW and not any("," in name for name in names):
        last = f"{{{','.join(map(exact_pattern, names))}}}"
    else:
        last = _name_pattern(names)
    return f"{exact_pattern(folder)}/{last}" if folder else last


def _name_pattern(names: Sequence[str]) -> str:
    """The name, or a pattern of what the names have in common at either end."""
    if len(set(names)) == 1:
        return exact_pattern(names[0])
    start = os.path.commonprefix(list(names))  # noqa: RUF071 - it compares letters, not folders
    end = os.path.commonprefix([name[len(start) :][::-1] for name in names])[::-1]  # noqa: RUF071 - as above
    return f"{exact_pattern(start)}*{exact_pattern(end)}"


def exact_pattern(text: str) -> str:
    """Text as a pattern that matches only itself, with the flags used here."""
    return _SPECIAL.sub(r"\\\g<0>", text)
