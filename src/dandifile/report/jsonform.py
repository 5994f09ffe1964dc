"""Plans and results for programs; the form is documented in docs/json.md and kept stable.

A plan's own document (as a saved plan has it) is handed in by the caller: report makes no
second form of it, it only adds what would otherwise have to be derived.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dandifile.model import Change, JsonObject, Plan, Result, Status, Target
from dandifile.report.after import neurosift, sessions
from dandifile.report.causes import causes, causes_json
from dandifile.report.outcome import bytes_sent


def plan_json(plan: Plan, document: JsonObject) -> JsonObject:
    """`document`, the saved form of `plan`, and beside it what follows from it."""
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
            causes((block.key.name, block.reason, block.fix) for block in plan.blocked if block.key)
        ),
        "counts": _counts(plan.changes),
        "plan": document,
        "stopped": plan.is_stopped,
    }


def results_json(results: Sequence[Result]) -> JsonObject:
    """How every step ended, without its output, which is nobody else's affair."""
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
            }
            for result in results
        ],
    }


def after_json(target: Target, paths: Iterable[str]) -> JsonObject:
    """Where the dandiset is to be seen, and the sessions by subject as its assets' paths say them."""
    return {
        "identifier": target.identifier,
        "instance": target.instance,
        "neurosift": neurosift(target) or None,
        "page": target.page or None,
        "sessions": sessions(paths),
    }


def _counts(changes: Iterable[Change]) -> JsonObject:
    """By kind and action: `{"assets": {"create": 3}}`."""
    counts: JsonObject = {}
    for change in changes:
        actions = counts.setdefault(change.key.kind, {})
        actions[change.action.value] = actions.get(change.action.value, 0) + 1
    return counts
