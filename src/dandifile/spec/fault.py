"""What a check has against a spec, before it is known which line of the file that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list indices from the top of the document to a value."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong at `path`; `at_key` points at the key, not at its value.

    `missing`: nothing is wrong with what is there, something has to be added; `gap`: in place of the value.
    """

    path: Path
    what: str
    fix: str = ""
    at_key: bool = False
    missing: bool = False
    gap: bool = False


def spoken(path: Path) -> str:
    """A path as people write it, e.g. `contributors[0].roles`; "the spec" for the top."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".") or "the spec"
