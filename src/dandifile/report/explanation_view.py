"""Why something is planned, as text and as JSON: the verdict, who says what and where, the remedies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.cells import cell_len
from rich.text import Text

from dandifile.model import Explanation, JsonObject, Saying, Verdict
from dandifile.report.asset_rows import asset_rows
from dandifile.report.lines import pad, page, paragraph
from dandifile.report.values import value_label, value_marks
from dandifile.words import clean

_WORDS = {
    Verdict.CREATE: "will be added",
    Verdict.UPDATE: "will be changed",
    Verdict.REPLACE: "gets new content",
    Verdict.MOVE: "moves",
    Verdict.DELETE: "will be deleted",
    Verdict.UNCHANGED: "stays as it is: it is as declared",
    Verdict.BLOCKED: "blocked: not done",
    Verdict.HELD: "not done without a flag",
    Verdict.NOT_DECLARED: "stays as it is: the spec does not own it",
    Verdict.NOT_TAKEN: "becomes no asset",
    Verdict.ELSEWHERE: "stays as it is: its file is not on this machine",
}
_KINDS = {"assets": "asset"}
_VOICE = 10  # columns of the longest voice, `manifest`, and a gap


def explanations_text(found: Sequence[Explanation], *, verbose: bool = False, width: int = 100) -> Text:
    """A paragraph for each; values are cut to a line unless `verbose`."""
    return Text("\n\n").join(_explanation(one, verbose=verbose, width=width) for one in found)


def _explanation(one: Explanation, *, verbose: bool, width: int) -> Text:
    kind = _KINDS.get(one.kind, one.kind)
    title = kind if one.name == kind else f"{kind}  {clean(one.name)}"
    lines = [Text.assemble((title, "bold"), f"  {_WORDS[one.verdict]}")]
    lines += [Text.assemble("  ", line) for line in _difference(one, verbose=verbose, width=width - 2)]
    for saying in one.sayings:
        lines += _saying(saying, verbose=verbose, width=width)
    for remedy in one.remedies:
        lines += paragraph("  to change this: ", remedy, width, "cyan")
    return page(lines)


def _difference(one: Explanation, *, verbose: bool, width: int) -> list[Text]:
    change = one.change
    if change is None:
        return []
    is_asset = isinstance(change.after or change.before, dict) and "digest" in (change.after or change.before)
    marks = (
        asset_rows([change], verbose=verbose)[0].marks
        if is_asset
        else value_marks(change.before, change.after, verbose=verbose)
    )
    return paragraph("", "   ".join(map(str, marks)), width) if marks else []


def _saying(saying: Saying, *, verbose: bool, width: int) -> list[Text]:
    """The voice, what it says, and where; the place is on the next line where it does not fit."""
    text = saying.says
    if saying.value is not None:
        text += f": {value_label(saying.value, verbose=verbose)}"
    lead = f"  {pad(saying.voice, _VOICE)}"
    lines = paragraph(lead, text, width, "dim")
    if not saying.where:
        return lines
    place = clean(saying.where)
    if lines[-1].cell_len + cell_len(place) + 3 <= width:
        lines[-1].append("   ").append(place, "cyan")
        return lines
    return [*lines, Text(" " * cell_len(lead)).append(place, "cyan")]


def explanations_json(found: Sequence[Explanation]) -> JsonObject:
    """Documented in docs/json.md."""
    return {"explanations": [_json(one) for one in found]}


def _json(one: Explanation) -> JsonObject:
    change = one.change
    return {
        "kind": one.kind,
        "name": one.name,
        "verdict": one.verdict.value,
        "sayings": [asdict(saying) for saying in one.sayings],
        "remedies": list(one.remedies),
        "change": None
        if change is None
        else {
            "action": change.action.value,
            "name": change.key.name,
            "before": change.before,
            "after": change.after,
            "permit": change.permit,
        },
    }
