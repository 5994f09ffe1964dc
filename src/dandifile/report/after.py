"""Where to look at a dandiset now, and which sessions of which subjects it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rich.text import Text

from dandifile.model import Target
from dandifile.report.lines import page, paragraph
from dandifile.words import clean, quantity

_LEAD = 11
_MOST_SUBJECTS = 12
_MOST_SESSIONS = 8
_SUBJECT = re.compile(r"(?:^|/)sub-([^/_.]+)")
_SESSION = re.compile(r"(?:^|[/_])ses-([^/_.]+)")


def neurosift(target: Target) -> str:
    """The draft's page on Neurosift; "" where Neurosift shows no draft of that archive.

    Neurosift's dandiset page reads the public archive only: for a sandbox dandiset it would
    show whichever public one has the same number.
    """
    if target.instance != "dandi" or not target.identifier:
        return ""
    return f"https://neurosift.app/dandiset/{target.identifier}?dandisetVersion=draft"


def sessions(paths: Iterable[str]) -> dict[str, list[str]]:
    """Session names by subject, both as in the assets' paths, sorted."""
    found: dict[str, set[str]] = {}
    for path in paths:
        if subject := _SUBJECT.search(path):
            session = _SESSION.search(path)
            found.setdefault(subject[1], set()).update([session[1]] if session else [])
    return {subject: sorted(found[subject]) for subject in sorted(found)}


def after_text(target: Target, paths: Iterable[str], *, verbose: bool = False, width: int = 100) -> Text:
    """The links and the sessions of `target`, whose draft holds assets at `paths`."""
    lines = [Text.assemble(("page".ljust(_LEAD), "cyan"), clean(target.page or _unserved(target)))]
    if link := neurosift(target):
        lines.append(Text.assemble(("Neurosift".ljust(_LEAD), "cyan"), clean(link)))
    for number, said in enumerate(_presence(sessions(paths), verbose=verbose)):
        lines += paragraph(("" if number else "sessions").ljust(_LEAD), said, width, "cyan")
    return page(lines)


def _unserved(target: Target) -> str:
    """How to see the page of an embedded archive, which is up only as long as a command needs it."""
    draft = f", then open /dandiset/{target.identifier}/draft there" if target.identifier else ""
    return f"run `dandifile archive serve`{draft}"


def _presence(subjects: dict[str, list[str]], *, verbose: bool) -> Iterator[str]:
    shown = list(subjects.items())
    if not verbose and len(shown) > _MOST_SUBJECTS:
        shown = shown[: _MOST_SUBJECTS - 1]
    for subject, names in shown:
        some = names if verbose or len(names) <= _MOST_SESSIONS else [*names[: _MOST_SESSIONS - 1], "…"]
        yield (
            f"sub-{subject}  {quantity(len(names), 'session')}: {', '.join(some)}"
            if names
            else f"sub-{subject}"
        )
    if left := list(subjects.values())[len(shown) :]:
        count = sum(map(len, left))
        yield f"… and {quantity(len(left), 'more subject')} with {quantity(count, 'session')}; -v shows all"
