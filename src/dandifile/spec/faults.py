"""Gaps: what `init` could not know stands in the spec as `GAP: …`, and a spec with gaps does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dandifile.model import Json
from dandifile.reading.document import KeyPath


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong at `path`; `at_key` points at the key, not at its value.

    `missing`: nothing is wrong with what is there, something has to be added; `gap`: in place of the value.
    """

    path: KeyPath
    what: str
    fix: str = ""
    at_key: bool = False
    missing: bool = False
    gap: bool = False


def path_text(path: KeyPath) -> str:
    """A path as people write it, e.g. `contributors[0].roles`; "the spec" for the top."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".") or "the spec"


MARK = "GAP: "
FILL = "`init` left this to you: write it in place of the text that begins with GAP"


def gap(what_for: str) -> str:
    """The text that stands in for a value; `what_for` says what belongs there, and why."""
    return f"{MARK}{what_for}"


def is_gap(value: Json) -> bool:
    return isinstance(value, str) and value.startswith(MARK)


def gap_faults(value: Json, path: KeyPath = ()) -> Iterator[Fault]:
    """A fault for every gap below `value`, which stands at `path`."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from gap_faults(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from gap_faults(item, (*path, index))
    elif is_gap(value):
        what = f"{path_text(path)}: {str(value).removeprefix(MARK)}"
        yield Fault(path, what, FILL, missing=True, gap=True)
