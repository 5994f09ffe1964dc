"""What an explanation may look at: the spec with its places, the plan, and what that was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dandifile.explanation.places import Places
from dandifile.kinds import assets, metadata
from dandifile.kinds.assets.sides import DesiredAssets, ObservedAssets
from dandifile.kinds.metadata import DesiredMetadata, ObservedMetadata
from dandifile.model import Block, Change, Key, Local, Plan, Spec, Verdict


@dataclass(frozen=True)
class View:
    """`observed` is what the archive has, by kind."""

    places: Places
    spec: Spec
    plan: Plan
    local: Local
    observed: Mapping[str, Any]

    @cached_property
    def draft(self) -> ObservedAssets:
        found: ObservedAssets = self.observed[assets.NAME]
        return found

    @cached_property
    def files(self) -> DesiredAssets:
        return assets.desired(self.spec, self.local)

    @cached_property
    def declared(self) -> DesiredMetadata:
        return metadata.desired(self.spec, self.local)

    @cached_property
    def document(self) -> ObservedMetadata:
        found: ObservedMetadata = self.observed[metadata.NAME]
        return found

    @property
    def page(self) -> str:
        """Where the draft is: its page, else its archive."""
        target = self.plan.target
        return target.page if target.identifier and target.web_url else f"the draft on {target.instance}"

    def change(self, key: Key) -> Change | None:
        return next((change for change in self.plan.changes if change.key == key), None)

    def blocks(self, *keys: Key) -> list[Block]:
        """What blocks any of these, or everything."""
        return [block for block in self.plan.blocked if block.key is None or block.key in keys]

    def verdict(self, change: Change | None, blocks: list[Block]) -> Verdict:
        """What becomes of a change that may be blocked, or wait for a permit."""
        if blocks:
            return Verdict.BLOCKED
        if change is None:
            return Verdict.UNCHANGED
        if any(held.key == change.key for held in self.plan.held):
            return Verdict.HELD
        return Verdict(change.action.value)
