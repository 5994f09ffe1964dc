"""The checklist, as text with failing rules first, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from rich.text import Text

from dandifile.checklist.verdict import RuleResult, Verdict
from dandifile.model import JsonObject
from dandifile.report.lines import STYLES, page, paragraph, wrap
from dandifile.words import clean

_ORDER = (Verdict.FAILED, Verdict.UNKNOWN, Verdict.PASSED)
_SIGNS = {Verdict.FAILED: "!", Verdict.UNKNOWN: "?", Verdict.PASSED: "+"}


def checklist_text(
    title: str, about: str, results: Sequence[RuleResult], required: Collection[str], *, width: int = 100
) -> Text:
    """Each rule with what was found; if it does not pass, also why it matters and what to do."""
    lines = [Text(line, "bold") for line in wrap(clean(title) or "(no title)", width)]
    lines += [Text(line, "dim") for line in wrap(clean(about), width)]
    for verdict in _ORDER:
        rows = [result for result in results if result.verdict is verdict]
        if rows:
            lines.append(Text(""))
        for row in rows:
            lines += _row(row, width, required=row.rule in required)
    counts = " · ".join(_counts(results, required))
    return page([*lines, Text(""), *(Text(line, "bold") for line in wrap(counts, width))])


def checklist_json(
    identifier: str | None, results: Sequence[RuleResult], required: Collection[str]
) -> JsonObject:
    """Documented in docs/json.md."""
    counts = Counter(result.verdict for result in results)
    return {
        "counts": {verdict.value: counts[verdict] for verdict in Verdict},
        "identifier": identifier,
        "rules": [
            {
                "fix": result.fix,
                "found": result.found,
                "required": result.rule in required,
                "rule": result.rule,
                "title": result.title,
                "verdict": result.verdict.value,
                "why": result.why,
            }
            for result in results
        ],
    }


def _row(row: RuleResult, width: int, *, required: bool) -> list[Text]:
    sign = _SIGNS[row.verdict]
    name = f"{row.rule} (required)" if required else row.rule
    lines = paragraph(f"  {sign} {name}  ", f"{row.title}: {row.found}", width, STYLES[sign])
    if row.verdict is Verdict.PASSED:
        return lines
    return [*lines, *paragraph("      why   ", row.why, width), *paragraph("      do    ", row.fix, width)]


def _counts(results: Sequence[RuleResult], required: Collection[str]) -> list[str]:
    counts = Counter(result.verdict for result in results)
    failed = [result.rule for result in results if result.verdict is Verdict.FAILED]
    needed = sum(rule in required for rule in failed)
    of_these = f" ({needed} required by the policy)" if needed else ""
    said = [f"{counts[Verdict.PASSED]} of {len(results)} pass"]
    if failed:
        said.append(f"{len(failed)} fail{of_these}")
    if unknown := counts[Verdict.UNKNOWN]:
        said.append(f"{unknown} unknown")
    return said
