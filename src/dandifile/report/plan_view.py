"""How a plan looks, as text and as JSON: the draft, what differs, what is blocked, and how much it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from rich.text import Text

from dandifile.model import (
    EMBARGOED,
    OPEN,
    Action,
    Block,
    Change,
    ChangeLine,
    EmbargoState,
    Forecast,
    Json,
    JsonObject,
    Key,
    Plan,
    Target,
    Wording,
)
from dandifile.report.asset_rows import SIGNS, add_need, asset_rows, permit_flag
from dandifile.report.files_view import Words, causes, causes_json, group_by_words
from dandifile.report.lines import Remark, TableRow, join_parts, paragraph, sections, table, wrap
from dandifile.report.reasons_view import reasons_text, tally
from dandifile.report.values import value_marks
from dandifile.words import clean, first_of, quantity, size

_MOST_ELSEWHERE, _MOST_BLOCKED, _MOST_NOTES = 5, 10, 10
_COLUMN = 9  # `dandiset`, `elsewhere`: the kinds' own column


def plan_text(
    plan: Plan,
    *,
    wordings: Mapping[str, Wording],
    verbose: bool = False,
    width: int = 100,
    fields: int = 0,
) -> Text:
    """The whole plan in at most `width` columns (paths and URLs are never cut), without a newline at the end.

    `wordings` has the words of each kind, in the order in which kinds are shown. Similar changes share a
    row so that the plan fits on a screen, unless `verbose`. `fields` is the number of metadata fields in
    the spec, for a plan without changes. Verbose text says why each step of the plan runs.
    """
    return sections(
        [
            header_lines(plan.target, width),
            _plan_blocks(plan, width),
            _body(plan, wordings, verbose=verbose, width=width),
            _forecast_lines(plan.forecast, width),
            _notes(plan.notes, verbose=verbose, width=width),
            reasons_text(tally(plan.steps), width) if verbose else [],
            _summary(plan, wordings, fields, width),
        ]
    )


# --- The draft ----------------------------------------------------------------------------------


def header_lines(target: Target, width: int) -> list[Text]:
    """The title, then which dandiset this is, where, and as whom."""
    about = [target.instance]
    about.append(f"{target.identifier} draft" if target.identifier else "new dandiset, will be created")
    about += [target.page] if target.page else []
    about.append(f"as {target.user}" if target.user else "not logged in")
    about += embargo_words(target.embargo)
    if target.identifier:
        about.append(f"last published {target.published}" if target.published else "never published")
    title = wrap(clean(target.title) or "(no title)", width)
    return [Text(line, "bold") for line in title] + [
        Text(line, "dim") for line in join_parts([clean(part) for part in about], " · ", width)
    ]


def embargo_words(state: EmbargoState) -> list[str]:
    """`embargoed until 2027-06-01`; nothing of a dandiset that everyone can see."""
    if state.status == EMBARGOED:
        return [f"embargoed until {state.until}" if state.until else "embargoed"]
    return [] if state.status == OPEN else ["embargo being released"]


# --- What differs -------------------------------------------------------------------------------


def _body(plan: Plan, wordings: Mapping[str, Wording], *, verbose: bool, width: int) -> list[Text]:
    """Changes kind by kind, then what is blocked, then what is unknown here; all with the same columns."""
    lines: list[Text] = []
    for kind, changes in group_by_kind(plan.changes, wordings).items():
        wording = wordings.get(kind, Wording())
        lines += table(_kind_rows(wording, changes, plan, verbose=verbose), width, _COLUMN)
    lines += table(_blocked_rows(plan.blocked, verbose=verbose), width, _COLUMN)
    return lines + table(_elsewhere_rows(plan.elsewhere, verbose=verbose), width, _COLUMN)


def group_by_kind(changes: Iterable[Change], wordings: Iterable[str]) -> dict[str, list[Change]]:
    """Changes by kind, first the kinds of `wordings` in their order, then other kinds by name."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.key.kind, []).append(change)
    order = [*wordings]
    return {kind: found[kind] for kind in [*order, *sorted(found.keys() - {*order})] if kind in found}


def _kind_rows(wording: Wording, changes: Sequence[Change], plan: Plan, *, verbose: bool) -> list[TableRow]:
    if wording.paths:
        return asset_rows(changes, plan.allow, verbose=verbose)
    if wording.line:
        return [_line_row(change, wording.line(change, plan.target), plan) for change in changes]
    order = [Action.DELETE, Action.UPDATE, Action.CREATE]
    return [
        _field_row(change, plan, verbose=verbose)
        for change in sorted(
            changes, key=lambda change: (order.index(_simple_action(change)), change.key.name)
        )
    ]


def _simple_action(change: Change) -> Action:
    """Added, removed or changed: only assets move or are replaced."""
    return change.action if change.action in (Action.CREATE, Action.DELETE) else Action.UPDATE


def _line_row(change: Change, line: ChangeLine, plan: Plan) -> TableRow:
    amount = "" if line.size is None else size(line.size)
    marks = add_need((Remark("", line.remark),) if line.remark else (), change, plan.allow)
    return TableRow(SIGNS[_simple_action(change)], change.key.kind, line.name, amount, marks)


def _field_row(change: Change, plan: Plan, *, verbose: bool) -> TableRow:
    """The row of any kind without words of its own: the name, and what differs between before and after."""
    is_bare = _is_bare(change.before, change.key) and _is_bare(change.after, change.key)
    found = () if is_bare else value_marks(change.before, change.after, verbose=verbose)
    found = add_need(found, change, plan.allow)
    if any(block.key == change.key for block in plan.blocked):
        found = (*found, Remark("", "blocked: not done"))
    return TableRow(SIGNS[_simple_action(change)], change.key.kind, change.key.name, marks=found)


def _is_bare(value: Json, key: Key) -> bool:
    """Whether a value says only that the resource exists, or does not."""
    return value is None or value is True or value in ({}, key.name)


# --- What is blocked, and what is unknown ----------------------------------------------------------


def _plan_blocks(plan: Plan, width: int) -> list[Text]:
    lines: list[Text] = []
    for block in (block for block in plan.blocked if block.key is None):
        lines += paragraph("! blocked  ", block.reason, width, "bold red")
        if block.fix:
            lines += paragraph("      fix: ", block.fix, width, "cyan")
    return [*lines, Text("Nothing is done until this is fixed.", "bold")] if lines else []


def _blocked_rows(blocks: Iterable[Block], *, verbose: bool) -> list[TableRow]:
    """One row for each file, with all its reasons; files with the same reasons share a row."""
    by_name: dict[str, list[Block]] = {}
    files = set()
    for block in blocks:
        if block.key is not None:
            by_name.setdefault(block.key.name, []).append(block)
            files |= {block.key.name} if block.key.kind == "assets" else set()
    by_file = [
        (name, tuple(dict.fromkeys([*(one.reason for one in own), *(one.fix for one in own if one.fix)])))
        for name, own in by_name.items()
    ]
    rows = [
        TableRow("!", "blocked", shown, marks=tuple(Remark("", text, alone=True) for text in words))
        for alike, names in _group_blocks(by_file, files).items()
        for shown, words in (names.items() if verbose or len(names) == 1 else [(first_of([*names]), alike)])
    ]
    return _shorten(rows, None if verbose else _MOST_BLOCKED, "blocked")


def _group_blocks(
    reports: Sequence[tuple[str, Words]], files: Collection[str]
) -> dict[Words, dict[str, Words]]:
    """By words. Only a file can be called `the file`: a field's or an owner's name says what is meant."""
    groups = group_by_words((name, words) for name, words in reports if name in files)
    for name, words in reports:
        if name not in files:
            groups.setdefault(words, {})[name] = words
    return groups


def _elsewhere_rows(remarks: Sequence[str], *, verbose: bool) -> list[TableRow]:
    rows = [TableRow("?", "elsewhere", "", marks=(Remark("", remark),)) for remark in remarks]
    return _shorten(rows, None if verbose else _MOST_ELSEWHERE, "elsewhere")


def _shorten(rows: Sequence[TableRow], most: int | None, kind: str) -> list[TableRow]:
    if most is None or len(rows) <= most:
        return list(rows)
    return [
        *rows[: most - 1],
        TableRow(rows[0].sign, kind, f"… and {len(rows) - most + 1:,} more; -v shows all"),
    ]


def _notes(notes: Sequence[str], *, verbose: bool, width: int) -> list[Text]:
    shown = notes if verbose or len(notes) <= _MOST_NOTES else notes[: _MOST_NOTES - 1]
    lines = [line for note in shown for line in paragraph("note: ", note, width, "cyan")]
    if len(shown) < len(notes):
        lines += paragraph("note: ", f"… and {len(notes) - len(shown):,} more; -v shows all", width, "cyan")
    return lines


def _forecast_lines(found: Sequence[Forecast], width: int) -> list[Text]:
    """Why the archive will not publish the draft afterwards. It does not stop apply."""
    if not found:
        return []
    old = [one.before for one in found]
    already = ", as it does now" if all(old) else ""
    ages = {True: " (already so now)", False: " (new with this plan)"} if any(old) and not all(old) else {}
    title = (
        f"The archive will mark the draft as Invalid{already}; until this is fixed it cannot be published:"
    )
    rows = [
        TableRow(
            "!", "invalid", _forecast_place(one), marks=(Remark("", message), Remark("", one.fix, alone=True))
        )
        for one in found
        for message in [f"{one.message}{ages.get(one.before, '')}"]
    ]
    return [*(Text(line, "bold") for line in wrap(title, width)), *table(rows, width, _COLUMN)]


def _forecast_place(one: Forecast) -> str:
    """The field, and the asset or dandiset that it belongs to."""
    return f"{one.field} of {first_of(one.assets)}" if one.assets else one.field or "dandiset"


# --- How much it is -----------------------------------------------------------------------------


def _summary(plan: Plan, wordings: Mapping[str, Wording], fields: int, width: int) -> list[Text]:
    total = " · ".join(_counts(plan, wordings)) if plan.changes else _no_changes(plan, fields)
    return [Text(line, "bold") for line in wrap(total, width)] + [
        line for need in _needed_permits(plan, wordings) for line in paragraph("", need, width)
    ]


def _no_changes(plan: Plan, fields: int) -> str:
    things = [quantity(plan.unchanged, "asset")] if plan.unchanged else []
    things += [quantity(fields, "field")] if fields else []
    verb = "is" if len(things) == 1 and 1 in (plan.unchanged, fields) else "are"
    declared = f" {' and '.join(things)} {verb} as declared." if things else ""
    others = _undone(plan)
    return f"No changes.{declared}" + (f" {', '.join(others)}." if others else "")


def _counts(plan: Plan, wordings: Mapping[str, Wording]) -> list[str]:
    blocked = {block.key for block in plan.blocked}
    changes = group_by_kind((change for change in plan.changes if change.key not in blocked), wordings)
    planned = [_planned_count(kind, group, wordings.get(kind, Wording())) for kind, group in changes.items()]
    sent = [f"{size(plan.bytes_to_send)} to send"] if plan.bytes_to_send else []
    kept = [f"{quantity(plan.unchanged, 'asset')} up to date"]
    return [
        *([", ".join(planned)] if planned else []),
        *sent,
        *(kept if plan.unchanged else []),
        *_undone(plan),
    ]


def _planned_count(kind: str, changes: Sequence[Change], wording: Wording) -> str:
    """`2 metadata fields`, `1 to add, 1 to move`, `owners: 1 to add`."""
    if wording.planned:
        return quantity(len(changes), wording.planned)
    if wording.paths:
        return _action_texts(_OF_PATHS, [change.action for change in changes])
    return f"{kind}: {_action_texts(_OF_OTHERS, [_simple_action(change) for change in changes])}"


def _action_texts(words: Mapping[Action, str], actions: Sequence[Action]) -> str:
    return ", ".join(
        f"{count:,} to {word}" for action, word in words.items() if (count := actions.count(action))
    )


_OF_PATHS = {
    Action.CREATE: "add",
    Action.REPLACE: "replace",
    Action.UPDATE: "change",
    Action.MOVE: "move",
    Action.DELETE: "delete",
}
_OF_OTHERS = {Action.CREATE: "add", Action.UPDATE: "change", Action.DELETE: "remove"}


def _undone(plan: Plan) -> list[str]:
    """What this plan leaves as it is."""
    blocked = len({block.key for block in plan.blocked if block.key is not None})
    return [
        *([f"{blocked:,} blocked"] if blocked else []),
        *([f"{quantity(len(plan.elsewhere), 'path')} not on this machine"] if plan.elsewhere else []),
    ]


def _needed_permits(plan: Plan, wordings: Mapping[str, Wording]) -> list[str]:
    """The flags that apply needs to do the whole plan."""
    held = Counter((change.permit, wordings.get(change.key.kind, Wording()).held) for change in plan.held)
    return [
        f"apply needs {permit_flag(permit)} for {quantity(count, noun)}"
        for (permit, noun), count in sorted(held.items())
    ]


def plan_json(plan: Plan, document: JsonObject) -> JsonObject:
    """`document`, the saved form of `plan`, with what follows from it. Documented in docs/json.md."""
    held, blocked = set(map(id, plan.held)), {block.key for block in plan.blocked}
    return {
        "changes": [
            {
                "action": change.action.value,
                "blocked": change.key in blocked,
                "held": id(change) in held,
                "kind": change.key.kind,
                "name": change.key.name,
            }
            for change in plan.changes
        ],
        "causes": causes_json(
            causes(
                (block.key.name, block.reason, block.fix)
                for block in plan.blocked
                if block.key and block.key.kind == "assets"
            )
        ),
        "counts": _action_counts(plan.changes),
        "plan": document,
        "stopped": plan.is_stopped,
    }


def _action_counts(changes: Iterable[Change]) -> JsonObject:
    """Changes by kind and action: `{"assets": {"create": 3}}`."""
    counts: JsonObject = {}
    for change in changes:
        actions = counts.setdefault(change.key.kind, {})
        actions[change.action.value] = actions.get(change.action.value, 0) + 1
    return counts
