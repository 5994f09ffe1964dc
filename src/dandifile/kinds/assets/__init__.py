"""The assets of the draft: made, replaced, moved, described, deleted.

`desired` and `observe` gather, `diff` compares (pure), `steps` says what apply will do and in
which order, `perform` does one step.
"""

from __future__ import annotations

from dandifile.kinds.assets.difference import diff
from dandifile.kinds.assets.perform import perform
from dandifile.kinds.assets.sides import NAME, PERMIT, desired, note, observe
from dandifile.kinds.assets.standing import rebase, standing
from dandifile.kinds.assets.steps import steps
from dandifile.model import Wording
from dandifile.planning.kind import Traits

TRAITS = Traits(
    reads=("paths", "assets", "regions", "validation", "vocabulary", "policy.max_deletions"),
    docs="docs/spec.md#data",
    permits=(PERMIT,),
    wording=Wording(held="deletion", paths=True),
    note=note,
)

__all__ = ["NAME", "TRAITS", "desired", "diff", "observe", "perform", "rebase", "standing", "steps"]
