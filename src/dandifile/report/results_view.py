"""What apply did and what it could not do, as text and as JSON."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from dandifile.model import Action, Change, Json, JsonObject, Plan, Result, Status, Step, Wording
from dandifile.report.asset_rows import permit_flag
from dandifile.report.lines import Remark, TableRow, page, paragraph, table, wrap
from dandifile.report.plan_view import group_by_kind
from dandifile.report.reasons_view import reason_json
from dandifile.words import clean, duration, first_of, quantity, size

_OK = (Status.DONE, Status.FRESH)
_COLUMN = 9
_MOST_ROWS = 20
_MOST_CAUSES = 3  # with the steps that were skipped for each; more would name every file twice
_DONE = {
    Action.CREATE: "added",
    Action.REPLACE: "replaced",
    Action.UPDATE: "changed",
    Action.MOVE: "moved",
    Action.DELETE: "deleted",
}
_DONE_WITH_OTHERS = {Action.CREATE: "added", Action.UPDATE: "changed", Action.DELETE: "removed"}


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
    found = summarize(plan, results)
    rows = [*_failed_rows(plan, found), *_skipped_rows(plan, found)]
    shown = rows if verbose or len(rows) <= _MOST_ROWS else rows[: _MOST_ROWS - 1]
    lines = table(shown, width, _COLUMN)
    if len(shown) < len(rows):
        lines.append(Text(f"  … and {len(rows) - len(shown):,} more; -v shows all"))
    lines += [Text("")] if lines else []
    style = "bold red" if found.failed else "bold green"
    lines += [
        Text(line, style) for line in wrap(_sentence(found, wordings, seconds) + _remainder(plan), width)
    ]
    if found.failed:
        lines += paragraph(
            "hint: ",
            "fix what failed, then run apply again; finished steps are not repeated",
            width,
            "cyan",
        )
    return page(lines)


def _failed_rows(plan: Plan, found: ApplySummary) -> Iterator[TableRow]:
    steps = {step.id: step for step in plan.steps}
    for result in found.failed:
        error = result.error or result.reason or "no reason given"
        yield TableRow(
            "!", "failed", step_label(steps.get(result.step), result.step), marks=(Remark("", error),)
        )


def _skipped_rows(plan: Plan, found: ApplySummary) -> Iterator[TableRow]:
    """Steps that were skipped because of the same failure share a row."""
    steps = {step.id: step for step in plan.steps}
    groups: dict[str, list[str]] = {}
    for result in found.skipped:
        cause = root_cause(result.step, steps, found)
        because = f"because {step_label(steps.get(cause), cause)} failed" if cause else result.reason
        groups.setdefault(because, []).append(step_label(steps.get(result.step), result.step))
    if len(groups) > _MOST_CAUSES:
        groups = {"because of these failures": [name for names in groups.values() for name in names]}
    for because, names in groups.items():
        yield TableRow("?", "skipped", first_of(names), marks=(Remark("", because),) if because else ())


def _remainder(plan: Plan) -> str:
    """What the plan does not do. It was shown above, but may be out of sight by now."""
    blocked = len({block.key for block in plan.blocked})
    parts = f" · {blocked:,} blocked, see above" if blocked else ""
    permits = ", ".join(sorted({permit_flag(change.permit) for change in plan.held}))
    held = quantity(len(plan.held), "change needs", "changes need")
    return f"{parts} · {held} {permits}" if plan.held else parts


def _sentence(found: ApplySummary, wordings: Mapping[str, Wording], seconds: float) -> str:
    by_path: list[str] = []
    by_noun: list[str] = []
    others: list[str] = []
    for kind, changes in group_by_kind(found.done, wordings).items():
        wording, actions = wordings.get(kind, Wording()), [change.action for change in changes]
        if wording.paths:
            by_path.append(_action_texts(_DONE, actions))
        elif wording.done:
            by_noun.append(quantity(len(changes), wording.done))
        else:
            others.append(f"{kind}: {_action_texts(_DONE_WITH_OTHERS, actions)}")
    parts = [", ".join([*by_path, *by_noun, *others]) or "nothing was changed"]
    parts += [f"{size(found.bytes_sent)} sent"] if found.bytes_sent else []
    parts += [f"{size(found.bytes_known)} already on the archive"] if found.bytes_known else []
    parts += [f"{len(found.failed):,} failed"] if found.failed else []
    parts += [f"{len(found.skipped):,} skipped"] if found.skipped else []
    return f"{'Not all done' if found.failed else 'Done'} in {duration(seconds)}: {' · '.join(parts)}"


def _action_texts(words: Mapping[Action, str], actions: Sequence[Action]) -> str:
    return ", ".join(
        f"{count:,} {word}" for action, word in words.items() if (count := actions.count(action))
    )


def results_json(plan: Plan, results: Sequence[Result]) -> JsonObject:
    """How every step ended and why it ran, without its internal output. Documented in docs/json.md."""
    why = {step.id: reason_json(step.reason) for step in plan.steps}
    counts = Counter(result.status for result in results)
    return {
        "bytes_sent": bytes_sent(results),
        "counts": {status.value: counts[status] for status in Status},
        "steps": [
            {
                "error": result.error,
                "reason": result.reason,
                "status": result.status.value,
                "step": result.step,
                "why": why.get(result.step),
            }
            for result in results
        ],
    }


# --- What the results of steps mean for the changes of a plan ------------------------------------


@dataclass(frozen=True)
class ApplySummary:
    """The changes that were made, the steps that were not, and the bytes that were sent."""

    done: tuple[Change, ...]
    failed: tuple[Result, ...]
    skipped: tuple[Result, ...]
    bytes_sent: int
    bytes_known: int  # of content that was on the archive already


def summarize(plan: Plan, results: Sequence[Result]) -> ApplySummary:
    """A change counts as done when all its steps succeeded, and it has at least one."""
    steps = {step.id: step for step in plan.steps}
    joins = {step.id for step in plan.steps if not step.params}
    ended = [result for result in results if result.step not in joins]
    statuses: Mapping[tuple[str, str], list[Status]] = defaultdict(list)
    for result in ended:
        step = steps.get(result.step)
        if step and (name := _resource(step)) is not None:
            statuses[step.kind, name].append(result.status)
    done = [change for change in plan.due if _is_made(change, statuses)]
    return ApplySummary(
        done=tuple(done),
        failed=tuple(result for result in ended if result.status is Status.FAILED),
        skipped=tuple(result for result in ended if result.status is Status.SKIPPED),
        bytes_sent=bytes_sent(results),
        bytes_known=_known_bytes(done, ended, steps),
    )


def bytes_sent(results: Iterable[Result]) -> int:
    return sum(_output_number(result, "sent") for result in results)


def step_label(step: Step | None, name: str) -> str:
    """The name of a step for a person: the file or asset that it is about, else its id."""
    if step is None:
        return clean(name)
    about = next((step.params[key] for key in ("source", "path", "name") if step.params.get(key)), step.id)
    return clean(str(about))


def root_cause(name: str, steps: Mapping[str, Step], found: ApplySummary) -> str:
    """The step whose failure caused this one to be skipped; "" where it is not known."""
    failed = {result.step for result in found.failed}
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current in failed:
            return current
        if current not in seen and current in steps:
            seen.add(current)
            waiting += [need for need in steps[current].needs if need in steps]
    return ""


def _resource(step: Step) -> str | None:
    """The name of a step's resource; "" where the step is about all changes of its kind.

    None for a step that only sends content: the steps that use the content need it, and report it.
    """
    name = step.params.get("path") or step.params.get("name")
    return None if not name and "source" in step.params else str(name or "")


def _is_made(change: Change, statuses: Mapping[tuple[str, str], Sequence[Status]]) -> bool:
    kind, name = change.key.kind, change.key.name
    own = [*statuses.get((kind, name), ()), *statuses.get((kind, ""), ())]
    return bool(own) and all(status in _OK for status in own)


def _known_bytes(done: Iterable[Change], results: Iterable[Result], steps: Mapping[str, Step]) -> int:
    """Bytes of new content that needed no upload, as planned or as the archive found."""
    copies = sum(
        int(change.after["size"])
        for change in done
        if _has_content(change.after) and change.after.get("blob") and _has_new_content(change)
    )
    reused = [
        result
        for result in results
        if result.status is Status.DONE and _output_number(result, "reused") and result.step in steps
    ]
    return copies + sum(int(steps[result.step].params.get("size", 0)) for result in reused)


def _has_content(side: Json) -> bool:
    """Whether a side of a change is about content with a digest, as that of an asset."""
    return isinstance(side, dict) and "digest" in side


def _has_new_content(change: Change) -> bool:
    return change.before is None or bool(change.before.get("digest") != change.after.get("digest"))


def _output_number(result: Result, key: str) -> int:
    return int(result.output.get(key) or 0) if isinstance(result.output, dict) else 0
