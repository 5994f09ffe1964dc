"""The assets of the draft: made, replaced, moved, described, deleted.

`desired` and `observe` gather, `diff` compares (pure), `steps` says what apply will do and in
which order, `perform` does one step.
"""

from __future__ import annotations

from dandifile.kinds.assets.binding import rebased, standing
from dandifile.kinds.assets.difference import diff
from dandifile.kinds.assets.gather import NAME, desired, observe
from dandifile.kinds.assets.perform import perform
from dandifile.kinds.assets.steps import steps

__all__ = ["NAME", "desired", "diff", "observe", "perform", "rebased", "standing", "steps"]
