"""How a draft is now: what differs from the spec, whether it can be published, and where to look at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from rich.text import Text

from dandifile.identifiers import session_in_path, subject_in_path
from dandifile.model import Complaint, Health, JsonObject, Plan, Target, Wording
from dandifile.report.lines import Remark, TableRow, page, paragraph, table
from dandifile.report.plan_view import plan_text
from dandifile.words import clean, first_of, quantity

MOST_COMPLAINTS = 10  # of the archive's own complaints: enough to see what they are about
_COLUMN = 9
_LINK_COLUMN = 11
_MOST_SUBJECTS = 12
_MOST_SESSIONS = 8


def status_text(  # noqa: PLR0913 - how it is shown
    plan: Plan,
    health: Health,
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
    title = f"The archive's own validation: {health.status}{_readiness(plan, health)}"
    verdict = [Text(clean(title))]
    for reason in health.in_the_way:
        verdict += paragraph("  ! ", reason, width, "bold red")
    verdict += table(_rows(health.complaints, verbose=verbose), width, _COLUMN)
    return Text("\n\n").join(
        [
            plan_text(plan, wordings=wordings, verbose=verbose, width=width, fields=fields),
            page(verdict),
            links_text(plan.target, paths, verbose=verbose, width=width),
        ]
    )


def status_json(health: Health) -> JsonObject:
    """Documented in docs/json.md."""
    return {**asdict(health), "ready": health.is_ready}


def _readiness(plan: Plan, health: Health) -> str:
    """A draft can be published if it and every asset are Valid. The archive lists 50 assets at most."""
    if health.status == "Published":
        return ", as it was last published"
    if health.status in ("Pending", "Validating"):
        return ", not finished yet: run status again in a moment"
    if health.status == "Publishing":
        return ", do not change anything until it is done"
    if health.waiting and not (health.complaints or health.in_the_way):
        return f", {quantity(health.waiting, 'asset')} or more still being validated"
    if not health.is_ready:
        return ", not ready to publish"
    return ", ready to publish" + (" as it is now, not as the spec declares it" if plan.changes else "")


def _rows(complaints: Sequence[Complaint], *, verbose: bool) -> list[TableRow]:
    rows = list(_all_rows(complaints))
    if verbose or len(rows) <= MOST_COMPLAINTS:
        return rows
    return [
        *rows[: MOST_COMPLAINTS - 1],
        TableRow("!", "", f"… and {len(rows) - MOST_COMPLAINTS + 1} more; -v shows all"),
    ]


def _all_rows(complaints: Sequence[Complaint]) -> Iterator[TableRow]:
    """A row for each fault; assets with the same fault share a row."""
    groups: dict[tuple[bool, str, str], list[Complaint]] = {}
    for one in complaints:
        groups.setdefault((bool(one.asset), one.field, one.message), []).append(one)
    for (of_asset, field, message), same in groups.items():
        marks = [Remark("", f"{field}: {message}" if of_asset and field else message)]
        if of_asset:
            files = [one.source for one in same if one.source]
            marks.append(
                Remark("", f"file: {first_of(files) if files else 'not on this machine'}", alone=True)
            )
        name = first_of([one.asset for one in same]) if of_asset else field or "dandiset"
        yield TableRow(
            "!", "asset" if of_asset else "invalid", name, marks=(*marks, Remark("", same[0].fix, alone=True))
        )


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
