"""One message for each cause: what keeps several files out for the same reason is said once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich.text import Text

from dandifile.model import Finding, JsonObject, Refusal, Skipped
from dandifile.report.lines import Mark, Row, page, table
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
    for words, files in group_by_words((file, (reason, fix)) for file, reason, fix in said).items():
        reason, fix = next(iter(files.values())) if len(files) == 1 else words
        found.append(Cause(reason, fix, tuple(sorted(files))))
    return sorted(found, key=lambda cause: (cause.files, cause.reason))


Words: TypeAlias = tuple[str, ...]


def group_by_words(said: Iterable[tuple[str, Words]]) -> dict[Words, dict[str, Words]]:
    """What is said of files, by words that hold for each of them; inside, each file's own words."""
    said = tuple(said)
    times = Counter(words for _, words in said)
    groups: dict[Words, dict[str, Words]] = {}
    for file, words in said:
        # Files that name each other in the same words are one cause as they are.
        alike = words if times[words] > 1 else tuple(replace_name(file, text) for text in words)
        groups.setdefault(alike, {})[file] = words
    return groups


def replace_name(file: str, text: str) -> str:
    """What is said of a file, in words that hold for every file: its name in them becomes `the file`."""
    if file not in text:
        return text
    return re.sub(rf"(?:[^\s'\"]*[/\\])?{re.escape(file)}(?![\w/])", "the file", text)


def refusal_causes(refused: Iterable[Refusal]) -> list[Cause]:
    return causes((item.source, item.reason, item.fix) for item in refused)


def causes_json(found: Iterable[Cause]) -> list[JsonObject]:
    return [{"reason": cause.reason, "fix": cause.fix, "files": list(cause.files)} for cause in found]


def refused_rows(refused: Iterable[Refusal], *, verbose: bool = False) -> list[Row]:
    """A row for each cause: one file by its name, several by their number and the first few names."""
    rows = []
    for cause in refusal_causes(refused):
        said = [Mark("", cause.reason), Mark("", cause.fix, alone=True)]
        if len(cause.files) > 1:
            said += [Mark("", name, alone=True) for name in first_files(cause.files, verbose=verbose)]
        rows.append(Row("!", "refused", file_or_count(cause.files), marks=tuple(said)))
    return rows


def skipped_rows(skipped: Iterable[Skipped]) -> list[Row]:
    """What is not taken up, a row for each reason."""
    return [
        Row(
            "·",
            "left out",
            file_or_count(group.sources),
            marks=(
                Mark("", group.reason),
                Mark("", group.fix, alone=True),
                *(
                    Mark("", name, alone=True)
                    for name in first_files(group.sources)
                    if len(group.sources) > 1
                ),
            ),
        )
        for group in skipped
    ]


def skipped_json(skipped: Iterable[Skipped]) -> list[JsonObject]:
    return [{"reason": one.reason, "fix": one.fix, "files": list(one.sources)} for one in skipped]


def file_or_count(files: Sequence[str]) -> str:
    """The file where it is one, else how many."""
    return files[0] if len(files) == 1 else quantity(len(files), "file")


def first_files(files: Sequence[str], *, verbose: bool = False) -> list[str]:
    """The files, or the first few and how many more."""
    if verbose or len(files) <= _SHOWN:
        return list(files)
    return [*files[:_SHOWN], f"… and {len(files) - _SHOWN:,} more; --format json has them all"]


_COLUMN = 8  # `left out`


def names_text(  # noqa: PLR0913 - each of what a look at names finds
    paths: Mapping[str, str],
    refused: Sequence[Refusal],
    absent: Iterable[str],
    *,
    warnings: Sequence[Finding] = (),
    skipped: Iterable[Skipped] = (),
    notes: Iterable[str] = (),
    width: int = 100,
) -> Text:
    """A line a file, `source → path`, by path; then what gets no name and why. `paths` is by source."""
    rows = [Row("→", "name", f"{source} → {path}") for source, path in paths.items()]
    rows += warning_rows(warnings)
    rows += refused_rows(refused)
    rows += skipped_rows(skipped)
    rows += [Row("?", "absent", f"{source} is not on this machine") for source in absent]
    rows += _note_rows(notes)
    counts = quantity(len(paths), "file") + (f" · {len(refused):,} refused" if refused else "")
    return page([*table(rows, width, _COLUMN), *([Text("")] if rows else []), Text(counts, "bold")])


def warning_rows(warnings: Iterable[Finding]) -> list[Row]:
    """What does not keep a file out, a row for each cause."""
    return [
        Row(
            "~",
            "warning",
            file_or_count(cause.files),
            marks=(
                Mark("", cause.reason),
                *(Mark("", name, alone=True) for name in first_files(cause.files) if len(cause.files) > 1),
            ),
        )
        for cause in causes((finding.source, finding.message, "") for finding in warnings)
    ]


def _note_rows(notes: Iterable[str]) -> list[Row]:
    return [Row("~", "note", note) for note in notes]


def placement_text(  # noqa: PLR0913 - as above
    errors: Mapping[str, str],
    refused: Sequence[Refusal],
    counts: Mapping[str, int],
    *,
    warnings: Sequence[Finding] = (),
    notes: Iterable[str] = (),
    width: int = 100,
) -> Text:
    """What did not work and why, then how many did. `errors` is by path, `counts` by status."""
    rows = [Row("!", "failed", path, marks=(Mark("", error),)) for path, error in errors.items()]
    rows += warning_rows(warnings)
    rows += refused_rows(refused)
    rows += _note_rows(notes)
    said = [f"{count:,} {status}" for status, count in counts.items() if count]
    last = Text(" · ".join(said) or "nothing to do", "bold")
    return page([*table(rows, width, _COLUMN), *([Text("")] if rows else []), last])


def scan_text(
    name: str,
    counts: Mapping[str, int],
    refused: Sequence[Refusal],
    *,
    notes: Iterable[str] = (),
    width: int = 100,
) -> Text:
    """What the data manifest says now, beside what it said before; `counts` as scan gives them."""
    said = [f"{counts[word]:,} {word}" for word in ("added", "changed", "dropped", "invalid") if counts[word]]
    if counts["elsewhere"]:
        said.append(f"{counts['elsewhere']:,} of files that are not here (--forget GLOB drops them)")
    summary = " · ".join([f"{name}: {quantity(counts['lines'], 'line')}", *(said or ["as before"])])
    rows = table([*refused_rows(refused), *_note_rows(notes)], width, _COLUMN)
    return page([*rows, *([Text("")] if rows else []), Text(summary, "bold")])
