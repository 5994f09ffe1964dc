"""How long a command takes to say anything at all."""

from __future__ import annotations

from benchmarks.measure import Outcome, Side, alternate, program, timed
from benchmarks.stage import Stage


def bench(stage: Stage) -> Outcome:
    def ask(name: str) -> Side:
        return Side(timed([program(name), "--help"], folder=stage.folder, env={}))

    ours, theirs = alternate(lambda: ask("dandifile"), lambda: ask("dandi"), rounds=7)
    return Outcome("help", "--help", ours, theirs)
