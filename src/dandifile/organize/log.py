"""The log of a tree: what was put where, one JSON line a file, written before the file gets its name.

It is in the tree, under a hidden name that no scan takes for data, and is all that undoing needs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from dandifile.errors import Problem, SpecError, UserError
from dandifile.organize.tree import Mode
from dandifile.reading.files import LIST_LIMIT, read_text
from dandifile.reading.jsontext import COUNT, NotJsonError, each, misfit, optional_shape, parse_json

_ENTRY = {
    "source": str,
    "path": str,
    "digest": str,
    "size": COUNT,
    "mtime_ns": int,
    "references": optional_shape(each(str)),
}
_PREFIX = ".dandifile-organize-"
_VERSION = 1


@dataclass(frozen=True)
class Entry:
    """One file: `source` and `path` (in the tree), the content that it was made from and its stat as made.

    `references` are those that were rewritten in it, old → new.
    """

    source: str
    path: str
    digest: str
    size: int
    mtime_ns: int
    references: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Log:
    """`made`: the tree's own folder was not there before."""

    file: Path
    folder: Path
    mode: Mode
    entries: tuple[Entry, ...]
    made: bool = False


class Writer:
    """Adds to a log; an entry is on the disk when `add` returns."""

    def __init__(self, file: Path, mode: Mode, *, made: bool) -> None:
        self.file, self._mode, self._made = file, mode, made
        self._begun = False

    def add(self, entry: Entry) -> None:
        head = {"dandifile_organize": _VERSION, "mode": self._mode, "made": self._made}
        lines = [asdict(entry)] if self._begun else [head, asdict(entry)]
        with self.file.open("a", encoding="utf-8") as stream:
            stream.writelines(json.dumps(line) + "\n" for line in lines)
            stream.flush()
            os.fsync(stream.fileno())
        self._begun = True


def new_log(folder: Path, mode: Mode, *, made: bool = False) -> Writer:
    """A log for one run in a folder; it becomes a file with its first entry."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    return Writer(folder / f"{_PREFIX}{stamp}.jsonl", mode, made=made)


def read_log(file: Path) -> Log:
    """A log, without a last line that a crash cut short. UserError for any other file."""
    try:
        head, *lines = read_text(file, "the log", LIST_LIMIT).splitlines()
        header = parse_json(head)
        mode = Mode(header["mode"])
        version = header["dandifile_organize"]
    except (UserError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{file} is not a log of `dandifile organize`",
            fix=f"give it the {_PREFIX}….jsonl that is in the tree",
        ) from error
    if version != _VERSION:
        raise UserError(f"{file} is of a newer dandifile", fix="undo it with that version")
    return Log(file, file.parent, mode, tuple(_entries(file, lines)), header.get("made") is True)


def earlier_logs(folder: Path) -> list[Log]:
    """Those of earlier runs in a folder, oldest first."""
    return [read_log(file) for file in sorted(folder.glob(f"{_PREFIX}*.jsonl"))]


def entries_before(earlier: Iterable[Log]) -> dict[str, Entry]:
    """What earlier runs put into a folder, by path."""
    return {entry.path: entry for log in earlier for entry in log.entries}


def _entries(file: Path, lines: list[str]) -> Iterator[Entry]:
    for number, line in enumerate(lines, 2):
        try:
            said = parse_json(line)
        except NotJsonError:
            said = None
        if said is not None and not misfit(said, _ENTRY):
            yield Entry(**{key: said[key] for key in _ENTRY if key in said})
        else:
            if number == len(lines) + 1:
                return
            raise SpecError(
                f"{file.name} is damaged",
                [Problem(f"{file}:{number}", "this is not an entry")],
                fix="correct the line",
            )
