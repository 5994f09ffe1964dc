"""`organize` and `scan`: which name each file gets, and what was made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.text import Text

from dandifile.model import Finding, Refusal, Skipped
from dandifile.report.causes import causes, counted, named, refused_rows, skipped_rows
from dandifile.report.lines import Mark, Row, page, table
from dandifile.words import quantity

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
            counted(cause.files),
            marks=(
                Mark("", cause.reason),
                *(Mark("", name, alone=True) for name in named(cause.files) if len(cause.files) > 1),
            ),
        )
        for cause in causes((finding.source, finding.message, "") for finding in warnings)
    ]


def _note_rows(notes: Iterable[str]) -> list[Row]:
    return [Row("~", "note", note) for note in notes]


def placed_text(  # noqa: PLR0913 - as above
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


def scanned_text(
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
