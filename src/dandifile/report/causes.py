"""One message for each cause: what keeps several files out for the same reason is said once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dandifile.model import JsonObject, Refusal, Skipped
from dandifile.report.lines import Mark, Row
from dandifile.words import quantity

_SHOWN = 3  # files that are named where a cause has many


@dataclass(frozen=True)
class Cause:
    """Why, what to do, and of which files, sorted. The words are the same for each of them."""

    reason: str
    fix: str
    files: tuple[str, ...]


def causes(said: Iterable[tuple[str, str, str]]) -> list[Cause]:
    """Of (file, reason, fix), by the first file of each. Several files are alike but for their names."""
    found = []
    for words, files in grouped((file, (reason, fix)) for file, reason, fix in said).items():
        reason, fix = next(iter(files.values())) if len(files) == 1 else words
        found.append(Cause(reason, fix, tuple(sorted(files))))
    return sorted(found, key=lambda cause: (cause.files, cause.reason))


Words: TypeAlias = tuple[str, ...]


def grouped(said: Iterable[tuple[str, Words]]) -> dict[Words, dict[str, Words]]:
    """What is said of files, by words that hold for each of them; inside, each file's own words."""
    said = tuple(said)
    times = Counter(words for _, words in said)
    groups: dict[Words, dict[str, Words]] = {}
    for file, words in said:
        # Files that name each other in the same words are one cause as they are.
        alike = words if times[words] > 1 else tuple(without(file, text) for text in words)
        groups.setdefault(alike, {})[file] = words
    return groups


def without(file: str, text: str) -> str:
    """What is said of a file, in words that hold for every file: its name in them becomes `the file`."""
    if file not in text:
        return text
    return re.sub(rf"(?:[^\s'\"]*[/\\])?{re.escape(file)}(?![\w/])", "the file", text)


def of_refusals(refused: Iterable[Refusal]) -> list[Cause]:
    return causes((item.source, item.reason, item.fix) for item in refused)


def causes_json(found: Iterable[Cause]) -> list[JsonObject]:
    return [{"reason": cause.reason, "fix": cause.fix, "files": list(cause.files)} for cause in found]


def refused_rows(refused: Iterable[Refusal], *, verbose: bool = False) -> list[Row]:
    """A row for each cause: one file by its name, several by their number and the first few names."""
    rows = []
    for cause in of_refusals(refused):
        said = [Mark("", cause.reason), Mark("", cause.fix, alone=True)]
        if len(cause.files) > 1:
            said += [Mark("", name, alone=True) for name in named(cause.files, verbose=verbose)]
        rows.append(Row("!", "refused", counted(cause.files), marks=tuple(said)))
    return rows


def skipped_rows(skipped: Iterable[Skipped]) -> list[Row]:
    """What is not taken up, a row for each reason."""
    return [
        Row(
            "·",
            "left out",
            counted(group.sources),
            marks=(
                Mark("", group.reason),
                Mark("", group.fix, alone=True),
                *(Mark("", name, alone=True) for name in named(group.sources) if len(group.sources) > 1),
            ),
        )
        for group in skipped
    ]


def skipped_json(skipped: Iterable[Skipped]) -> list[JsonObject]:
    return [{"reason": one.reason, "fix": one.fix, "files": list(one.sources)} for one in skipped]


def counted(files: Sequence[str]) -> str:
    """The file where it is one, else how many."""
    return files[0] if len(files) == 1 else quantity(len(files), "file")


def named(files: Sequence[str], *, verbose: bool = False) -> list[str]:
    """The files, or the first few and how many more."""
    if verbose or len(files) <= _SHOWN:
        return list(files)
    return [*files[:_SHOWN], f"… and {len(files) - _SHOWN:,} more; --format json has them all"]
