"""How patterns in the spec match paths: one rule for `include`, `paths`, `match` and `ignore`."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from wcmatch import glob

_FEW = 4  # names that are listed in one pattern
_MOST = 3  # patterns that are worth reading one by one

_SPECIAL = re.compile(r"[\\*?\[\]{}]")
_FLAGS = glob.GLOBSTAR | glob.DOTGLOB | glob.BRACE | glob.FORCEUNIX


def matches(pattern: str, path: str) -> bool:
    """Whether `path` (forward slashes) fits: `*` stops at a slash, `**` does not, case counts.

    A pattern that names a folder, `sub-1` or `sub-1/`, takes everything below it.
    """
    pattern = pattern.rstrip("/")
    return glob.globmatch(path, [pattern, f"{pattern}/**"], flags=_FLAGS)


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
