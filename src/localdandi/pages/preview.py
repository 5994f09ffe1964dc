"""The beginning of a small text file: as a table where it is one, else as it is."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

_TABLES = {".tsv": "\t", ".csv": ","}
_TEXTS = (".json", ".txt", ".md", ".rst", ".yaml", ".yml", ".toml", ".bval", ".bvec", ".log", ".py", ".m")
_BARE = ("README", "CHANGES", "LICENSE")
_READ = 64_000  # bytes
_ROWS, _COLUMNS, _LINES = 50, 30, 200


@dataclass(frozen=True)
class Preview:
    """Either a table, its first row the header, or lines of text; `cut` if there is more."""

    table: tuple[tuple[str, ...], ...]
    lines: str
    cut: bool


def preview(file: Path, name: str) -> Preview | None:
    """The beginning of a file, None if its name is not that of a text or it holds something else."""
    ending = Path(name).suffix.lower()
    if ending not in (*_TABLES, *_TEXTS) and name not in _BARE:
        return None
    try:
        with file.open("rb") as stream:
            content = stream.read(_READ + 1)
    except OSError:
        return None
    if b"\0" in content:
        return None
    found = content[:_READ].decode("utf-8-sig", "replace")
    longer = len(content) > _READ
    return _table(found, _TABLES[ending], longer) if ending in _TABLES else _text(found, longer)


def _table(found: str, separator: str, longer: bool) -> Preview:
    lines = found.splitlines()
    try:
        rows = list(islice(csv.reader(lines, delimiter=separator), _ROWS + 1))
    except csv.Error:
        return _text(found, longer)
    table = tuple(tuple(row[:_COLUMNS]) for row in rows)
    return Preview(table, "", longer or len(lines) > len(table) or any(len(row) > _COLUMNS for row in rows))


def _text(found: str, longer: bool) -> Preview:
    lines = found.splitlines()
    return Preview((), "\n".join(lines[:_LINES]), longer or len(lines) > _LINES)
