"""How a draft is now: what differs from the spec, whether it can be published, and where to look at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from rich.text import Text

from dandifile.identifiers import session_in_path, subject_in_path
from dandifile.model import Health, JsonObject, Obstacle, Plan, Readiness, Target, Wording
from dandifile.report.lines import page, paragraph
from dandifile.report.plan_view import plan_text
from dandifile.report.readiness_view import blocker_lines, readiness_json
from dandifile.words import clean, quantity

_IN_TITLE = (Obstacle.UNCHANGED, Obstacle.PUBLISHING)  # which the words behind the status say
_LINK_COLUMN = 11
_MOST_SUBJECTS = 12
_MOST_SESSIONS = 8


def status_text(  # noqa: PLR0913 - how it is shown
    plan: Plan,
    readiness: Readiness,
    paths: Sequence[str],
    *,
    wordings: Mapping[str, Wording],
    verbose: bool = False,
    width: int = 100,
    fields: int = 0,
) -> Text:
    """The plan in brief, the archive's validation (docs/archive-api.md 3.5), the links and the sessions.

    `wordings` and `fields` are as in `plan_text`.
    """
    title = f"The archive's own validation: {readiness.status}{_outlook(readiness)}"
    blockers = [blocker for blocker in readiness.as_is().blockers if blocker.code not in _IN_TITLE]
    verdict = [Text(clean(title)), *blocker_lines(blockers, width, verbose=verbose)]
    for note in readiness.notes:
        verdict += paragraph("  note: ", note, width)
    return Text("\n\n").join(
        [
            plan_text(plan, wordings=wordings, verbose=verbose, width=width, fields=fields),
            page(verdict),
            links_text(plan.target, paths, verbose=verbose, width=width),
        ]
    )


def status_json(health: Health, readiness: Readiness) -> JsonObject:
    """Documented in docs/json.md."""
    now = readiness.as_is()
    others = [one.what for one in now.blockers if one.code not in (Obstacle.METADATA, Obstacle.ASSETS)]
    verdict = {**asdict(health), "in_the_way": others, "ready": now.is_ready}
    return {"validation": verdict, "readiness": readiness_json(readiness)}


def _outlook(readiness: Readiness) -> str:
    """Whether it can be published, in a few words behind the archive's own."""
    now = readiness.as_is()
    codes = {blocker.code for blocker in now.blockers}
    if now.is_ready:
        return ", ready to publish" + (
            "" if readiness.is_ready else " as it is now, not as the spec declares it"
        )
    if codes == {Obstacle.UNCHANGED}:
        return ", as it was last published"
    if codes == {Obstacle.PUBLISHING}:
        return ", do not change anything until it is done"
    if now.is_waiting:
        return ", not finished yet: run status again in a moment"
    return ", not ready to publish"


# --- Where to look now ---------------------------------------------------------------------------


def links_text(target: Target, paths: Iterable[str], *, verbose: bool = False, width: int = 100) -> Text:
    """The links and the sessions of a draft that has assets at `paths`."""
    lines = [Text.assemble(("page".ljust(_LINK_COLUMN), "cyan"), clean(target.page or _serve_hint(target)))]
    if link := neurosift_url(target):
        lines.append(Text.assemble(("Neurosift".ljust(_LINK_COLUMN), "cyan"), clean(link)))
    for number, line in enumerate(_session_lines(sessions_by_subject(paths), verbose=verbose)):
        lines += paragraph(("" if number else "sessions").ljust(_LINK_COLUMN), line, width, "cyan")
    return page(lines)


def links_json(target: Target, paths: Iterable[str]) -> JsonObject:
    """The links and the sessions by subject. Documented in docs/json.md."""
    return {
        "identifier": target.identifier,
        "instance": target.instance,
        "neurosift": neurosift_url(target) or None,
        "page": target.page or None,
        "sessions": sessions_by_subject(paths),
    }


def neurosift_url(target: Target) -> str:
    """The draft's page on Neurosift; "" for an archive that Neurosift does not show.

    Neurosift's dandiset page reads only the public archive: for a sandbox dandiset it would show the public
    one with the same number.
    """
    if target.instance != "dandi" or not target.identifier:
        return ""
    return f"https://neurosift.app/dandiset/{target.identifier}?dandisetVersion=draft"


def sessions_by_subject(paths: Iterable[str]) -> dict[str, list[str]]:
    """Sorted session names by subject, both as in the paths of assets."""
    found: dict[str, set[str]] = {}
    for path in paths:
        if subject := subject_in_path(path):
            session = session_in_path(path)
            found.setdefault(subject, set()).update([session] if session else [])
    return {subject: sorted(found[subject]) for subject in sorted(found)}


def _serve_hint(target: Target) -> str:
    """How to see the page on the embedded archive, which runs only while a command needs it."""
    draft = f", then open /dandiset/{target.identifier}/draft there" if target.identifier else ""
    return f"run `dandifile archive serve`{draft}"


def _session_lines(subjects: dict[str, list[str]], *, verbose: bool) -> Iterator[str]:
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
