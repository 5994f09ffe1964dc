"""What apply did and what it could not do, for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from dandifile.model import Action, Plan, Result, Wording
from dandifile.report.assets import flag
from dandifile.report.lines import Mark, Row, page, paragraph, table
from dandifile.report.outcome import Outcome, label, outcome, root_cause
from dandifile.report.text import by_kind
from dandifile.report.words import wrap
from dandifile.words import duration, first_of, quantity, size

_COLUMN = 9
_MOST_ROWS = 20
_MOST_CAUSES = 3  # each with what was skipped for it; more would say every file twice
_DONE = {
    Action.CREATE: "added",
    Action.REPLACE: "replaced",
    Action.UPDATE: "changed",
    Action.MOVE: "moved",
    Action.DELETE: "deleted",
}


def results_text(  # noqa: PLR0913 - how it is shown
    plan: Plan,
    results: Sequence[Result],
    seconds: float,
    *,
    wordings: Mapping[str, Wording],
    verbose: bool = False,
    width: int = 100,
) -> Text:
    """Failures first, each with its error; then what was done, in one sentence; then what is next."""
    found = outcome(plan, results)
    rows = [*_failed(plan, found), *_skipped(plan, found)]
    shown = rows if verbose or len(rows) <= _MOST_ROWS else rows[: _MOST_ROWS - 1]
    lines = table(shown, width, _COLUMN)
    if len(shown) < len(rows):
        lines.append(Text(f"  … and {len(rows) - len(shown):,} more; -v shows all"))
    lines += [Text("")] if lines else []
    style = "bold red" if found.failed else "bold green"
    lines += [Text(line, style) for line in wrap(_sentence(found, wordings, seconds) + _left(plan), width)]
    if found.failed:
        lines += paragraph(
            "hint: ",
            "fix what failed, then run apply again: what is done is not done again",
            width,
            "cyan",
        )
    return page(lines)


def _failed(plan: Plan, found: Outcome) -> Iterator[Row]:
    steps = {step.id: step for step in plan.steps}
    for result in found.failed:
        error = result.error or result.reason or "no reason given"
        yield Row("!", "failed", label(steps.get(result.step), result.step), marks=(Mark("", error),))


def _skipped(plan: Plan, found: Outcome) -> Iterator[Row]:
    """What was skipped because of the same failure shares a row."""
    steps = {step.id: step for step in plan.steps}
    groups: dict[str, list[str]] = {}
    for result in found.skipped:
        cause = root_cause(result.step, steps, found)
        because = f"because {label(steps.get(cause), cause)} failed" if cause else result.reason
        groups.setdefault(because, []).append(label(steps.get(result.step), result.step))
    if len(groups) > _MOST_CAUSES:
        groups = {"because of these failures": [name for names in groups.values() for name in names]}
    for because, names in groups.items():
        yield Row("?", "skipped", first_of(names), marks=(Mark("", because),) if because else ())


def _left(plan: Plan) -> str:
    """What the plan left undone, and said above, where it is out of sight by now."""
    blocked = len({block.key for block in plan.blocked})
    said = f" · {blocked:,} blocked, see above" if blocked else ""
    permits = ", ".join(sorted({flag(change.permit) for change in plan.held}))
    return f"{said} · {len(plan.held):,} waiting for {permits}" if plan.held else said


def _sentence(found: Outcome, wordings: Mapping[str, Wording], seconds: float) -> str:
    by_path: list[str] = []
    by_noun: list[str] = []
    others: list[str] = []
    for kind, changes in by_kind(found.done, wordings).items():
        wording, actions = wordings.get(kind, Wording()), [change.action for change in changes]
        if wording.paths:
            by_path += [
                f"{count:,} {word}" for action, word in _DONE.items() if (count := actions.count(action))
            ]
        elif wording.done:
            by_noun.append(quantity(len(changes), wording.done))
        else:
            others += sorted({f"{kind} {action}d" for action in actions})
    parts = [", ".join([*by_path, *by_noun, *others]) or "nothing was changed"]
    parts += [f"{size(found.bytes_sent)} sent"] if found.bytes_sent else []
    parts += [f"{size(found.bytes_known)} not sent, the archive has them"] if found.bytes_known else []
    parts += [f"{len(found.failed):,} failed"] if found.failed else []
    parts += [f"{len(found.skipped):,} skipped"] if found.skipped else []
    return f"{'Not all done' if found.failed else 'Done'} in {duration(seconds)}: {' · '.join(parts)}"
