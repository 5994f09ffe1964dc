"""What the results of steps mean for the changes of a plan: the same for text and for JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dandifile.model import Change, Json, Plan, Result, Status, Step
from dandifile.words import clean

_WELL = (Status.DONE, Status.FRESH)


@dataclass(frozen=True)
class Outcome:
    """Which changes are made, what was not, and the bytes that it took."""

    done: tuple[Change, ...]
    failed: tuple[Result, ...]
    skipped: tuple[Result, ...]
    bytes_sent: int
    bytes_known: int  # of files whose content the archive had


def outcome(plan: Plan, results: Sequence[Result]) -> Outcome:
    """A change is made when all steps that concern it went well, and there is at least one."""
    steps = {step.id: step for step in plan.steps}
    joins = {step.id for step in plan.steps if not step.params}
    went = [result for result in results if result.step not in joins]
    statuses: Mapping[tuple[str, str], list[Status]] = defaultdict(list)
    for result in went:
        step = steps.get(result.step)
        if step and (name := _resource(step)) is not None:
            statuses[step.kind, name].append(result.status)
    done = [change for change in plan.due if _made(change, statuses)]
    return Outcome(
        done=tuple(done),
        failed=tuple(result for result in went if result.status is Status.FAILED),
        skipped=tuple(result for result in went if result.status is Status.SKIPPED),
        bytes_sent=bytes_sent(results),
        bytes_known=_known(done, went, steps),
    )


def bytes_sent(results: Iterable[Result]) -> int:
    return sum(_output(result, "sent") for result in results)


def label(step: Step | None, name: str) -> str:
    """What a person calls a step: the file or asset that it is about, else its id."""
    if step is None:
        return clean(name)
    about = next((step.params[key] for key in ("source", "path", "name") if step.params.get(key)), step.id)
    return clean(str(about))


def root_cause(name: str, steps: Mapping[str, Step], found: Outcome) -> str:
    """The step whose failure made this one be skipped; "" when none of them is known."""
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
    """The name that a step gives of its resource; "" when it is about all changes of its kind.

    None for a step that sends content alone: whoever uses the content needs it, and says so itself.
    """
    name = step.params.get("path") or step.params.get("name")
    return None if not name and "source" in step.params else str(name or "")


def _made(change: Change, statuses: Mapping[tuple[str, str], Sequence[Status]]) -> bool:
    kind, name = change.key.kind, change.key.name
    concerned = [*statuses.get((kind, name), ()), *statuses.get((kind, ""), ())]
    return bool(concerned) and all(status in _WELL for status in concerned)


def _known(done: Iterable[Change], results: Iterable[Result], steps: Mapping[str, Step]) -> int:
    """Bytes of new content that needed no upload, planned so or found so by the archive."""
    copies = sum(
        int(change.after["size"])
        for change in done
        if _has_content(change.after) and change.after.get("blob") and _new_content(change)
    )
    reused = [
        result
        for result in results
        if result.status is Status.DONE and _output(result, "reused") and result.step in steps
    ]
    return copies + sum(int(steps[result.step].params.get("size", 0)) for result in reused)


def _has_content(side: Json) -> bool:
    """Whether a side of a change is about content with a digest, as that of an asset."""
    return isinstance(side, dict) and "digest" in side


def _new_content(change: Change) -> bool:
    return change.before is None or bool(change.before.get("digest") != change.after.get("digest"))


def _output(result: Result, key: str) -> int:
    return int(result.output.get(key) or 0) if isinstance(result.output, dict) else 0
