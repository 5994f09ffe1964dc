"""How a draft is now: what differs from the spec, whether it can be published, and where to look at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from rich.text import Text

from dandifile.model import Health, JsonObject, Obstacle, Overview, Plan, Readiness, Target, Wording
from dandifile.report.lines import page, paragraph
from dandifile.report.overview_view import COLUMN, overview_json, overview_rows
from dandifile.report.plan_view import plan_text
from dandifile.report.readiness_view import blocker_lines, readiness_json
from dandifile.report.sessions_view import session_lines, sessions_by_subject
from dandifile.words import clean, quantity

_IN_TITLE = (Obstacle.UNCHANGED, Obstacle.PUBLISHING)  # which the words behind the status say
_MOST_SUBJECTS = 4  # that status names: it has to fit on a screen


def status_text(  # noqa: PLR0913 - how it is shown
    plan: Plan,
    readiness: Readiness,
    overview: Overview,
    paths: Sequence[str],
    *,
    wordings: Mapping[str, Wording],
    verbose: bool = False,
    width: int = 100,
    fields: int = 0,
) -> Text:
    """The plan, the archive's validation (docs/archive-api.md 3.5), what surrounds the draft, and the links.

    `paths` are those of the draft's assets; `wordings` and `fields` are as in `plan_text`.
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
            page(
                [
                    *overview_rows(overview, paths, width, verbose=verbose),
                    *_link_lines(plan.target),
                    *_session_rows(paths, width, verbose=verbose, most=_MOST_SUBJECTS),
                ]
            ),
        ]
    )


def status_json(
    health: Health, readiness: Readiness, overview: Overview, target: Target, paths: Sequence[str]
) -> JsonObject:
    """Documented in docs/json.md."""
    now = readiness.as_is()
    others = [one.what for one in now.blockers if one.code not in (Obstacle.METADATA, Obstacle.ASSETS)]
    verdict = {**asdict(health), "in_the_way": others, "ready": now.is_ready}
    return {
        "validation": verdict,
        "readiness": readiness_json(readiness),
        "links": links_json(target, paths),
        **overview_json(overview, paths),
    }


def _outlook(readiness: Readiness) -> str:
    """Whether it can be published, in a few words behind the archive's own."""
    now = readiness.as_is()
    codes = {blocker.code for blocker in now.blockers}
    if now.is_ready:
        return ", ready to publish" + (
            "" if readiness.is_ready else " as it is now, not as the spec declares it"
        )
    if codes == {Obstacle.UNCHANGED}:
        return ", and unchanged since its last version"
    if codes == {Obstacle.PUBLISHING}:
        return ": change nothing until that is done"
    if now.is_waiting:
        return ", not finished yet: run `dandifile status --watch`"
    return ", not ready to publish"


# --- Where to look now ---------------------------------------------------------------------------


def links_text(target: Target, paths: Iterable[str], *, verbose: bool = False, width: int = 100) -> Text:
    """The links and the sessions of a draft that has assets at `paths`."""
    return page([*_link_lines(target), *_session_rows(paths, width, verbose=verbose)])


def _link_lines(target: Target) -> list[Text]:
    lines = [Text.assemble(("page".ljust(COLUMN), "cyan"), clean(target.page or _serve_hint(target)))]
    if link := neurosift_url(target):
        lines.append(Text.assemble(("Neurosift".ljust(COLUMN), "cyan"), clean(link)))
    return lines


def _session_rows(paths: Iterable[str], width: int, *, verbose: bool, most: int | None = None) -> list[Text]:
    """A row for each subject; with `most`, their number alone where there are more of them."""
    sessions, lines = sessions_by_subject(paths), list[Text]()
    texts = list(session_lines(sessions, verbose=verbose))
    if most is not None and not verbose and len(sessions) > most:
        count = quantity(sum(map(len, sessions.values())), "session")
        texts = [f"{count} of {quantity(len(sessions), 'subject')}; -v shows all"]
    for number, line in enumerate(texts):
        lines += paragraph(("" if number else "sessions").ljust(COLUMN), line, width, "cyan")
    return lines


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


def _serve_hint(target: Target) -> str:
    """How to see the page on the embedded archive, which runs only while a command needs it."""
    draft = f", then open /dandiset/{target.identifier}/draft there" if target.identifier else ""
    return f"run `dandifile archive serve`{draft}"
