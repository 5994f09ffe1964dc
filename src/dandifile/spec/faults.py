"""What is wrong or missing in a spec, before it is known on which line of the file that is.

A gap is a text `GAP: …` that `init` writes in place of what it could not know. A spec with gaps does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dandifile.model import Json
from dandifile.reading.document import KeyPath


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong at `path`; `at_key` points at the key instead of its value.

    `missing`: nothing is wrong, but something has to be added. `gap`: the value there is a gap.
    """

    path: KeyPath
    what: str
    fix: str = ""
    at_key: bool = False
    missing: bool = False
    gap: bool = False


def path_text(path: KeyPath) -> str:
    """A path as people write it, such as `contributors[0].roles`; "the spec" for the top."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".") or "the spec"


MARK = "GAP: "
FILL = "replace the text that starts with GAP; `init` could not know what belongs here"


def gap(what_for: str) -> str:
    """The text in place of a value; `what_for` says what belongs there, and why."""
    return f"{MARK}{what_for}"


def is_gap(value: Json) -> bool:
    return isinstance(value, str) and value.startswith(MARK)


def gap_faults(value: Json, path: KeyPath = ()) -> Iterator[Fault]:
    """A fault for every gap in `value`, which is at `path`."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from gap_faults(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from gap_faults(item, (*path, index))
    elif is_gap(value):
        what = f"{path_text(path)}: {str(value).removeprefix(MARK)}"
        yield Fault(path, what, FILL, missing=True, gap=True)
