"""What is reported about files on this machine, once for each cause; the texts of `organize` and `scan`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich.text import Text

from dandifile.model import Finding, JsonObject, Refusal, Skipped
from dandifile.report.lines import Remark, TableRow, page, table
from dandifile.words import quantity

_COLUMN = 8  # `left out`
_SHOWN = 3  # files that are named where a cause has many


Words: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class FileCause:
    """A reason, what to do, and the sorted files that have it, in words that hold for each of them."""

    reason: str
    fix: str
    files: tuple[str, ...]


def causes(reports: Iterable[tuple[str, str, str]]) -> list[FileCause]:
    """The causes of (file, reason, fix), by their first file. Files may differ only in their names."""
    found = []
    for words, files in group_by_words((file, (reason, fix)) for file, reason, fix in reports).items():
        reason, fix = next(iter(files.values())) if len(files) == 1 else words
        found.append(FileCause(reason, fix, tuple(sorted(files))))
    return sorted(found, key=lambda cause: (cause.files, cause.reason))


def group_by_words(reports: Iterable[tuple[str, Words]]) -> dict[Words, dict[str, Words]]:
    """Reports on files, by words that hold for each of them; inside, the own words of each file."""
    reports = tuple(reports)
    times = Counter(words for _, words in reports)
    groups: dict[Words, dict[str, Words]] = {}
    for file, words in reports:
        # Files that name each other in the same words are one cause already.
        alike = words if times[words] > 1 else tuple(replace_name(file, text) for text in words)
        groups.setdefault(alike, {})[file] = words
    return groups


def replace_name(file: str, text: str) -> str:
    """A report on a file in words that hold for every file: its name becomes `the file`."""
    if file not in text:
        return text
    return re.sub(rf"(?:[^\s'\"]*[/\\])?{re.escape(file)}(?![\w/])", "the file", text)


def refusal_causes(refused: Iterable[Refusal]) -> list[FileCause]:
    return causes((item.source, item.reason, item.fix) for item in refused)


def causes_json(found: Iterable[FileCause]) -> list[JsonObject]:
    return [{"reason": cause.reason, "fix": cause.fix, "files": list(cause.files)} for cause in found]


def refused_rows(refused: Iterable[Refusal], *, verbose: bool = False) -> list[TableRow]:
    """Files that cannot be assets: a row for each cause."""
    return [
        _cause_row("!", "refused", cause.files, cause.reason, cause.fix, verbose=verbose)
        for cause in refusal_causes(refused)
    ]


def warning_rows(warnings: Iterable[Finding]) -> list[TableRow]:
    """Warnings, which do not exclude a file: a row for each cause."""
    return [
        _cause_row("~", "warning", cause.files, cause.reason)
        for cause in causes((finding.source, finding.message, "") for finding in warnings)
    ]


def skipped_rows(skipped: Iterable[Skipped]) -> list[TableRow]:
    """Files that are left out: a row for each reason."""
    return [_cause_row("·", "left out", group.sources, group.reason, group.fix) for group in skipped]


def _cause_row(
    sign: str, word: str, files: Sequence[str], reason: str, *fixes: str, verbose: bool = False
) -> TableRow:
    """A single file by its name, several by their number and the first few names."""
    names = first_files(files, verbose=verbose) if len(files) > 1 else ()
    alone = (Remark("", line, alone=True) for line in (*fixes, *names))
    return TableRow(sign, word, file_or_count(files), marks=(Remark("", reason), *alone))


def skipped_json(skipped: Iterable[Skipped]) -> list[JsonObject]:
    return [{"reason": one.reason, "fix": one.fix, "files": list(one.sources)} for one in skipped]


def file_or_count(files: Sequence[str]) -> str:
    """The name of a single file, else how many files there are."""
    return files[0] if len(files) == 1 else quantity(len(files), "file")


def first_files(files: Sequence[str], *, verbose: bool = False) -> list[str]:
    """All files, or the first few and how many more."""
    if verbose or len(files) <= _SHOWN:
        return list(files)
    return [*files[:_SHOWN], f"… and {len(files) - _SHOWN:,} more; --format json has them all"]


# --- `organize` and `scan` ------------------------------------------------------------------------


def names_text(  # noqa: PLR0913 - each sort of finding
    paths: Mapping[str, str],
    refused: Sequence[Refusal],
    absent: Iterable[str],
    *,
    warnings: Sequence[Finding] = (),
    skipped: Iterable[Skipped] = (),
    notes: Iterable[str] = (),
    width: int = 100,
) -> Text:
    """A line for each file, `source → path`, then files without a name and why. `paths` is by source."""
    rows = [TableRow("→", "name", f"{source} → {path}") for source, path in paths.items()]
    rows += warning_rows(warnings)
    rows += refused_rows(refused)
    rows += skipped_rows(skipped)
    rows += [TableRow("?", "absent", f"{source} is not on this machine") for source in absent]
    rows += _note_rows(notes)
    counts = quantity(len(paths), "file") + (f" · {len(refused):,} refused" if refused else "")
    return page([*table(rows, width, _COLUMN), *([Text("")] if rows else []), Text(counts, "bold")])


def placement_text(  # noqa: PLR0913 - as above
    errors: Mapping[str, str],
    refused: Sequence[Refusal],
    counts: Mapping[str, int],
    *,
    warnings: Sequence[Finding] = (),
    notes: Iterable[str] = (),
    width: int = 100,
) -> Text:
    """Failures with their reasons, then the counts. `errors` is by path, `counts` by status."""
    rows = [TableRow("!", "failed", path, marks=(Remark("", error),)) for path, error in errors.items()]
    rows += warning_rows(warnings)
    rows += refused_rows(refused)
    rows += _note_rows(notes)
    totals = [f"{count:,} {status}" for status, count in counts.items() if count]
    last = Text(" · ".join(totals) or "nothing to do", "bold")
    return page([*table(rows, width, _COLUMN), *([Text("")] if rows else []), last])


def scan_text(
    name: str,
    counts: Mapping[str, int],
    refused: Sequence[Refusal],
    *,
    notes: Iterable[str] = (),
    width: int = 100,
) -> Text:
    """What is new in the data manifest, in the `counts` of scan."""
    totals = [
        f"{counts[word]:,} {word}" for word in ("added", "changed", "dropped", "invalid") if counts[word]
    ]
    if counts["elsewhere"]:
        totals.append(f"{counts['elsewhere']:,} of them not on this machine (--forget GLOB drops them)")
    summary = " · ".join([f"{name}: {quantity(counts['lines'], 'line')}", *(totals or ["unchanged"])])
    rows = table([*refused_rows(refused), *_note_rows(notes)], width, _COLUMN)
    return page([*rows, *([Text("")] if rows else []), Text(summary, "bold")])


def _note_rows(notes: Iterable[str]) -> list[TableRow]:
    return [TableRow("~", "note", note) for note in notes]
