"""What would be published, what prevents it, and the version with its DOI and citation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.text import Text

from dandifile.model import JsonObject, Obstacle, Publication, Readiness, Target
from dandifile.report.lines import paragraph, sections
from dandifile.report.plan_view import header_lines
from dandifile.report.readiness_view import blocker_lines, readiness_json
from dandifile.words import clean, quantity, size

_COLUMN = 11


def prospect_text(
    target: Target, draft: JsonObject, notes: str, remarks: Sequence[str], *, width: int = 100
) -> Text:
    """The draft that is ready, and the release notes that its version would get."""
    amount = f"{quantity(draft.get('asset_count') or 0, 'asset')}, {size(draft.get('size') or 0)}"
    lines = _row("ready", f"the draft as it is now: {amount}", width)
    lines += _row("citation", _future_citation(draft["metadata"]), width)
    for remark in remarks:
        lines += _row("note", remark, width)
    return sections([header_lines(target, width), lines, list(_notes_lines(notes, width))])


def _future_citation(document: JsonObject) -> str:
    """The draft's citation, with `…` for what only the version has: its number and its DOI."""
    cited = str(document.get("citation") or "").replace("(Version draft)", "(Version …)")
    page = str(document.get("url") or "")
    return f"{cited.removesuffix(page)}https://doi.org/…" if page and cited.endswith(page) else cited


def _row(lead: str, text: str, width: int) -> list[Text]:
    style = "green" if lead in ("ready", "published") else "cyan"
    return paragraph(lead.ljust(_COLUMN), clean(text), width, style)


def _notes_lines(notes: str, width: int) -> Iterator[Text]:
    if not notes:
        yield from _row("notes", "none; `--notes auto` writes them, `--notes FILE` reads them", width)
        return
    yield Text("release notes", "cyan")
    for line in notes.splitlines():
        yield from (
            paragraph("  ", line, width, hang=2 * line.startswith("- ")) if line.strip() else [Text("")]
        )


def blocked_text(target: Target, readiness: Readiness, *, verbose: bool = False, width: int = 100) -> Text:
    """Everything that prevents publishing."""
    blockers = readiness.blockers
    if any(one.code is Obstacle.PLAN for one in blockers):  # after apply, the draft has changed
        blockers = tuple(one for one in blockers if one.code is not Obstacle.UNCHANGED)
    count = quantity(len(blockers), "reason")
    lines = [Text(f"The draft cannot be published yet, for {count}:", "bold")]
    if readiness.is_waiting:
        lines = [Text("The draft cannot be published yet: the archive is still at work.", "bold")]
    lines += blocker_lines(blockers, width, verbose=verbose)
    for note in readiness.notes:
        lines += paragraph("  note: ", note, width)
    return sections([header_lines(target, width), lines])


def outcome_text(  # noqa: PLR0913 - how it came about
    target: Target, publication: Publication, lock: str, *, made: bool, noted: bool, width: int = 100
) -> Text:
    """The version, as it is quoted. Without `made`, it was there already."""
    amount = f"{quantity(publication.assets, 'asset')}, {size(publication.size)}"
    path = f"/dandiset/{target.identifier}/{publication.version}"
    rows = [
        ("published", f"{publication.version} of {target.identifier} ({amount})"),
        ("doi", _doi_text(target, publication)),
        ("page", publication.url or f"run `dandifile archive serve`, then open {path} there"),
        ("citation", publication.citation),
    ]
    if lock:
        rows.append(("lock", f"{lock} has it{'; commit that' if noted else ''}"))
    lines = [line for lead, text in rows for line in _row(lead, text, width)]
    nothing = "" if made else "Nothing to publish. The draft has not changed since its last version."
    return sections(
        [
            [Text(nothing, "bold")] if nothing else [],
            lines,
            list(_notes_lines(publication.notes, width)) if made and publication.notes else [],
        ]
    )


def _doi_text(target: Target, publication: Publication) -> str:
    if not publication.doi:
        return "none yet; where the archive registers DOIs, it comes later: then run the same command again"
    rehearsed = " (a rehearsal: the embedded archive registers no DOI)" if target.instance == "local" else ""
    return f"{publication.doi}{rehearsed}"


def publish_json(
    target: Target, readiness: Readiness, notes: str, publication: Publication | None, *, lock: str
) -> JsonObject:
    """Documented in docs/json.md."""
    return {
        "identifier": target.identifier,
        "instance": target.instance,
        "lock": lock or None,
        "notes": notes or None,
        "published": publication and _publication_json(publication),
        "readiness": readiness_json(readiness),
    }


def _publication_json(publication: Publication) -> JsonObject:
    found = asdict(publication)
    return {**found, **{key: found[key] or None for key in ("doi", "notes", "url")}}
