"""Plans and results for programs; the form is documented in docs/json.md and kept stable.

A plan's own document (as a saved plan has it) is handed in by the caller: report makes no
second form of it, it only adds what would otherwise have to be derived.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dandifile.model import Change, JsonObject, Plan, Result, Target
from dandifile.report.after import neurosift, sessions
from dandifile.report.outcome import outcome

VERSION = 1


def plan_json(plan: Plan, document: JsonObject) -> JsonObject:
    """`document` is the saved form of `plan`."""
    held, blocked = set(map(id, plan.held)), {block.key for block in plan.blocked}
    return {
        "dandifile_report": VERSION,
        "summary": {
            "actions": _actions(plan.changes),
            "blocked": len(plan.blocked),
            "bytes_to_send": plan.bytes_to_send,
            "elsewhere": len(plan.elsewhere),
            "held": len(held),
            "stopped": plan.stopped,
            "unchanged": plan.unchanged,
        },
        "changes": [
            {
                "action": change.action.value,
                "blocked": change.key in blocked,
                "held": id(change) in held,
                "kind": change.key.kind,
                "name": change.key.name,
                "permit": change.permit,
            }
            for change in plan.changes
        ],
        "plan": document,
    }


def results_json(plan: Plan, results: Sequence[Result], seconds: float) -> JsonObject:
    """What was done, and every step's result without its output, which is the program's own affair."""
    found = outcome(plan, results)
    return {
        "dandifile_report": VERSION,
        "summary": {
            "actions": _actions(found.done),
            "bytes_known": found.bytes_known,
            "bytes_sent": found.bytes_sent,
            "failed": len(found.failed),
            "seconds": round(seconds, 3),
            "skipped": len(found.skipped),
        },
        "results": [
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
        "page": target.page,
        "sessions": sessions(paths),
    }


def _actions(changes: Iterable[Change]) -> JsonObject:
    """Counts by kind and action: `{"assets": {"create": 3}}`."""
    counts = Counter((change.key.kind, change.action.value) for change in changes)
    kinds = sorted({kind for kind, _ in counts})
    return {
        kind: {action: count for (of, action), count in sorted(counts.items()) if of == kind}
        for kind in kinds
    }
