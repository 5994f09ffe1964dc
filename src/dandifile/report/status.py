"""`status`: how far the draft is from the spec, and whether the archive would publish it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from rich.text import Text

from dandifile.model import Complaint, Health, JsonObject, Plan, Wording
from dandifile.report.after import after_text
from dandifile.report.lines import Mark, Row, page, paragraph, table
from dandifile.report.text import plan_text
from dandifile.words import clean, first_of, quantity

MOST = 10  # of the archive's own complaints: enough to see what kind they are
_COLUMN = 9


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
    """The plan in brief, the archive's verdict (dandi-api 1.7), the links and the sessions.

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
            after_text(plan.target, paths, verbose=verbose, width=width),
        ]
    )


def status_json(health: Health) -> JsonObject:
    """Documented in docs/json.md."""
    return {**asdict(health), "ready": health.ready}


def _readiness(plan: Plan, health: Health) -> str:
    """Publishable means: the draft Valid, and every asset too. The archive tells of 50 assets at most."""
    if health.status == "Published":
        return ", as it was last published"
    if health.status in ("Pending", "Validating"):
        return ", not finished yet: run status again in a moment"
    if health.status == "Publishing":
        return ", do not change anything until it is done"
    if health.waiting and not (health.complaints or health.in_the_way):
        return f", {quantity(health.waiting, 'asset')} or more still being validated"
    if not health.ready:
        return ", not ready to publish"
    return ", ready to publish" + (" as it is now, not as the spec declares it" if plan.changes else "")


def _rows(complaints: Sequence[Complaint], *, verbose: bool) -> list[Row]:
    rows = list(_all_rows(complaints))
    if verbose or len(rows) <= MOST:
        return rows
    return [*rows[: MOST - 1], Row("!", "", f"… and {len(rows) - MOST + 1} more; -v shows all")]


def _all_rows(complaints: Sequence[Complaint]) -> Iterator[Row]:
    """A row a fault; assets that have the same one share it."""
    groups: dict[tuple[bool, str, str], list[Complaint]] = {}
    for one in complaints:
        groups.setdefault((bool(one.asset), one.field, one.message), []).append(one)
    for (of_asset, field, message), same in groups.items():
        said = [Mark("", f"{field}: {message}" if of_asset and field else message)]
        if of_asset:
            files = [one.source for one in same if one.source]
            said.append(Mark("", f"file: {first_of(files) if files else 'not on this machine'}", alone=True))
        name = first_of([one.asset for one in same]) if of_asset else field or "dandiset"
        yield Row(
            "!", "asset" if of_asset else "invalid", name, marks=(*said, Mark("", same[0].fix, alone=True))
        )
