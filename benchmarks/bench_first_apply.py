"""The first upload, caches cold. dandifile also names the files, validates them and makes the dandiset."""

from __future__ import annotations

from benchmarks.measure import Outcome
from benchmarks.stage import Stage


def bench(stage: Stage) -> Outcome:
    uploaded = stage.uploaded
    about = f"{stage.files} new files: apply --create, dandi upload"
    return Outcome("first-apply", about, uploaded.ours_took, uploaded.theirs_took)
