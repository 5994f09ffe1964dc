"""Changes of assets as rows; many similar changes in one folder become one row.

Rows are folded only as far as needed to fit on a screen. The same metadata edit of three or more neighbours
is always one row. Creations, moves and deletions have a row each as long as all rows fit; then they are
folded by folder, then by top folder, and what is still too much is counted.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from dandifile.model import Action, Change, JsonObject, is_zarr
from dandifile.report.lines import Remark, TableRow
from dandifile.report.values import value_marks
from dandifile.words import quantity, size

ORDER = (Action.DELETE, Action.MOVE, Action.REPLACE, Action.UPDATE, Action.CREATE)
SIGNS = {Action.DELETE: "-", Action.MOVE: "→", Action.REPLACE: "~", Action.UPDATE: "~", Action.CREATE: "+"}
_MOST = 25  # rows of assets on one screen
_LEAST = 3  # rows of each action at least, however many another action has
_WORTH_FOLDING = 3
_FEW_KEYS = 3  # of changed metadata that are named next to new content


@dataclass(frozen=True)
class AssetGroup:
    """One asset, or several with the same change: `path` and `old` are then patterns."""

    action: Action
    path: str
    old: str  # its present path; "" unless it moves
    marks: tuple[Remark, ...]
    bytes: int | None  # None where the size does not matter
    count: int = 1

    def row(self) -> TableRow:
        name = f"{self.old} → {self.path}" if self.old else self.path
        name += f"  {quantity(self.count, 'asset')}" if self.count > 1 else ""
        amount = "" if self.bytes is None else size(self.bytes)
        return TableRow(SIGNS[self.action], "asset", name, amount, self.marks)


def asset_rows(
    changes: Iterable[Change], permits: Collection[str] = (), *, verbose: bool = False
) -> list[TableRow]:
    """Deletions, moves, changes, then additions, each by path. `permits` are those that the user gave."""
    if verbose:
        return [group.row() for group in _entries(changes, permits, verbose=True)]
    folded = asset_groups(changes, permits)
    return [group.row() for group in folded] if len(folded) <= _MOST else _first_rows(folded)


def asset_groups(
    changes: Iterable[Change], permits: Collection[str] = (), *, most: int = _MOST
) -> list[AssetGroup]:
    """The changes in the order of `asset_rows`, folded until there are at most `most`."""
    entries = _entries(changes, permits, verbose=False)
    for depths in _STAGES:
        folded = _fold_entries(entries, depths)
        if len(folded) <= most:
            break
    return folded


def _entries(changes: Iterable[Change], permits: Collection[str], *, verbose: bool) -> list[AssetGroup]:
    shared = _SharedMarks(verbose=verbose)
    entries = [_entry(change, permits, shared) for change in changes]
    return sorted(entries, key=lambda entry: (ORDER.index(entry.action), entry.path))


# --- One asset ----------------------------------------------------------------------------------


class _SharedMarks:
    """The marks of changes; changes of metadata that share the very same values share their marks."""

    def __init__(self, *, verbose: bool) -> None:
        self._verbose = verbose
        self._known: dict[tuple[int, int], tuple[Change, tuple[Remark, ...]]] = {}

    def of(self, change: Change) -> tuple[Remark, ...]:
        before, after = change.before or {}, change.after or {}
        make = _MARKS[change.action]
        if change.action is not Action.UPDATE:
            return make(before, after, verbose=self._verbose)
        values = id(before.get("metadata")), id(after.get("metadata"))
        if values not in self._known:  # with the change, so that no other value gets these ids
            self._known[values] = change, make(before, after, verbose=self._verbose)
        return self._known[values][1]


def _entry(change: Change, permits: Collection[str], shared: _SharedMarks) -> AssetGroup:
    before, after = change.before or {}, change.after or {}
    found = add_need(shared.of(change), change, permits)
    moves = change.action is Action.MOVE
    weightless = change.action in (Action.MOVE, Action.UPDATE)
    amount = None if weightless else int((after or before).get("size") or 0)
    return AssetGroup(
        change.action, change.key.name, str(before.get("path", "")) if moves else "", found, amount
    )


def permit_flag(permit: str) -> str:
    """The flag of apply that gives a permit."""
    return "--create" if permit == "create" else f"--allow {permit}"


def add_need(marks: tuple[Remark, ...], change: Change, permits: Collection[str]) -> tuple[Remark, ...]:
    """The marks of a change, with the flag that it needs where its permit is missing."""
    if not change.permit or change.permit in permits:
        return marks
    need = f"needs {permit_flag(change.permit)}"
    if marks and not marks[-1].sign:
        return (*marks[:-1], Remark("", f"{marks[-1].text}: {need}"))
    return (*marks, Remark("", need))


def _creation_marks(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Remark, ...]:  # noqa: ARG001
    return (Remark("", "no bytes: the archive has this content"),) if _is_on_archive(after) else ()


def _is_on_archive(after: JsonObject) -> bool:
    return bool(after.get("blob") or after.get("on_archive"))


def _replacement_marks(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Remark, ...]:
    sent = ", only differences are sent" if before.get("zarr") and is_zarr(after["digest"]) else ""
    found = [Remark("", f"new content, was {size(int(before.get('size') or 0))}{sent}")]
    old, new = before.get("metadata") or {}, after.get("metadata") or {}
    keys = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    if verbose:
        found += _metadata_marks(before, after, verbose=True)
    elif keys:
        more = " …" if len(keys) > _FEW_KEYS else ""
        found.append(Remark("", f"and its metadata: {', '.join(keys[:_FEW_KEYS])}{more}"))
    return (*found, *_creation_marks(before, after, verbose=verbose))


def _move_marks(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Remark, ...]:
    return (Remark("", "no bytes"), *_metadata_marks(before, after, verbose=verbose))


def _deletion_marks(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Remark, ...]:  # noqa: ARG001
    return (Remark("", "deleted"),)


def _metadata_marks(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Remark, ...]:
    """Each metadata key that differs: its name, then its marks."""
    old, new = before.get("metadata") or {}, after.get("metadata") or {}
    all_marks: list[Remark] = []
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            all_marks += [Remark("", key), *value_marks(old.get(key), new.get(key), verbose=verbose)]
    return tuple(all_marks)


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


def _fold_entries(entries: Sequence[AssetGroup], depths: Mapping[Action, int]) -> list[AssetGroup]:
    """Folds entries with the same marks in one folder, as far as `depths` allows for their action."""
    groups: dict[tuple[object, ...], list[AssetGroup]] = {}
    for entry in entries:
        depth = depths.get(entry.action)
        places = (entry.path,) if depth is None else (_place(entry.path, depth), _place(entry.old, depth))
        alike = entry.action if entry.action is Action.REPLACE else entry.marks
        groups.setdefault((entry.action, alike, *places), []).append(entry)
    folded = [
        entry
        for group in groups.values()
        for entry in ([_fold(group)] if len(group) >= _WORTH_FOLDING else group)
    ]
    return sorted(folded, key=lambda entry: (ORDER.index(entry.action), entry.path))


def _place(path: str, depth: int) -> str:
    folder = path.rpartition("/")[0]
    return "" if depth == _ALL else folder.partition("/")[0] if depth == _TOP else folder


def _fold(group: Sequence[AssetGroup]) -> AssetGroup:
    first = group[0]
    marks = (Remark("", "new content"),) if first.action is Action.REPLACE else first.marks
    amount = None if first.bytes is None else sum(entry.bytes or 0 for entry in group)
    old = _pattern(entry.old for entry in group) if first.old else ""
    return AssetGroup(first.action, _pattern(entry.path for entry in group), old, marks, amount, len(group))


def _pattern(paths: Iterable[str]) -> str:
    """A glob that matches all of `paths`, as narrow as `sub-1/*`, `sub-1/**` or `sub-*/*`."""
    folders = {path.rpartition("/")[0] for path in paths}
    common = os.path.commonprefix(list(folders))  # noqa: RUF071 - it compares letters: `sub-` of sub-1 and sub-2
    if folders == {common}:
        return f"{common}/*" if common else "*"
    if all(folder == common or folder.startswith(f"{common}/") for folder in folders):
        return f"{common}/**" if common else "**"
    deeper = any("/" in folder[len(common) :] for folder in folders)
    return f"{common}*/**" if deeper else f"{common}*/*"


def _first_rows(entries: Sequence[AssetGroup]) -> list[TableRow]:
    """The first entries of each action, deletions first, each with a row that counts the others."""
    groups = [list(group) for _, group in groupby(entries, key=lambda entry: entry.action)]
    rows: list[TableRow] = []
    for later, group in zip(range(len(groups) - 1, -1, -1), groups, strict=True):
        room = max(_MOST - len(rows) - later * _LEAST, _LEAST)
        shown, rest = (group, []) if len(group) <= room else (group[: room - 1], group[room - 1 :])
        rows += [entry.row() for entry in shown]
        if rest:
            rows.append(_rest_row(rest))
    return rows


def _rest_row(entries: Sequence[AssetGroup]) -> TableRow:
    count, pattern = sum(entry.count for entry in entries), _pattern(entry.path for entry in entries)
    under = "" if pattern.startswith("*") else f" under {pattern}"
    amount = "" if entries[0].bytes is None else f" ({size(sum(entry.bytes or 0 for entry in entries))})"
    return TableRow(SIGNS[entries[0].action], "asset", f"… and {count:,} more{under}{amount}; -v shows all")
