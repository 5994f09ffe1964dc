"""Changes of assets as rows; many changes of one sort in one folder become one row.

Folding goes only as far as the screen asks for. The same metadata edit of three or more
neighbours is always one row; creations, moves and deletions stay apart as long as all rows
fit; then they fold by folder, then by top folder, and what is still too many is counted.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from dandifile.model import Action, Change, JsonObject, is_zarr
from dandifile.report.lines import Mark, Row
from dandifile.report.values import value_marks
from dandifile.words import quantity, size

ORDER = (Action.DELETE, Action.MOVE, Action.REPLACE, Action.UPDATE, Action.CREATE)
SIGNS = {Action.DELETE: "-", Action.MOVE: "→", Action.REPLACE: "~", Action.UPDATE: "~", Action.CREATE: "+"}
_MOST = 25  # rows of assets on one screen
_LEAST = 3  # rows of each action, however many there are of another
_WORTH_FOLDING = 3
_FEW_KEYS = 3  # of changed metadata that are named beside new content


@dataclass(frozen=True)
class _Entry:
    """One asset, or several of the same sort: `path` and `old` are then patterns."""

    action: Action
    path: str
    old: str  # where it is now; "" unless it moves
    marks: tuple[Mark, ...]
    bytes: int | None  # None where bytes are not the point
    count: int = 1

    def row(self) -> Row:
        name = f"{self.old} → {self.path}" if self.old else self.path
        name += f"  {quantity(self.count, 'asset')}" if self.count > 1 else ""
        amount = "" if self.bytes is None else size(self.bytes)
        return Row(SIGNS[self.action], "asset", name, amount, self.marks)


def asset_rows(
    changes: Iterable[Change], permits: Collection[str] = (), *, verbose: bool = False
) -> list[Row]:
    """Deletions, moves, changes, additions; by path within each. `permits` are those that were given."""
    entries = [_entry(change, permits, verbose=verbose) for change in changes]
    entries.sort(key=lambda entry: (ORDER.index(entry.action), entry.path))
    if verbose:
        return [entry.row() for entry in entries]
    for depths in _STAGES:
        folded = _fold_entries(entries, depths)
        if len(folded) <= _MOST:
            return [entry.row() for entry in folded]
    return _first_rows(folded)


# --- One asset ----------------------------------------------------------------------------------


def _entry(change: Change, permits: Collection[str], *, verbose: bool) -> _Entry:
    before, after = change.before or {}, change.after or {}
    said = _MARKS[change.action](before, after, verbose=verbose)
    said = add_need(said, change, permits)
    moves = change.action is Action.MOVE
    weightless = change.action in (Action.MOVE, Action.UPDATE)
    amount = None if weightless else int((after or before).get("size") or 0)
    return _Entry(change.action, change.key.name, str(before.get("path", "")) if moves else "", said, amount)


def permit_flag(permit: str) -> str:
    """What to add to the command line to be permitted that."""
    return "--create" if permit == "create" else f"--allow {permit}"


def add_need(said: tuple[Mark, ...], change: Change, permits: Collection[str]) -> tuple[Mark, ...]:
    """What is said of a change and, where nothing is done about it as it stands, what that needs."""
    if not change.permit or change.permit in permits:
        return said
    need = f"needs {permit_flag(change.permit)}"
    if said and not said[-1].sign:
        return (*said[:-1], Mark("", f"{said[-1].text}: {need}"))
    return (*said, Mark("", need))


def _creation_marks(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Mark, ...]:  # noqa: ARG001
    return (Mark("", "no bytes: the archive has this content"),) if _is_on_archive(after) else ()


def _is_on_archive(after: JsonObject) -> bool:
    return bool(after.get("blob") or after.get("on_archive"))


def _replacement_marks(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Mark, ...]:
    sent = ", what differs is sent" if before.get("zarr") and is_zarr(after["digest"]) else ""
    said = [Mark("", f"new content, was {size(int(before.get('size') or 0))}{sent}")]
    old, new = before.get("metadata") or {}, after.get("metadata") or {}
    keys = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    if verbose:
        said += _metadata_marks(before, after, verbose=True)
    elif keys:
        more = " …" if len(keys) > _FEW_KEYS else ""
        said.append(Mark("", f"and its metadata: {', '.join(keys[:_FEW_KEYS])}{more}"))
    return (*said, *_creation_marks(before, after, verbose=verbose))


def _move_marks(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Mark, ...]:
    return (Mark("", "no bytes"), *_metadata_marks(before, after, verbose=verbose))


def _deletion_marks(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Mark, ...]:  # noqa: ARG001
    return (Mark("", "deleted"),)


def _metadata_marks(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Mark, ...]:
    """Each metadata key that differs; the key's name leads its first mark."""
    old, new = before.get("metadata") or {}, after.get("metadata") or {}
    said: list[Mark] = []
    for key in sorted({*old, *new}):
        found = value_marks(old.get(key), new.get(key), verbose=verbose)
        said += [Mark("", key), *found] if old.get(key) != new.get(key) else []
    return tuple(said)


_MARKS = {
    Action.CREATE: _creation_marks,
    Action.REPLACE: _replacement_marks,
    Action.UPDATE: _metadata_marks,
    Action.MOVE: _move_marks,
    Action.DELETE: _deletion_marks,
}


# --- Folding ------------------------------------------------------------------------------------

_FOLDER, _TOP, _ALL = 0, 1, 2  # how far a fold reaches: one folder, one top folder, the dandiset
_STAGES: tuple[dict[Action, int], ...] = (
    {Action.UPDATE: _FOLDER},
    {Action.UPDATE: _ALL},
    {**dict.fromkeys(Action, _FOLDER), Action.UPDATE: _ALL},
    {**dict.fromkeys(Action, _TOP), Action.UPDATE: _ALL},
)


def _fold_entries(entries: Sequence[_Entry], depths: Mapping[Action, int]) -> list[_Entry]:
    """Entries that say the same of one folder as one, as far as `depths` says for their action."""
    groups: dict[tuple[object, ...], list[_Entry]] = {}
    for entry in entries:
        depth = depths.get(entry.action)
        places = (entry.path,) if depth is None else (_place(entry.path, depth), _place(entry.old, depth))
        said = entry.action if entry.action is Action.REPLACE else entry.marks
        groups.setdefault((entry.action, said, *places), []).append(entry)
    folded = [
        entry
        for group in groups.values()
        for entry in ([_fold(group)] if len(group) >= _WORTH_FOLDING else group)
    ]
    return sorted(folded, key=lambda entry: (ORDER.index(entry.action), entry.path))


def _place(path: str, depth: int) -> str:
    folder = path.rpartition("/")[0]
    return "" if depth == _ALL else folder.partition("/")[0] if depth == _TOP else folder


def _fold(group: Sequence[_Entry]) -> _Entry:
    first = group[0]
    said = (Mark("", "new content"),) if first.action is Action.REPLACE else first.marks
    amount = None if first.bytes is None else sum(entry.bytes or 0 for entry in group)
    old = _pattern(entry.old for entry in group) if first.old else ""
    return _Entry(first.action, _pattern(entry.path for entry in group), old, said, amount, len(group))


def _pattern(paths: Iterable[str]) -> str:
    """The glob, as narrow as `sub-1/*`, `sub-1/**` or `sub-*/*`, that takes all of `paths`."""
    folders = {path.rpartition("/")[0] for path in paths}
    common = os.path.commonprefix(list(folders))  # noqa: RUF071 - `sub-` of sub-1 and sub-2 is what is meant
    if folders == {common}:
        return f"{common}/*" if common else "*"
    if all(folder == common or folder.startswith(f"{common}/") for folder in folders):
        return f"{common}/**" if common else "**"
    deeper = any("/" in folder[len(common) :] for folder in folders)
    return f"{common}*/**" if deeper else f"{common}*/*"


def _first_rows(entries: Sequence[_Entry]) -> list[Row]:
    """The first entries of each action, deletions first, and one row that counts the rest of that action."""
    groups = [list(group) for _, group in groupby(entries, key=lambda entry: entry.action)]
    rows: list[Row] = []
    for later, group in zip(range(len(groups) - 1, -1, -1), groups, strict=True):
        room = max(_MOST - len(rows) - later * _LEAST, _LEAST)
        shown, rest = (group, []) if len(group) <= room else (group[: room - 1], group[room - 1 :])
        rows += [entry.row() for entry in shown]
        if rest:
            rows.append(_rest_row(rest))
    return rows


def _rest_row(entries: Sequence[_Entry]) -> Row:
    count, pattern = sum(entry.count for entry in entries), _pattern(entry.path for entry in entries)
    under = "" if pattern.startswith("*") else f" under {pattern}"
    amount = "" if entries[0].bytes is None else f" ({size(sum(entry.bytes or 0 for entry in entries))})"
    return Row(SIGNS[entries[0].action], "asset", f"… and {count:,} more{under}{amount}; -v shows all")
