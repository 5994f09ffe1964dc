"""`policy.require`: rules of the checklist that must hold before anything is written. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from dandifile.checklist.rules import checked
from dandifile.checklist.verdict import Facts, Verdict
from dandifile.model import Block, JsonObject, Spec


def facts_of(spec: Spec) -> Facts:
    """What the lock and the spec say beside the dandiset's own document."""
    rules = (spec.regions.subjects, spec.regions.sessions, spec.regions.paths)
    overlaid = any(overlay.metadata.get("about") for overlay in spec.overlays)
    return Facts(spec.verdicts, spec.verdicts, regions_on_assets=overlaid or any(rules))


def policy_blocks(document: JsonObject, facts: Facts, required: Iterable[str]) -> tuple[Block, ...]:
    """A block of everything for each required rule that fails; one that nobody can judge blocks nothing."""
    return tuple(
        Block(f"policy.require {result.rule}: {result.found}", result.fix)
        for result in checked(document, facts, required)
        if result.verdict is Verdict.FAILED
    )
