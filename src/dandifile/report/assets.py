"""Changes of assets as rows; many changes of one sort in one folder become one row.

Folding goes only as far as the screen asks for. The same metadata edit of three or more
neighbours is always one row; creations, moves and deletions stay apart as long as all rows
fit; then they fold by folder, then by top folder, and what is still too many is counted.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from dandifile.model import Action, Change, JsonObject
from dandifile.report.lines import Mark, Row
from dandifile.report.values import marks
from dandifile.report.words import many, size

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
        name += f"  {many(self.count, 'asset')}" if self.count > 1 else ""
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
    for depth, actions in ((0, {Action.UPDATE}), (0, set(Action)), (1, set(Action))):
        folded = _folded(entries, depth, actions)
        if len(folded) <= _MOST:
            return [entry.row() for entry in folded]
    return _fewest(folded)


# --- One asset ----------------------------------------------------------------------------------


def _entry(change: Change, permits: Collection[str], *, verbose: bool) -> _Entry:
    before, after = change.before or {}, change.after or {}
    said = _SAID[change.action](before, after, verbose=verbose)
    said = with_need(said, change, permits)
    moves = change.action is Action.MOVE
    weightless = change.action in (Action.MOVE, Action.UPDATE)
    amount = None if weightless else int((after or before).get("size") or 0)
    return _Entry(change.action, change.key.name, str(before.get("path", "")) if moves else "", said, amount)


def flag(permit: str) -> str:
    """What to add to the command line to be permitted that."""
    return "--create" if permit == "create" else f"--allow {permit}"


def with_need(said: tuple[Mark, ...], change: Change, permits: Collection[str]) -> tuple[Mark, ...]:
    """What is said of a change and, where nothing is done about it as it stands, what that needs."""
    if not change.permit or change.permit in permits:
        return said
    need = f"needs {flag(change.permit)}"
    if said and not said[-1].sign:
        return (*said[:-1], Mark("", f"{said[-1].text}: {need}"))
    return (*said, Mark("", need))


def _created(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Mark, ...]:  # noqa: ARG001
    return (Mark("", "no bytes: the archive has this content"),) if after.get("blob") else ()


def _replaced(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Mark, ...]:
    said = [Mark("", f"new content, was {size(int(before.get('size') or 0))}")]
    old, new = before.get("metadata") or {}, after.get("metadata") or {}
    keys = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    if verbose:
        said += _metadata(before, after, verbose=True)
    elif keys:
        more = " …" if len(keys) > _FEW_KEYS else ""
        said.append(Mark("", f"and its metadata: {', '.join(keys[:_FEW_KEYS])}{more}"))
    return (*said, *_created(before, after, verbose=verbose))


def _moved(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Mark, ...]:
    return (Mark("", "no bytes"), *_metadata(before, after, verbose=verbose))


def _deleted(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Mark, ...]:  # noqa: ARG001
    return (Mark("", "deleted"),)


def _metadata(before: JsonObject, after: JsonObject, *, verbose: bool) -> tuple[Mark, ...]:
    """Each metadata key that differs; the key's name leads its first mark."""
    old, new = before.get("metadata") or {}, after.get("metadata") or {}
    said: list[Mark] = []
    for key in sorted({*old, *new}):
        found = marks(old.get(key), new.get(key), verbose=verbose)
        said += [Mark("", key), *found] if old.get(key) != new.get(key) else []
    return tuple(said)


_SAID = {
    Action.CREATE: _created,
    Action.REPLACE: _replaced,
    Action.UPDATE: _metadata,
    Action.MOVE: _moved,
    Action.DELETE: _deleted,
}


# --- Folding ------------------------------------------------------------------------------------


def _folded(entries: Sequence[_Entry], depth: int, actions: Collection[Action]) -> list[_Entry]:
    """Entries of `actions` that say the same in one folder as one; `depth` 0 is the whole folder, 1 the topmost."""
    groups: dict[tuple[object, ...], list[_Entry]] = {}
    for entry in entries:
        places = (
            (_pattern(entry.path, depth), _pattern(entry.old, depth))
            if entry.old
            else (_pattern(entry.path, depth),)
        )
        group = (entry.action, *places, _without_sizes(entry))
        groups.setdefault(group if entry.action in actions else (entry.action, entry.path), []).append(entry)
    folded = [
        entry
        for group in groups.values()
        for entry in ([_fold(group, depth)] if len(group) >= _WORTH_FOLDING else group)
    ]
    return sorted(folded, key=lambda entry: (ORDER.index(entry.action), entry.path))


def _without_sizes(entry: _Entry) -> object:
    return entry.action if entry.action is Action.REPLACE else entry.marks


def _fold(group: Sequence[_Entry], depth: int) -> _Entry:
    first = group[0]
    said = (Mark("", "new content"),) if first.action is Action.REPLACE else first.marks
    amount = None if first.bytes is None else sum(entry.bytes or 0 for entry in group)
    old = _pattern(first.old, depth) if first.old else ""
    return _Entry(first.action, _pattern(first.path, depth), old, said, amount, len(group))


def _pattern(path: str, depth: int) -> str:
    """`sub-1/ses-2/*` at depth 0, `sub-1/**` at depth 1."""
    folder, slash, _ = path.rpartition("/")
    if depth and "/" in folder:
        return f"{folder.partition('/')[0]}/**"
    return f"{folder}{slash}*"


def _fewest(entries: Sequence[_Entry]) -> list[Row]:
    """The first entries of each action, deletions first, and one row that counts the rest of that action."""
    groups = [list(group) for _, group in groupby(entries, key=lambda entry: entry.action)]
    rows: list[Row] = []
    for later, group in zip(range(len(groups) - 1, -1, -1), groups, strict=True):
        room = max(_MOST - len(rows) - later * _LEAST, _LEAST)
        shown, rest = (group, []) if len(group) <= room else (group[: room - 1], group[room - 1 :])
        rows += [entry.row() for entry in shown]
        if rest:
            rows.append(_rest(rest))
    return rows


def _rest(entries: Sequence[_Entry]) -> Row:
    count = sum(entry.count for entry in entries)
    folders = {entry.path.rpartition("/")[0] for entry in entries}
    common = os.path.commonprefix(list(folders))  # noqa: RUF071 - `sub-` of sub-1 and sub-2 is what is meant
    exact = folders == {common}
    under = f" under {common}{'' if exact else '*'}/" if common else ""
    amount = None if entries[0].bytes is None else sum(entry.bytes or 0 for entry in entries)
    ending = "; -v shows all" if amount is None else f" ({size(amount)}); -v shows all"
    return Row(SIGNS[entries[0].action], "asset", f"… and {count:,} more{under}{ending}")
