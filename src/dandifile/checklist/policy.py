"""`policy.require`: rules of the checklist that must hold before anything is written. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from dandifile.checklist.rules import checked
from dandifile.checklist.verdict import Facts, Verdict
from dandifile.model import Block, JsonObject, Local, Spec


def facts_of(spec: Spec, local: Local | None = None) -> Facts:
    """What the document does not say: from the lock, the spec and, where they were looked at, the files."""
    rules = (spec.regions.subjects, spec.regions.sessions, spec.regions.paths)
    overlaid = any(overlay.metadata.get("about") for overlay in spec.overlays)
    in_files = local is not None and any(local.located.regions.values())
    perhaps = spec.regions.from_nwb and not (local and local.located.whole)
    on_assets = overlaid or any(rules) or in_files
    return Facts(spec.verdicts, spec.verdicts, regions_on_assets=on_assets, regions_in_files=perhaps)


def policy_blocks(document: JsonObject, facts: Facts, required: Iterable[str]) -> tuple[Block, ...]:
    """A block of everything for each required rule that fails; one that nobody can judge blocks nothing."""
    return tuple(
        Block(f"policy.require {result.rule}: {result.found}", result.fix)
        for result in checked(document, facts, required)
        if result.verdict is Verdict.FAILED
    )
