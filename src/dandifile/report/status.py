"""`status`: how far the draft is from the spec, and whether the archive would publish it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from dandifile.model import JsonObject, Plan
from dandifile.report.after import after_text
from dandifile.report.lines import page
from dandifile.report.text import plan_text
from dandifile.report.words import clean, many

MOST = 10  # of the archive's own complaints: enough to see what kind they are
PENDING = "asset is currently being validated, please wait."


def status_text(
    plan: Plan, draft: JsonObject, paths: Sequence[str], *, width: int = 100, fields: int = 0
) -> Text:
    """The plan in brief, the archive's verdict (dandi-api 1.7), the links and the sessions.

    `fields` is how many metadata fields the spec declares.
    """
    verdict = [Text(clean(line)) for line in _verdict(draft)]
    return Text("\n\n").join(
        [
            plan_text(plan, width=width, fields=fields),
            page(verdict),
            after_text(plan.target, paths, width=width),
        ]
    )


def _verdict(draft: JsonObject) -> Iterator[str]:
    complaints = draft["asset_validation_errors"]
    waiting = [error for error in complaints if error["message"] == PENDING]
    faults = [error for error in complaints if error["message"] != PENDING]
    yield f"The archive's own validation: {draft['status']}{_readiness(draft, waiting, faults)}"
    yield from _listed(draft["version_validation_errors"], "field")
    yield from _listed(faults, "path")


def _readiness(draft: JsonObject, waiting: Sequence[JsonObject], faults: Sequence[JsonObject]) -> str:
    """Publishable means: the draft Valid, and every asset too. The archive tells of 50 at most."""
    if draft["status"] == "Published":
        return ", as it was last published"
    if draft["status"] in ("Pending", "Validating"):
        return ", not finished yet: ask again in a moment"
    if waiting:
        return f", {many(len(waiting), 'asset')} or more still being validated"
    if draft["status"] == "Valid" and not faults:
        return ", ready to publish"
    return ", not ready to publish"


def _listed(errors: Sequence[JsonObject], place: str) -> Iterator[str]:
    for error in errors[:MOST]:
        where = error.get(place) or error.get("field") or "dandiset"
        yield f"  ! {where}: {error['message']}"
    if len(errors) > MOST:
        yield f"  … and {len(errors) - MOST} more"
