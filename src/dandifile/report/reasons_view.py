"""Which steps run and why, a line for all that run for the same reason; and one reason as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from dandifile.model import JsonObject, Reason, Step, Why, reason_text
from dandifile.report.lines import paragraph
from dandifile.words import first_of, quantity

if TYPE_CHECKING:
    from rich.text import Text

Tally = Counter[tuple[str, Reason]]
"""How many steps run, by what they do and why."""

_NOUNS = {
    "digest": "file",
    "extract": "file",
    "inspect": "file",
    "validate": "file",
    "locations": "file",
    "md5": "part of a Zarr",
    "validate-zarr": "Zarr",
    "validate-bids": "dataset",
    "bids-entities": "dataset",
    "upload": "file",
    "send": "Zarr",
    "create": "asset",
    "put": "asset",
    "delete": "asset",
}
_PLURALS = {"md5": "parts of Zarrs"}


def tally(steps: Iterable[Step]) -> Tally:
    """Steps without a reason only wait for others, and are left out."""
    return Tally((step.params.get("do") or step.kind, step.reason) for step in steps if step.reason)


def reasons_text(ran: Mapping[tuple[str, Reason], int], width: int) -> list[Text]:
    """`why: validate 212 files: nwbinspector 0.7.1 → 0.7.2`, in the order in which they are given."""
    groups: dict[tuple[str, Why], Counter[str]] = {}
    for (verb, reason), count in ran.items():
        groups.setdefault((verb, reason.code), Counter())[reason.detail] += count
    return [
        line
        for (verb, code), details in groups.items()
        for line in paragraph("why: ", _reason_line(verb, code, details), width, "cyan")
    ]


def _reason_line(verb: str, code: Why, details: Counter[str]) -> str:
    noun = _NOUNS.get(verb)
    count = f" {quantity(details.total(), noun, _PLURALS.get(verb, ''))}" if noun else ""
    return f"{verb}{count}: {reason_text(code, first_of([*details]))}"


def reasons_json(ran: Mapping[tuple[str, Reason], int]) -> list[JsonObject]:
    """An entry for each kind of step and reason, with the number of steps."""
    return [
        {"step": verb, "steps": count, "code": reason.code.value, "detail": reason.detail}
        for (verb, reason), count in ran.items()
    ]


def reason_json(reason: Reason | None) -> JsonObject | None:
    return {"code": reason.code.value, "detail": reason.detail} if reason else None
