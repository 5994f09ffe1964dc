"""Whether a plan that was made earlier may still be applied: what was reviewed is what is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from dandifile.archive.instance import LOCAL
from dandifile.archive.rights import UNCHECKED
from dandifile.errors import BlockedError
from dandifile.kinds import KINDS
from dandifile.model import Change, Local, Plan, Spec, Target
from dandifile.planning.planner import base_of


def refuse_other_spec(saved: Plan, spec: Spec) -> None:
    if saved.base != base_of(spec):
        raise BlockedError(
            "the plan is stale: the spec or its lock has changed since, or the plan is of another spec",
            where=str(spec.file),
            fix="run plan again; --file names another spec",
        )


def refuse_other_target(saved: Target, now: Target) -> None:
    """A plan is for one archive for good, and, unless it creates one, for one dandiset there."""
    if saved.archive != now.archive:
        where = f"{saved.instance} ({saved.api_url})"
        if saved.instance == now.instance == LOCAL:
            raise BlockedError(
                "the plan is stale: it is for another embedded archive, or for one that was reset since",
                fix="run plan again, or set DANDIFILE_STORE as it was when the plan was made",
            )
        raise BlockedError(
            f"the plan is stale: it is for {where}, and the spec is now for {now.instance} ({now.api_url})",
            fix="run plan again",
        )
    if (saved.identifier or now.identifier) != now.identifier:
        there = f"for {now.identifier}" if now.identifier else "for a new one"
        raise BlockedError(
            f"the plan is stale: it is for dandiset {saved.identifier} of {saved.instance}, and the spec is "
            f"now {there}",
            fix="run plan again",
        )


def refuse_new_reasons(spec: Spec, observed: Mapping[str, Any], saved: Plan) -> None:
    """BlockedError where a kind has a reason to stop the plan that came up since it was made."""
    for name, kind in KINDS.items():
        for block in kind.TRAITS.recheck(spec, observed[name], saved):
            raise BlockedError(block.reason, fix=block.fix)


def refuse_changed_files(changes: Iterable[Change], local: Local) -> None:
    here = {asset.source: asset.digest for asset in local.assets}
    sides = [
        change.after for change in changes if isinstance(change.after, dict) and "source" in change.after
    ]
    changed = sorted(side["source"] for side in sides if here.get(side["source"]) != side["digest"])
    if changed:
        raise BlockedError(
            f"the plan is stale: {', '.join(changed[:3])} changed since, or cannot be found",
            fix="run plan again",
        )


def without_user(saved: Plan) -> Plan:
    """The plan without what concerns the user who made it; it is looked up for the user who applies it."""
    blocked = tuple(block for block in saved.blocked if not block.about)
    notes = tuple(note for note in saved.notes if not note.startswith(UNCHECKED))
    return replace(saved, blocked=blocked, notes=notes)
