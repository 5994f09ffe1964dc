"""A plan for a person: what it is about, what differs, what is in the way, and how much it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.text import Text

from dandifile.model import Action, Block, Change, Forecast, Json, Key, Plan, Target
from dandifile.report.assets import SIGNS, asset_rows, flag, with_need
from dandifile.report.causes import grouped
from dandifile.report.lines import Mark, Row, joined, paragraph, sections, table
from dandifile.report.values import marks
from dandifile.report.words import wrap
from dandifile.words import clean, first_of, quantity, size

_LEADING = ("dandiset", "assets", "metadata")  # the kinds that come first, in this order
_MOST_ELSEWHERE, _MOST_BLOCKED, _MOST_NOTES = 5, 10, 10
_COLUMN = 9  # `dandiset`, `elsewhere`: the kinds' own column


def plan_text(plan: Plan, *, verbose: bool = False, width: int = 100, fields: int = 0) -> Text:
    """The whole plan in at most `width` columns (paths and URLs are never cut), without a last newline.

    It folds what is alike to fit on a screen, unless `verbose`. `fields` is how many
    metadata fields the spec declares, for the sentence that says that all is well.
    """
    return sections(
        [
            _header(plan.target, width),
            _whole_blocks(plan, width),
            _body(plan, verbose=verbose, width=width),
            _forecast(plan.forecast, width),
            _notes(plan.notes, verbose=verbose, width=width),
            _summary(plan, fields, width),
        ]
    )


# --- What it is about ---------------------------------------------------------------------------


def _header(target: Target, width: int) -> list[Text]:
    about = [target.instance]
    about.append(f"{target.identifier} draft" if target.identifier else "new dandiset, will be created")
    about += [target.page] if target.page else []
    about.append(f"as {target.user}" if target.user else "not logged in")
    if target.embargo_status != "OPEN":
        about.append(target.embargo_status.lower())
    if target.identifier:
        about.append(f"last published {target.published}" if target.published else "never published")
    title = wrap(clean(target.title) or "(no title)", width)
    return [Text(line, "bold") for line in title] + [
        Text(line, "dim") for line in joined([clean(part) for part in about], " · ", width)
    ]


# --- What differs -------------------------------------------------------------------------------


def _body(plan: Plan, *, verbose: bool, width: int) -> list[Text]:
    """Changes kind by kind, then what is blocked, then what is unknown here; one column of kinds for all."""
    lines: list[Text] = []
    for kind, changes in _by_kind(plan.changes):
        lines += table(_rows(kind, changes, plan, verbose=verbose), width, _COLUMN)
    lines += table(_blocked(plan.blocked, verbose=verbose), width, _COLUMN)
    return lines + table(_elsewhere(plan.elsewhere, verbose=verbose), width, _COLUMN)


def _by_kind(changes: Iterable[Change]) -> Iterator[tuple[str, list[Change]]]:
    def place(change: Change) -> tuple[int, str]:
        kind = change.key.kind
        return (_LEADING.index(kind) if kind in _LEADING else len(_LEADING), kind)

    for (_, kind), group in groupby(sorted(changes, key=place), key=place):
        yield kind, list(group)


def _rows(kind: str, changes: Sequence[Change], plan: Plan, *, verbose: bool) -> list[Row]:
    if kind == "assets":
        return asset_rows(changes, plan.allow, verbose=verbose)
    if kind == "dandiset":
        return [_dandiset(change, plan) for change in changes]
    if kind == "uploads":
        return [_uploads(change, plan) for change in changes]
    order = [Action.DELETE, Action.UPDATE, Action.CREATE]
    return [
        _field(change, plan, verbose=verbose)
        for change in sorted(changes, key=lambda change: (order.index(_sort(change)), change.key.name))
    ]


def _sort(change: Change) -> Action:
    """Added, removed or changed: other kinds than assets neither move nor are replaced."""
    return change.action if change.action in (Action.CREATE, Action.DELETE) else Action.UPDATE


def _dandiset(change: Change, plan: Plan) -> Row:
    said = f"new on {plan.target.instance}" if change.before is None else "changed"
    return Row(
        SIGNS[change.action],
        "dandiset",
        f"«{change.key.name}»",
        marks=with_need((Mark("", said),), change, plan.allow),
    )


def _uploads(change: Change, plan: Plan) -> Row:
    said = "dropped: the draft has their content then" if change.before["finished"] else "dropped"
    name = f"{len(change.before['uploads']):,} {change.key.name}"
    amount = size(int(change.before["size"]))
    return Row("-", "uploads", name, amount, with_need((Mark("", said),), change, plan.allow))


def _field(change: Change, plan: Plan, *, verbose: bool) -> Row:
    """The general rule, for any kind: its name, and what differs between before and after."""
    told = not (_is_plain(change.before, change.key) and _is_plain(change.after, change.key))
    said = marks(change.before, change.after, verbose=verbose) if told else ()
    said = with_need(said, change, plan.allow)
    if any(block.key == change.key for block in plan.blocked):
        said = (*said, Mark("", "blocked: not done"))
    return Row(SIGNS[_sort(change)], change.key.kind, change.key.name, marks=said)


def _is_plain(value: Json, key: Key) -> bool:
    """Whether a value says no more than that the thing is there, or not."""
    return value is None or value is True or value in ({}, key.name)


# --- What is in the way, and what is not known ----------------------------------------------------


def _whole_blocks(plan: Plan, width: int) -> list[Text]:
    lines: list[Text] = []
    for block in (block for block in plan.blocked if block.key is None):
        lines += paragraph("! blocked  ", block.reason, width, "bold red")
        if block.fix:
            lines += paragraph("      fix: ", block.fix, width, "cyan")
    return [*lines, Text("Nothing is done until this is fixed.", "bold")] if lines else []


def _blocked(blocks: Iterable[Block], *, verbose: bool) -> list[Row]:
    """A row a file, with all its reasons; files that are blocked for the same reasons share one."""
    by_name: dict[str, list[Block]] = {}
    for block in blocks:
        if block.key is not None:
            by_name.setdefault(block.key.name, []).append(block)
    said = [
        (name, tuple(dict.fromkeys([*(one.reason for one in own), *(one.fix for one in own if one.fix)])))
        for name, own in by_name.items()
    ]
    rows = [
        Row("!", "blocked", shown, marks=tuple(Mark("", said, alone=True) for said in words))
        for alike, names in grouped(said).items()
        for shown, words in (names.items() if verbose or len(names) == 1 else [(first_of([*names]), alike)])
    ]
    return _first(rows, None if verbose else _MOST_BLOCKED, "blocked")


def _elsewhere(said: Sequence[str], *, verbose: bool) -> list[Row]:
    rows = [Row("?", "elsewhere", "", marks=(Mark("", what),)) for what in said]
    return _first(rows, None if verbose else _MOST_ELSEWHERE, "elsewhere")


def _first(rows: Sequence[Row], most: int | None, kind: str) -> list[Row]:
    if most is None or len(rows) <= most:
        return list(rows)
    return [*rows[: most - 1], Row(rows[0].sign, kind, f"… and {len(rows) - most + 1:,} more; -v shows all")]


def _notes(notes: Sequence[str], *, verbose: bool, width: int) -> list[Text]:
    shown = notes if verbose or len(notes) <= _MOST_NOTES else notes[: _MOST_NOTES - 1]
    lines = [line for note in shown for line in paragraph("note: ", note, width, "cyan")]
    if len(shown) < len(notes):
        lines += paragraph("note: ", f"… and {len(notes) - len(shown):,} more; -v shows all", width, "cyan")
    return lines


def _forecast(found: Sequence[Forecast], width: int) -> list[Text]:
    """Why the archive will not publish the draft: not in the way of apply, but better known before."""
    if not found:
        return []
    old = [one.before for one in found]
    already = ", as it does now" if all(old) else ""
    ages = {True: " (so already)", False: " (new with this plan)"} if any(old) and not all(old) else {}
    title = f"The archive will call the draft Invalid{already}; until this is mended it cannot be published:"
    rows = [
        Row("!", "invalid", _place(one), marks=(Mark("", said), Mark("", one.fix, alone=True)))
        for one in found
        for said in [f"{one.message}{ages.get(one.before, '')}"]
    ]
    return [*(Text(line, "bold") for line in wrap(title, width)), *table(rows, width, _COLUMN)]


def _place(one: Forecast) -> str:
    """The field, and whose it is."""
    return f"{one.field} of {first_of(one.assets)}" if one.assets else one.field or "dandiset"


# --- How much it is -----------------------------------------------------------------------------


def _summary(plan: Plan, fields: int, width: int) -> list[Text]:
    said = " · ".join(_counts(plan)) if plan.changes else _no_changes(plan, fields)
    return [Text(line, "bold") for line in wrap(said, width)] + [
        line for need in _needs(plan) for line in paragraph("", need, width)
    ]


def _no_changes(plan: Plan, fields: int) -> str:
    things = [quantity(plan.unchanged, "asset")] if plan.unchanged else []
    things += [quantity(fields, "field")] if fields else []
    verb = "is" if len(things) == 1 and 1 in (plan.unchanged, fields) else "are"
    declared = f" {' and '.join(things)} {verb} as declared." if things else ""
    others = _rest(plan)
    return f"No changes.{declared}" + (f" {', '.join(others)}." if others else "")


def _counts(plan: Plan) -> list[str]:
    blocked = {block.key for block in plan.blocked}
    changes = dict(_by_kind(change for change in plan.changes if change.key not in blocked))
    said = [f"{len(changes.pop('dandiset'))} dandiset to create"] if "dandiset" in changes else []
    assets = changes.pop("assets", [])
    said += [
        f"{count:,} to {word}"
        for word, action in _ASSET_COUNTS
        if (count := sum(change.action is action for change in assets))
    ]
    said += [
        quantity(len(group), "metadata field") if kind == "metadata" else f"{kind}: {_of_kind(group)}"
        for kind, group in changes.items()
    ]
    sent = [f"{size(plan.bytes_to_send)} to send"] if plan.bytes_to_send else []
    kept = [f"{quantity(plan.unchanged, 'asset')} as {'it' if plan.unchanged == 1 else 'they'} should be"]
    return [*([", ".join(said)] if said else []), *sent, *(kept if plan.unchanged else []), *_rest(plan)]


_ASSET_COUNTS = (
    ("add", Action.CREATE),
    ("replace", Action.REPLACE),
    ("change", Action.UPDATE),
    ("move", Action.MOVE),
    ("delete", Action.DELETE),
)


def _of_kind(changes: Sequence[Change]) -> str:
    words = (("add", Action.CREATE), ("change", Action.UPDATE), ("remove", Action.DELETE))
    counts = [(word, sum(_sort(change) is action for change in changes)) for word, action in words]
    return ", ".join(f"{count:,} to {word}" for word, count in counts if count)


def _rest(plan: Plan) -> list[str]:
    """What this plan does nothing about."""
    blocked = len({block.key for block in plan.blocked if block.key is not None})
    return [
        *([f"{blocked:,} blocked"] if blocked else []),
        *([f"{quantity(len(plan.elsewhere), 'path')} not on this machine"] if plan.elsewhere else []),
    ]


def _needs(plan: Plan) -> list[str]:
    """What apply has to be given to do all of it."""
    nouns = {"create": "dandiset", "delete": "deletion"}
    counts = Counter(change.permit for change in plan.held)
    return [
        f"apply needs {flag(permit)} for {quantity(count, nouns.get(permit, 'change'))}"
        for permit, count in sorted(counts.items())
    ]
