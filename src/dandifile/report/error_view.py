"""How an expected error looks: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from dandifile.errors import Problem, SpecError, UserError
from dandifile.report.lines import page, paragraph
from dandifile.words import clean, quantity

_COUNTED = 5  # problems that can be counted at a glance
_MOST_PLACES = 5  # of the same problem


def error_text(error: UserError, *, width: int = 100) -> Text:
    """The whole error, with its problems in the order in which they were found."""
    lines = paragraph("error: ", error.what, width, "bold red")
    if error.where:
        lines += paragraph("  at: ", error.where, width, "dim")
    if isinstance(error, SpecError):
        lines += _problems(error.problems, width)
        lines += [Text("")] if error.problems and error.fix else []
    if error.fix:
        lines += _hint(error.fix, width)
    return page(lines)


def _problems(problems: Sequence[Problem], width: int) -> list[Text]:
    """Each problem once, with its places: the same wrong word is often in many places."""
    places: dict[tuple[str, str], list[str]] = {}
    for problem in problems:
        places.setdefault((problem.what, problem.fix), []).append(problem.where)
    lines: list[Text] = []
    fixes = [fix for _, fix in places]
    for ((what, fix), where), later in zip(places.items(), [*fixes[1:], ""], strict=False):
        lines += [Text(""), *_places(where, what, width)]
        if fix and fix != later:  # once, after the last with this fix
            lines += _hint(fix, width, "    ")
    total = [Text(""), Text(f"{quantity(len(problems), 'problem')} in all")]
    return [*lines, *total] if len(problems) > _COUNTED else lines


def _places(where: Sequence[str], what: str, width: int) -> list[Text]:
    """The place and what is wrong there, with further places of the same problem below."""
    first, *others = where
    lead = f"  {clean(first)}  " if first else "  "
    shown = others if len(others) < _MOST_PLACES else others[: _MOST_PLACES - 2]
    more = len(others) - len(shown)
    return [
        *paragraph(lead, what, width, "bold"),
        *(Text(f"  {clean(place)}  the same") for place in shown),
        *([Text(f"  … and {quantity(more, 'more place')}")] if more else []),
    ]


def _hint(fix: str, width: int, indent: str = "") -> list[Text]:
    return paragraph(f"{indent}hint: ", fix, width, "cyan")
