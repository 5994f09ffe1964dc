"""What differs between two versions of a dandiset, as text and as JSON: how much, then each difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from dandifile.model import (
    Action,
    AssetDifference,
    Change,
    Comparison,
    JsonObject,
    Key,
    ListedAsset,
    Version,
)
from dandifile.report.asset_rows import asset_rows
from dandifile.report.lines import TableRow, join_parts, paragraph, sections, table, wrap
from dandifile.report.values import value_marks
from dandifile.words import clean, quantity, size

_COLUMN = 9  # `metadata`
_MOST_SUBJECTS = 12  # in one line
_MOST_SESSIONS = 6  # of one subject


def comparison_text(comparison: Comparison, *, verbose: bool = False, width: int = 100) -> Text:
    """All of it in `width` columns; on about a screen, as similar assets share a row, unless `verbose`."""
    return sections(
        [
            _header(comparison, width),
            _summary(comparison, width),
            _rows(comparison, verbose=verbose, width=width),
            _notes(comparison, width),
        ]
    )


def _header(comparison: Comparison, width: int) -> list[Text]:
    before = comparison.before.version if comparison.before else "nothing"
    about = [comparison.instance, comparison.identifier, f"{before} → {comparison.after.version}"]
    title = wrap(clean(comparison.after.name) or "(no title)", width)
    return [Text(line, "bold") for line in title] + [
        Text(line, "dim") for line in join_parts([clean(part) for part in about], " · ", width)
    ]


def _summary(comparison: Comparison, width: int) -> list[Text]:
    parts = totals(comparison)
    if parts:
        total = join_parts([*parts, f"{comparison.unchanged:,} unchanged"], " · ", width)
    else:
        same = quantity(comparison.unchanged, "asset is", "assets are")
        total = [f"No differences. {same} the same."]
    lines = [Text(line, "bold") for line in total]
    for action, lead in ((Action.CREATE, "new      "), (Action.DELETE, "gone     ")):
        for line in subject_lines(comparison, action, _MOST_SUBJECTS):
            lines += paragraph(lead, line, width, "cyan")
    return lines


def _rows(comparison: Comparison, *, verbose: bool, width: int) -> list[Text]:
    fields = [
        TableRow(
            "+" if one.before is None else "-" if one.after is None else "~",
            "metadata",
            one.field,
            marks=value_marks(one.before, one.after, verbose=verbose),
        )
        for one in comparison.fields
    ]
    assets = asset_rows(map(as_change, comparison.assets), verbose=verbose)
    return [*table(fields, width, _COLUMN), *table(assets, width, _COLUMN)]


def _notes(comparison: Comparison, width: int) -> list[Text]:
    lines: list[Text] = []
    for glob in comparison.idle:
        lines += paragraph("note: ", f"--path {glob} matches no asset of either version", width, "cyan")
    if comparison.bounded:
        lines += paragraph("note: ", "with --path, only assets are compared", width, "cyan")
    return lines


# --- JSON -----------------------------------------------------------------------------------------


def comparison_json(comparison: Comparison) -> JsonObject:
    """Documented in docs/json.md."""
    before, after = comparison.census_before, comparison.census_after
    return {
        "after": _version_json(comparison.after),
        "assets": Streamed(comparison.assets, _asset_json),
        "before": _version_json(comparison.before) if comparison.before else None,
        "counts": {action.value: len(some) for action, some in group_by_action(comparison.assets).items()},
        "identifier": comparison.identifier,
        "instance": comparison.instance,
        "metadata": [vars(one) for one in comparison.fields],
        "sessions": {
            "added": _more(after.sessions, before.sessions),
            "removed": _more(before.sessions, after.sessions),
        },
        "unchanged": comparison.unchanged,
        "unmatched": list(comparison.idle),
    }


class Streamed(list[JsonObject]):
    """A list for the encoder of JSON whose items are made one by one when they are written.

    The forms of 100,000 assets take many times the memory of the assets themselves.
    """

    def __init__(self, items: Sequence[Any], form: Callable[[Any], JsonObject]) -> None:
        super().__init__()
        self._items, self._form = items, form

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[JsonObject]:
        return map(self._form, self._items)


def _version_json(version: Version) -> JsonObject:
    return vars(version)


def _asset_json(one: AssetDifference) -> JsonObject:
    metadata = {key: {"before": one.old[key], "after": one.new[key]} for key in one.new}
    sides = {"before": _side_json(one.before), "after": _side_json(one.after)}
    return {"action": one.action.value, "metadata": metadata, "path": one.path, **sides}


def _side_json(asset: ListedAsset | None) -> JsonObject | None:
    if asset is None:
        return None
    return {"asset_id": asset.asset_id, "content": asset.content, "path": asset.path, "size": asset.size}


# --- Counts ---------------------------------------------------------------------------------------

_DONE = {
    Action.CREATE: "added",
    Action.REPLACE: "replaced",
    Action.MOVE: "moved",
    Action.DELETE: "removed",
    Action.UPDATE: "with changed metadata",
}
_WEIGHTLESS = (Action.MOVE, Action.UPDATE)


def totals(comparison: Comparison, noun: str = "asset") -> list[str]:
    """`3 assets added (4.1 GB)`, `1 moved`, `2 fields of the dandiset's metadata changed`."""
    by_action = group_by_action(comparison.assets)
    found: list[str] = []
    for action, some in by_action.items():
        counted = f"{len(some):,}" if found else quantity(len(some), noun)
        amount = "" if action in _WEIGHTLESS else f" ({size(sum(one.size for one in some))})"
        found.append(f"{counted} {_DONE[action]}{amount}")
    parts = [", ".join(found)] if found else []
    if comparison.fields:
        parts.append(f"{quantity(len(comparison.fields), 'field')} of the dandiset's metadata changed")
    return parts


def group_by_action(assets: Iterable[AssetDifference]) -> dict[Action, list[AssetDifference]]:
    """The differences by what was done, in the order in which they are shown; no empty groups."""
    found: dict[Action, list[AssetDifference]] = {action: [] for action in _DONE}
    for one in assets:
        found[one.action].append(one)
    return {action: some for action, some in found.items() if some}


def as_change(one: AssetDifference) -> Change:
    """A difference in the form in which plans show it."""
    return Change(Key("assets", one.path), _side(one.before, one.old), _side(one.after, one.new))


def _side(asset: ListedAsset | None, metadata: JsonObject) -> JsonObject | None:
    if asset is None:
        return None
    content = f"{asset.content} {asset.size}"  # a Zarr keeps its id when files in it change
    return {"path": asset.path, "digest": content, "size": asset.size, "metadata": metadata}


# --- Subjects and sessions ------------------------------------------------------------------------


def subject_lines(
    comparison: Comparison, action: Action, most: int, shown: Callable[[str], str] = clean
) -> Iterator[str]:
    """Subjects and sessions that are new (CREATE) or gone (DELETE): at most so many subjects in a line."""
    before, after = comparison.census_before.sessions, comparison.census_after.sessions
    if action is Action.CREATE:
        yield from more_sessions(after, before, most, shown)
    elif action is Action.DELETE:
        yield from more_sessions(before, after, most, shown)


def more_sessions(
    sessions: Mapping[str, frozenset[str]],
    others: Mapping[str, frozenset[str]],
    most: int,
    shown: Callable[[str], str] = clean,
) -> Iterator[str]:
    """The subjects that the others lack, then the sessions, by subject. `shown` makes a name safe to show."""
    subjects = [shown(subject) for subject in sessions if subject not in others]
    if subjects:
        yield f"{quantity(len(subjects), 'subject')}: {first_names(subjects, most)}"
    more = _more(sessions, others)
    if more:
        count = sum(map(len, more.values()))
        texts = [
            f"{shown(subject)} ({first_names(list(map(shown, names)), _MOST_SESSIONS)})"
            for subject, names in more.items()
        ]
        yield f"{quantity(count, 'session')}: {first_names(texts, most)}"


def _more(
    sessions: Mapping[str, frozenset[str]], others: Mapping[str, frozenset[str]]
) -> dict[str, list[str]]:
    """The sessions that the others lack, by subject."""
    found = {subject: sorted(names - others.get(subject, set())) for subject, names in sessions.items()}
    return {subject: names for subject, names in found.items() if names}


def first_names(texts: Sequence[str], most: int) -> str:
    """All texts, or the first ones and how many more there are."""
    if len(texts) <= most:
        return ", ".join(texts)
    return f"{', '.join(texts[: most - 1])} and {len(texts) - most + 1:,} more"
