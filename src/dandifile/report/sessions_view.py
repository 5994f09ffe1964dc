"""The sessions of a dandiset by subject, as the paths of its assets name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dandifile.identifiers import session_in_path, subject_in_path
from dandifile.words import quantity

_MOST_SUBJECTS = 12
_MOST_SESSIONS = 8


def sessions_by_subject(paths: Iterable[str]) -> dict[str, list[str]]:
    """Sorted session names by subject, both as in the paths of assets."""
    found: dict[str, set[str]] = {}
    for path in paths:
        if subject := subject_in_path(path):
            session = session_in_path(path)
            found.setdefault(subject, set()).update([session] if session else [])
    return {subject: sorted(found[subject]) for subject in sorted(found)}


def missing_sessions(expected: Iterable[str], there: Iterable[str]) -> dict[str, list[str]]:
    """The sessions of which `there` has no file at all, by subject; [] of a subject without sessions."""
    has = sessions_by_subject(there)
    found: dict[str, list[str]] = {}
    for subject, sessions in sessions_by_subject(expected).items():
        missing = [session for session in sessions if session not in has.get(subject, ())]
        if missing or subject not in has:
            found[subject] = missing
    return found


def session_lines(subjects: Mapping[str, Sequence[str]], *, verbose: bool) -> Iterator[str]:
    """A line for each subject; many of them, and many sessions, are cut unless `verbose`."""
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
