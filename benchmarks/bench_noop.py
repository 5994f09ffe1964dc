"""Nothing has changed: how long until that is said, and how often the archive is asked."""

from __future__ import annotations

from benchmarks.measure import Outcome, alternate
from benchmarks.stage import Stage


def bench(stage: Stage) -> Outcome:
    uploaded = stage.uploaded
    ours, theirs = alternate(uploaded.plan, uploaded.upload, rounds=3)
    return Outcome("noop", f"{stage.files} files unchanged: plan, dandi upload", ours, theirs)
