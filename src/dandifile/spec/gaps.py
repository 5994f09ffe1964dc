"""Gaps: what `init` could not know stands in the spec as `GAP: …`, and a spec with gaps does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from dandifile.model import Json
from dandifile.spec.fault import Fault, Path, spoken

MARK = "GAP: "
FILL = "`init` left this to you: write it in place of the text that begins with GAP"


def gap(what_for: str) -> str:
    """The text that stands in for a value; `what_for` says what belongs there, and why."""
    return f"{MARK}{what_for}"


def is_gap(value: Json) -> bool:
    return isinstance(value, str) and value.startswith(MARK)


def gap_faults(value: Json, path: Path = ()) -> Iterator[Fault]:
    """A fault for every gap below `value`, which stands at `path`."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from gap_faults(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from gap_faults(item, (*path, index))
    elif is_gap(value):
        what = f"{spoken(path)}: {str(value).removeprefix(MARK)}"
        yield Fault(path, what, FILL, missing=True, gap=True)
