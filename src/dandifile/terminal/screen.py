"""How a command shows what it is doing and what came of it: results to stdout, all else to stderr."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dandifile.errors import UserError
from dandifile.model import Effect, JsonObject, Plan, Refusal, Result, Step
from dandifile.session.options import Setup

if TYPE_CHECKING:
    from rich.text import Text

    from dandifile.report.reasons_view import Tally
    from dandifile.run.execute import Notify
    from dandifile.session.apply_steps import ApplyResult

FORMATS = ("text", "json")


@dataclass(frozen=True)
class Flags(Setup):
    """The flags that every command on a spec has: what its session is about, and how the result looks."""

    format: str = "text"
    verbose: bool = False
    no_color: bool = False
    formats: tuple[str, ...] = FORMATS  # those that the command has

    def __post_init__(self) -> None:
        if self.format not in self.formats:
            raise UserError(
                f"--format {self.format} is not known", fix=f"use one of {', '.join(self.formats)}"
            )


def show(flags: Flags, text: Callable[..., Text], *about: Any, **how: Any) -> None:
    """On stdout, what `text` gives of these arguments for the width of the terminal."""
    from dandifile.report.console import show, stdout, width

    console = stdout(no_color=flags.no_color)
    show(console, text(*about, width=width(console), **how))


def show_plan(plan: Plan, flags: Flags, fields: int) -> None:
    """The plan on stdout. In JSON, apply shows it together with the results instead."""
    from dandifile.kinds import wordings
    from dandifile.report.plan_view import plan_text

    show(flags, plan_text, plan, wordings=wordings(), verbose=flags.verbose, fields=fields)


def show_applied(plan: Plan, done: ApplyResult, seconds: float, flags: Flags) -> None:
    """What was done, then where the dandiset is to be seen and what is in it."""
    from dandifile.kinds import wordings
    from dandifile.report.results_view import results_text
    from dandifile.report.status_view import links_text

    sys.stdout.write("\n")
    how = {"wordings": wordings(), "verbose": flags.verbose}
    show(flags, results_text, plan, done.results, seconds, **how)
    show(flags, links_text, done.target, done.paths, verbose=flags.verbose)


def print_applied(plan: Plan, done: ApplyResult, seconds: float, why: Tally) -> None:
    """The plan and what was done of it, as JSON."""
    from dandifile.planning.planfile import to_json
    from dandifile.report.plan_view import plan_json
    from dandifile.report.results_view import results_json
    from dandifile.report.status_view import links_json

    print_json(
        {
            **plan_json(plan, to_json(plan)),
            "apply": {**results_json(plan, done.results), "seconds": round(seconds, 3)},
            "after": links_json(done.target, done.paths),
            **survey_json(why),
        }
    )


def survey_json(why: Tally | None) -> JsonObject:
    """Why the steps of the survey ran; those that were known from before are not among them."""
    from dandifile.report.reasons_view import reasons_json

    return {"survey": reasons_json(why or {})}


def can_ask() -> bool:
    """Whether there is a terminal to ask on: nothing ever waits for an answer without one."""
    return sys.stdin is not None and sys.stdin.isatty()


def is_confirmed(question: str) -> bool:
    """Asks on the terminal; anything but yes is no."""
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def print_json(document: JsonObject) -> None:
    sys.stdout.writelines(json.JSONEncoder(indent=2, sort_keys=True, ensure_ascii=False).iterencode(document))
    sys.stdout.write("\n")


def refused_json(refused: Sequence[Refusal]) -> JsonObject:
    """Every file that is refused, and the causes, each with its files."""
    from dandifile.report.files_view import causes_json, refusal_causes

    return {
        "refused": [vars(refusal) for refusal in refused],
        "causes": causes_json(refusal_causes(refused)),
    }


class Shown(NamedTuple):
    """What a block calls to show its progress, and what it can say of the steps that ran."""

    notify: Notify  # with each step
    sent: Callable[[int], None]  # with each number of bytes
    why: Tally  # the steps of the survey that ran so far, by their reasons


def quote_for_shell(file: Path) -> str:
    """A file's name as it can be pasted into the shell."""
    return f'"{file}"' if os.name == "nt" else shlex.quote(str(file))


@contextmanager
def show_progress(flags: Flags, steps: int = 0, size: int = 0) -> Iterator[Shown]:
    """Progress on stderr while the block runs.

    Afterwards verbose output says why each step of the survey ran. The plan says it of the steps of apply.
    """
    from dandifile.report.progress import progress
    from dandifile.report.reasons_view import Tally, tally

    ran = Tally()
    with progress(size, steps, stream=sys.stderr, no_color=flags.no_color) as shown:

        def notify(step: Step, result: Result | None) -> None:
            if result is None:
                shown.started(step.id, _words(step))
            else:
                shown.ended(result)
                if step.effect is Effect.NONE:
                    ran.update(tally([step]))

        yield Shown(notify, shown.advance, ran)
    if flags.verbose and ran:
        _show_reasons(ran, flags)


def _show_reasons(ran: Tally, flags: Flags) -> None:
    from dandifile.report.console import show, stderr, width
    from dandifile.report.lines import page
    from dandifile.report.reasons_view import reasons_text

    console = stderr(no_color=flags.no_color)
    show(console, page(reasons_text(ran, width(console))))


def _words(step: Step) -> str:
    if step.effect is Effect.NONE:
        return f"{step.kind} {Path(step.params['path']).name}"
    what = step.params.get("path") or step.params.get("source") or step.params.get("name") or ""
    verb = step.params.get("do") or step.kind
    return f"{verb} {what}".strip()
