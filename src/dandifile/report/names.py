"""`organize`: which name each file gets, and what came of putting it there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.text import Text

from dandifile.model import Refusal
from dandifile.report.lines import Mark, Row, page, table
from dandifile.report.words import many

_COLUMN = 7  # `refused`


def names_text(
    paths: Mapping[str, str], refused: Sequence[Refusal], absent: Iterable[str], *, width: int = 100
) -> Text:
    """A line a file, `source → path`, by path; then what gets no name and why. `paths` is by source."""
    rows = [Row("→", "name", f"{source} → {path}") for source, path in paths.items()]
    rows += refused_rows(refused)
    rows += [Row("?", "absent", f"{source} is not on this machine") for source in absent]
    counts = many(len(paths), "file") + (f" · {len(refused):,} refused" if refused else "")
    return page([*table(rows, width, _COLUMN), *([Text("")] if rows else []), Text(counts, "bold")])


def placed_text(
    errors: Mapping[str, str], refused: Sequence[Refusal], counts: Mapping[str, int], *, width: int = 100
) -> Text:
    """What did not work and why, then how many did. `errors` is by path, `counts` by status."""
    rows = [Row("!", "failed", path, marks=(Mark("", error),)) for path, error in errors.items()]
    rows += refused_rows(refused)
    said = [f"{count:,} {status}" for status, count in counts.items() if count]
    last = Text(" · ".join(said) or "nothing to do", "bold")
    return page([*table(rows, width, _COLUMN), *([Text("")] if rows else []), last])


def refused_rows(refused: Iterable[Refusal]) -> list[Row]:
    return [
        Row("!", "refused", item.source, marks=(Mark("", item.reason), Mark("", item.fix)))
        for item in refused
    ]
