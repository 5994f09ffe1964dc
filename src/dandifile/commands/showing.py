"""How a command shows what it is doing and what came of it: results to stdout, all else to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dandifile.commands.common import Flags
from dandifile.model import Effect, JsonObject, Plan, Refusal, Result, Step
from dandifile.planning.planfile import to_json
from dandifile.run.execute import Notify
from dandifile.workspace import Outcome


def show_plan(plan: Plan, flags: Flags, fields: int) -> None:
    """The plan on stdout. In JSON, apply shows it together with the results instead."""
    from dandifile.kinds import wordings
    from dandifile.report.console import show, stdout, width
    from dandifile.report.plan_view import plan_text

    console = stdout(no_color=flags.no_color)
    how = {"width": width(console), "fields": fields}
    show(console, plan_text(plan, wordings=wordings(), verbose=flags.verbose, **how))


def show_outcome(plan: Plan, done: Outcome, seconds: float, flags: Flags) -> None:
    """What was done, then where the dandiset is to be seen and what is in it."""
    from dandifile.kinds import wordings
    from dandifile.report.console import show, stdout, width
    from dandifile.report.results_view import results_text
    from dandifile.report.status_view import links_text

    console = stdout(no_color=flags.no_color)
    wide, verbose = width(console), flags.verbose
    console.line()
    words = wordings()
    show(
        console,
        results_text(plan, done.results, seconds, wordings=words, verbose=verbose, width=wide),
    )
    show(console, links_text(done.target, done.paths, verbose=verbose, width=wide))


def print_outcome(plan: Plan, done: Outcome, seconds: float) -> None:
    from dandifile.report.plan_view import plan_json
    from dandifile.report.results_view import results_json
    from dandifile.report.status_view import links_json

    print_json(
        {
            **plan_json(plan, to_json(plan)),
            "apply": {**results_json(done.results), "seconds": round(seconds, 3)},
            "after": links_json(done.target, done.paths),
        }
    )


def print_json(document: JsonObject) -> None:
    sys.stdout.write(json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def refused_json(refused: Sequence[Refusal]) -> JsonObject:
    """Every file that is refused, and the causes, each with its files."""
    from dandifile.report.files_view import causes_json, refusal_causes

    return {
        "refused": [vars(refusal) for refusal in refused],
        "causes": causes_json(refusal_causes(refused)),
    }


@contextmanager
def watching(flags: Flags, steps: int = 0, size: int = 0) -> Iterator[tuple[Notify, Callable[[int], None]]]:
    """Progress on stderr: (told of steps, told of bytes)."""
    from dandifile.report.progress import progress

    with progress(size, steps, stream=sys.stderr, no_color=flags.no_color) as shown:

        def notify(step: Step, result: Result | None) -> None:
            if result is None:
                shown.started(step.id, _words(step))
            else:
                shown.ended(result)

        yield notify, shown.advance


def _words(step: Step) -> str:
    if step.effect is Effect.NONE:
        return f"{step.kind} {Path(step.params['path']).name}"
    what = step.params.get("path") or step.params.get("source") or step.params.get("name") or ""
    verb = step.params.get("do") or step.kind
    return f"{verb} {what}".strip()
