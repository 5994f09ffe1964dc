"""How patterns in the spec match paths: one rule for `include`, `paths`, `match` and `ignore`."""

from __future__ import annotations

from wcmatch import glob

_FLAGS = glob.GLOBSTAR | glob.DOTGLOB | glob.BRACE | glob.FORCEUNIX


def matches(pattern: str, path: str) -> bool:
    """Whether `path` (forward slashes) fits: `*` stops at a slash, `**` does not, case counts.

    A pattern that names a folder, `sub-1` or `sub-1/`, takes everything below it.
    """
    pattern = pattern.rstrip("/")
    return glob.globmatch(path, [pattern, f"{pattern}/**"], flags=_FLAGS)
