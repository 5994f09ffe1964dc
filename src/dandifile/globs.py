"""How patterns in the spec match paths: one rule for `include`, `paths`, `match` and `ignore`."""

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

_FEW = 4  # names that are listed in one pattern
_MOST = 3  # patterns that are worth reading one by one

_SPECIAL = re.compile(r"[\\*?\[\]{}]")
_FLAGS = glob.GLOBSTAR | glob.DOTGLOB | glob.BRACE | glob.FORCEUNIX

MOST_CHOICES = 1000
"""That braces may stand for, as in {001..100}; each is a pattern of its own."""

MOST_DEPTHS = 3
"""That one pattern may say `**` before something else: time grows with that power of a path's length."""

LONGEST = 4000
"""Characters of a pattern: no path is longer."""


def matches(pattern: str, path: str) -> bool:
    """Whether `path` (forward slashes) fits: `*` stops at a slash, `**` does not, case counts.

    A pattern that names a folder, `sub-1` or `sub-1/`, takes everything below it. UserError for
    a pattern that is none (`fault_of`); a spec's own were checked when it was read.
    """
    return _compiled(pattern).match(path)


def fault_of(pattern: str) -> str:
    """Why a pattern cannot be used, in words that follow it; "" where it can."""
    try:
        _compiled(pattern)
    except UserError as error:
        return error.what.removeprefix(f"the pattern {_short(pattern)} ")
    return ""


@functools.lru_cache(maxsize=1024)
def _compiled(pattern: str) -> glob.WcMatcher[str]:
    why = ""
    bare = pattern.rstrip("/")
    if len(pattern) > LONGEST:
        why = f"has {len(pattern):,} characters, and {LONGEST:,} are the limit"
    else:
        try:
            if all(
                _depths(choice) <= MOST_DEPTHS
                for choice in bracex.iexpand(bare, keep_escapes=True, limit=MOST_CHOICES)
            ):
                return glob.compile([bare, f"{bare}/**"], flags=_FLAGS, limit=0)
            why = f"says ** more than {MOST_DEPTHS} times"
        except bracex.ExpansionLimitException:
            why = f"stands for more than {MOST_CHOICES:,} patterns"
        except (ValueError, re.error, RecursionError, OverflowError) as error:
            why = f"cannot be read: {error}"
    raise UserError(
        f"the pattern {_short(pattern)} {why}", fix="write * for what varies, or several patterns"
    )


def _depths(choice: str) -> int:
    """How often it says `**` before something else; one right after the other is the same one."""
    segments = [each for each in choice.split("/") if each]
    return sum("**" in one and "**" not in then for one, then in pairwise(segments))


def _short(pattern: str) -> str:
    return repr(pattern if len(pattern) <= 60 else f"{pattern[:57]}…")  # noqa: PLR2004 - fits on a line


def narrowest(paths: Iterable[str]) -> list[str]:
    """Patterns that together take all of `paths`, and as little else as a few patterns can."""
    folders: dict[str, list[str]] = defaultdict(list)
    for path in sorted(set(paths)):
        folders[path.rpartition("/")[0]].append(path)
    patterns = [_in_one_folder(folder, those) for folder, those in folders.items()]
    if len(patterns) <= _MOST:
        return patterns
    depths: dict[int, list[list[str]]] = defaultdict(list)
    for path in (path for those in folders.values() for path in those):
        depths[path.count("/")].append(path.split("/"))
    return ["/".join(map(_any_of, zip(*parts, strict=True))) for parts in depths.values()]


def _in_one_folder(folder: str, paths: Sequence[str]) -> str:
    names = [path.rpartition("/")[2] for path in paths]
    if 1 < len(names) <= _FEW and not any("," in name for name in names):
        last = f"{{{','.join(map(_plain, names))}}}"
    else:
        last = _any_of(names)
    return f"{_plain(folder)}/{last}" if folder else last


def _any_of(names: Sequence[str]) -> str:
    """The name, or what the names have in common at either end."""
    if len(set(names)) == 1:
        return _plain(names[0])
    start = os.path.commonprefix(list(names))  # noqa: RUF071 - letters, not folders, are meant
    end = os.path.commonprefix([name[len(start) :][::-1] for name in names])[::-1]  # noqa: RUF071 - as above
    return f"{_plain(start)}*{_plain(end)}"


def _plain(text: str) -> str:
    """Text that stands for itself in a pattern, by the flags that are used here."""
    return _SPECIAL.sub(r"\\\g<0>", text)
