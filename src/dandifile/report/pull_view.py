"""What `pull` fetched, or would fetch, and what it did not: as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from dandifile.model import JsonObject, Refusal
from dandifile.report.files_view import refused_rows
from dandifile.report.lines import Remark, TableRow, page, paragraph, table, wrap
from dandifile.words import clean, duration, quantity, size

_COLUMN = 8
_MOST = 20  # rows of one sort


@dataclass(frozen=True)
class PullFile:
    """An asset to fetch; `over`: it takes the place of a file with other content."""

    path: str
    source: str
    size: int
    over: bool = False


@dataclass(frozen=True)
class PullSummary:
    """What a pull is about. `failed` is by path; `seconds` None: nothing was fetched yet.

    Pairs are (path in the dandiset, file here). `blocked`: nothing is fetched, because files here differ.
    """

    identifier: str
    version: str
    files: tuple[PullFile, ...]
    here: int
    differ: tuple[tuple[str, str], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    left: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    idle: tuple[str, ...] = ()
    unselected: int = 0
    blocked: bool = False
    failed: Mapping[str, str] | None = None
    seconds: float | None = None

    @property
    def done(self) -> tuple[PullFile, ...]:
        return tuple(file for file in self.files if file.path not in (self.failed or {}))


def pull_text(found: PullSummary, *, verbose: bool = False, width: int = 100) -> Text:
    """What could not be fetched and why, what is left, then one sentence."""
    rows = [] if found.seconds is not None else [_row(file) for file in found.files]
    failed = [
        TableRow("!", "failed", path, marks=(Remark("", error),))
        for path, error in (found.failed or {}).items()
    ]
    differ = [_differing_row(*pair) for pair in found.differ] if found.blocked else []
    renamed = [
        TableRow("=", "renamed", f"{source} has the content of {path}") for path, source in found.renamed
    ]
    left = [TableRow("?", "left", path) for path in found.left]
    idle = [TableRow("~", "note", f"--path {glob} matches no asset") for glob in found.idle]
    groups = (failed, differ, rows, renamed, left)
    shown = [row for group in groups for row in _first(group, verbose=verbose)]
    lines = table([*shown, *refused_rows(found.refused, verbose=verbose), *idle], width, _COLUMN)
    lines += [Text("")] if lines else []
    style = "bold red" if failed or found.blocked else "bold"
    lines += [Text(line, style) for line in wrap(" · ".join(_sentence(found)), width)]
    for hint in _hints(found):
        lines += paragraph("hint: ", hint, width, "cyan")
    return page(lines)


def _row(file: PullFile) -> TableRow:
    marks = (Remark("", "replaces a file with other content"),) if file.over else ()
    name = file.source if file.source.endswith(file.path) else f"{file.path} → {file.source}"
    return TableRow("~" if file.over else "+", "fetch", name, size(file.size), marks)


def _differing_row(path: str, source: str) -> TableRow:
    name = source if source.endswith(path) else f"{path} → {source}"
    return TableRow("!", "differs", name)


def _first(rows: Sequence[TableRow], *, verbose: bool) -> Iterable[TableRow]:
    if verbose or len(rows) <= _MOST:
        return rows
    kept, rest = rows[: _MOST - 1], rows[_MOST - 1 :]
    return [*kept, TableRow(rest[0].sign, rest[0].kind, f"… and {len(rest):,} more; -v shows all")]


def _sentence(found: PullSummary) -> list[str]:
    if found.blocked:
        count = quantity(len(found.differ), "file here differs", "files here differ")
        first = f"{count} from the archive. Nothing was fetched"
    elif found.seconds is None:
        first = f"{_amount(found.files)} to fetch" if found.files else "Nothing to fetch"
    elif not found.files:
        first = "Nothing to fetch"
    else:
        first = f"{_amount(found.done)} fetched in {duration(found.seconds)}"
    counts = {
        "failed": len(found.failed or {}),
        "refused": len(found.refused),
        "here already": found.here,
        "here under other names": len(found.renamed),
        "left on the archive: no entry of `paths` takes them": len(found.left),
        "left out by --path or --exclude": found.unselected,
    }
    return [first, *(f"{count:,} {what}" for what, count in counts.items() if count)]


def _amount(files: Sequence[PullFile]) -> str:
    return f"{quantity(len(files), 'file')} ({size(sum(file.size for file in files))})"


def _hints(found: PullSummary) -> Iterable[str]:
    if found.blocked:
        yield (
            "--overwrite replaces these files with the archive's, and your changes are lost; "
            "--exclude GLOB leaves assets out; "
            "`dandifile plan` shows what apply would send"
        )
    if found.failed:
        yield "run the same command again: what has arrived is kept"
    if found.left:
        yield "add an entry to `paths` that takes them, or pass --to DIR with a folder for them"
    if found.version != "draft" and found.done and found.seconds is not None:
        yield (
            f"these are files of version {found.version}: plan compares them with the draft, and would put "
            "them in the place of what has changed there since"
        )


def pull_json(found: PullSummary) -> JsonObject:
    failed = found.failed or {}
    fetched = () if found.seconds is None else found.done
    return {
        "dandiset": found.identifier,
        "version": found.version,
        "to_fetch": [_file_json(file) for file in found.files if found.seconds is None],
        "fetched": [_file_json(file) for file in fetched],
        "failed": [{"path": clean(path), "error": error} for path, error in failed.items()],
        "differ": _pairs_json(found.differ),
        "renamed": _pairs_json(found.renamed),
        "left": list(found.left),
        "refused": [{"path": one.source, "reason": one.reason, "fix": one.fix} for one in found.refused],
        "here": found.here,
        "not_asked_for": found.unselected,
        "unmatched": list(found.idle),
        "blocked": found.blocked,
        "bytes": sum(file.size for file in (found.files if found.seconds is None else fetched)),
        "seconds": None if found.seconds is None else round(found.seconds, 3),
    }


def _file_json(file: PullFile) -> JsonObject:
    return {"path": file.path, "source": file.source, "size": file.size, "overwrites": file.over}


def _pairs_json(pairs: Iterable[tuple[str, str]]) -> list[JsonObject]:
    return [{"path": path, "source": source} for path, source in pairs]
