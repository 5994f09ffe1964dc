"""What surrounds a draft: what is missing, what is not published yet, who owns it and who sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from dandifile.model import EMBARGOED, OPEN, Action, Comparison, JsonObject, Overview
from dandifile.report.comparison_view import first_names, group_by_action, totals
from dandifile.report.lines import paragraph
from dandifile.report.sessions_view import missing_sessions, session_lines
from dandifile.words import clean, quantity

if TYPE_CHECKING:
    from rich.text import Text

COLUMN = 11  # of the words in front of the rows: `Neurosift`

_MOST_NAMES = 5
_WORDS = {
    Action.CREATE: "added",
    Action.REPLACE: "replaced",
    Action.MOVE: "moved",
    Action.DELETE: "removed",
    Action.UPDATE: "changed",
}


def overview_rows(overview: Overview, paths: Sequence[str], width: int, *, verbose: bool) -> list[Text]:
    """`paths` are those of the draft's assets."""
    rows = [
        *(("missing", line) for line in _missing_lines(overview, paths, verbose=verbose)),
        *(("published", text) for text in [_published_text(overview, verbose=verbose)] if text),
        *(("embargo", line) for line in _embargo_lines(overview)),
        ("owners", _owners_text(overview.owners, verbose=verbose)),
    ]
    lines: list[Text] = []
    label = ""
    for word, text in rows:
        lines += paragraph(("" if word == label else word).ljust(COLUMN), text, width, "cyan")
        label = word
    return lines


def overview_json(overview: Overview, paths: Iterable[str]) -> JsonObject:
    """Documented in docs/json.md."""
    return {
        "owners": sorted(overview.owners),
        "embargo": {
            "status": overview.embargo,
            "until": overview.until.isoformat() if overview.until else None,
            "days_left": overview.days_left,
        },
        "missing_sessions": missing_sessions(overview.expected, paths),
        "unpublished": _unpublished_json(overview),
    }


def _unpublished_json(overview: Overview) -> JsonObject:
    found = overview.changes
    return {
        "since": overview.since or None,
        "assets": None if found is None else _asset_counts(found),
        "fields": None if found is None else [one.field for one in found.fields],
    }


def _asset_counts(found: Comparison) -> JsonObject:
    by_action = group_by_action(found.assets)
    return {word: len(by_action.get(action, ())) for action, word in _WORDS.items()}


def _published_text(overview: Overview, *, verbose: bool) -> str:
    """What has changed since the last version; "" where there is none, as the plan says at its top."""
    found, since = overview.changes, overview.since
    if not since:
        return ""
    if found is None:
        return f"{since}; `dandifile diff` shows what has changed since"
    if found.is_empty:
        return f"{since}; nothing has changed since"
    names = [clean(one.field) for one in found.fields]
    fields = f": {first_names(names, len(names) if verbose else _MOST_NAMES)}" if names else ""
    return f"{since}; since then {', '.join(totals(found))}{fields} (`dandifile diff` shows all)"


def _missing_lines(overview: Overview, paths: Sequence[str], *, verbose: bool) -> Iterator[str]:
    missing = missing_sessions(overview.expected, paths)
    if missing:
        count = sum(map(len, missing.values()))
        what = f"{quantity(count, 'session')} of " if count else ""
        yield f"{what}{quantity(len(missing), 'subject')} not on the draft:"
        yield from session_lines(missing, verbose=verbose)


def _embargo_lines(overview: Overview) -> Iterator[str]:
    if overview.embargo == OPEN:
        return
    if overview.embargo != EMBARGOED:
        yield "the archive is releasing it; until that has ended, nothing else can be changed"
        return
    release = "it ends only when you release it (`embargo: false`, and apply with --allow unembargo)"
    if overview.until is None or overview.days_left is None:
        yield f"without a date; {release}"
    elif overview.days_left < 0:
        passed = quantity(-overview.days_left, "day")
        yield f"until {overview.until}, which was {passed} ago; {release}"
    else:
        yield f"until {overview.until}, {quantity(overview.days_left, 'day')} left; {release}"


def _owners_text(owners: Sequence[str], *, verbose: bool) -> str:
    names = sorted(map(clean, owners))
    return first_names(names, len(names) if verbose else _MOST_NAMES) if names else "nobody"
