"""What validation says of everything that a spec names: for a person, and for a program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.text import Text

from dandifile.model import Finding, JsonObject, Refusal, Skipped
from dandifile.report.causes import causes, causes_json, counted, named, of_refusals, skipped_json
from dandifile.report.findings import findings_text
from dandifile.report.lines import page, paragraph
from dandifile.report.words import wrap
from dandifile.words import clean, quantity


@dataclass(frozen=True)
class Verdict:
    """`ignored` are findings that the spec accepts; `absent` is what is not on this machine."""

    files: int
    blocking: tuple[Finding, ...] = ()
    others: tuple[Finding, ...] = ()
    ignored: tuple[Finding, ...] = ()
    refused: tuple[Refusal, ...] = ()
    absent: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()  # on what the spec says of the data

    @property
    def blocked(self) -> int:
        """How many files cannot be uploaded as they are."""
        by_findings = {finding.source for finding in self.blocking}
        return len(by_findings | {refusal.source for refusal in self.refused})


def verdict_text(verdict: Verdict, *, verbose: bool = False, width: int = 100) -> Text:
    """Findings by check, then files that cannot be assets at all, then the counts in one line."""
    lines = []
    shown = (*verdict.blocking, *verdict.others)
    if shown:
        refused = {refusal.source for refusal in verdict.refused}
        lines += [findings_text(shown, refused=refused, verbose=verbose, width=width), Text("")]
    for cause in of_refusals(verdict.refused):
        lines += paragraph("! refused  ", counted(cause.files), width, "bold red")
        lines += paragraph("    ", f"{cause.reason}: {cause.fix}", width)
        if len(cause.files) > 1:
            lines += [Text(f"      {clean(name)}", "dim") for name in named(cause.files, verbose=verbose)]
    if verdict.refused:
        lines.append(Text(""))
    for group in verdict.skipped:
        lines += paragraph("· left out  ", counted(group.sources), width)
        lines += paragraph("    ", f"{group.reason}: {group.fix}", width)
        if len(group.sources) > 1:
            lines += [Text(f"      {clean(name)}", "dim") for name in named(group.sources, verbose=verbose)]
    for note in verdict.notes:
        lines += paragraph("note: ", note, width)
    if verdict.skipped or verdict.notes:
        lines.append(Text(""))
    return page([*lines, *(Text(line, "bold") for line in wrap(" · ".join(_counts(verdict)), width))])


def verdict_json(verdict: Verdict) -> JsonObject:
    """Documented in docs/json.md."""
    return {
        "absent": list(verdict.absent),
        "blocked": verdict.blocked,
        "causes": causes_json(
            [
                *of_refusals(verdict.refused),
                *causes((item.source, item.what, "") for item in verdict.blocking),
            ]
        ),
        "files": verdict.files,
        "findings": [
            *_findings(verdict.blocking, "blocks"),
            *_findings(verdict.others, "told"),
            *_findings(verdict.ignored, "ignored"),
        ],
        "notes": list(verdict.notes),
        "skipped": skipped_json(verdict.skipped),
        "refused": [
            {"fix": refusal.fix, "reason": refusal.reason, "source": refusal.source}
            for refusal in verdict.refused
        ],
    }


def _counts(verdict: Verdict) -> Sequence[str]:
    files = quantity(verdict.files, "file")
    return [
        f"{files}, {verdict.blocked:,} blocked" if verdict.blocked else f"{files}, none blocked",
        *(
            [f"{quantity(len(verdict.ignored), 'finding')} ignored as the spec says"]
            if verdict.ignored
            else []
        ),
        *([f"{quantity(len(verdict.absent), 'path')} not on this machine"] if verdict.absent else []),
    ]


def _findings(findings: Iterable[Finding], standing: str) -> list[JsonObject]:
    return [
        {
            "check": finding.check,
            "message": finding.message,
            "severity": finding.severity,
            "source": finding.source,
            "standing": standing,
            "within": finding.within,
        }
        for finding in findings
    ]
