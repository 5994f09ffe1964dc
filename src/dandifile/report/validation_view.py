"""What validation found in the files of a spec, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from rich.text import Text

from dandifile.globs import narrowest_patterns
from dandifile.model import Finding, JsonObject, Refusal, Skipped
from dandifile.report.files_view import (
    causes,
    causes_json,
    file_or_count,
    first_files,
    refusal_causes,
    skipped_json,
)
from dandifile.report.lines import page, paragraph, sections, wrap
from dandifile.words import clean, quantity

_EXAMPLES = 3
_SIGNS = {"critical": "!", "error": "!", "warning": "~", "hint": "·", "info": "·", "": "?"}
_COLOURS = {"critical": "bold red", "error": "red", "warning": "yellow", "": "magenta"}
_TOOL_FAILED = -1


@dataclass(frozen=True)
class ValidationSummary:
    """All that `validate` found. `ignored`: findings that the spec accepts; `absent`: not on this machine."""

    files: int
    blocking: tuple[Finding, ...] = ()
    others: tuple[Finding, ...] = ()
    ignored: tuple[Finding, ...] = ()
    refused: tuple[Refusal, ...] = ()
    absent: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()  # about what the spec says of the data

    @property
    def blocked(self) -> int:
        """How many files cannot be uploaded as they are."""
        by_findings = {finding.source for finding in self.blocking}
        return len(by_findings | {refusal.source for refusal in self.refused})


def validation_text(verdict: ValidationSummary, *, verbose: bool = False, width: int = 100) -> Text:
    """Findings by check, then files that cannot be assets, then the counts in one line."""
    lines = []
    shown = (*verdict.blocking, *verdict.others)
    if shown:
        refused = {refusal.source for refusal in verdict.refused}
        lines += [findings_text(shown, refused=refused, verbose=verbose, width=width), Text("")]
    for cause in refusal_causes(verdict.refused):
        lines += paragraph("! refused  ", file_or_count(cause.files), width, "bold red")
        lines += paragraph("    ", f"{cause.reason}: {cause.fix}", width)
        if len(cause.files) > 1:
            lines += [
                Text(f"      {clean(name)}", "dim") for name in first_files(cause.files, verbose=verbose)
            ]
    if verdict.refused:
        lines.append(Text(""))
    for group in verdict.skipped:
        lines += paragraph("· left out  ", file_or_count(group.sources), width)
        lines += paragraph("    ", f"{group.reason}: {group.fix}", width)
        if len(group.sources) > 1:
            lines += [
                Text(f"      {clean(name)}", "dim") for name in first_files(group.sources, verbose=verbose)
            ]
    for note in verdict.notes:
        lines += paragraph("note: ", note, width)
    if verdict.skipped or verdict.notes:
        lines.append(Text(""))
    return page([*lines, *(Text(line, "bold") for line in wrap(" · ".join(_counts(verdict)), width))])


def _counts(verdict: ValidationSummary) -> Sequence[str]:
    files = quantity(verdict.files, "file")
    return [
        f"{files}, {verdict.blocked:,} blocked" if verdict.blocked else f"{files}, none blocked",
        *([f"{quantity(len(verdict.ignored), 'finding')} accepted in the spec"] if verdict.ignored else []),
        *([f"{quantity(len(verdict.absent), 'path')} not on this machine"] if verdict.absent else []),
    ]


def findings_text(
    findings: Iterable[Finding],
    *,
    refused: Collection[str] = (),
    verbose: bool = False,
    width: int = 100,
) -> Text:
    """A paragraph for each check, worst first: how many files, what it says, which files, how to accept it.

    `refused` are files that cannot be assets, whatever the spec accepts.
    """
    groups: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        rank = _TOOL_FAILED if finding.severity is None else finding.severity.rank
        groups.setdefault((-rank, finding.check), []).append(finding)
    if not groups:
        return Text("No findings.")
    return sections(
        _check_lines(group, refused, verbose=verbose, width=width) for _, group in sorted(groups.items())
    )


def _check_lines(
    findings: Sequence[Finding], refused: Collection[str], *, verbose: bool, width: int
) -> list[Text]:
    first = findings[0]
    severity = first.severity.value if first.severity else ""
    files = sorted({finding.source for finding in findings})
    kind = severity or "the tool failed; the files may be fine"
    lead = f"{_SIGNS[severity]} {clean(first.check)}"
    lines = paragraph(
        f"{lead}  ", f"{kind}, {quantity(len(files), 'file')}", width, _COLOURS.get(severity, "")
    )
    for message, where in _messages(findings, verbose=verbose):
        lines += paragraph("    ", message, width)
        lines += [Text(f"      {clean(place)}", "dim") for place in where]
    acceptable = [file for file in files if file not in refused] if severity else []
    return lines + _ignore_lines(first.check, acceptable)


def _messages(findings: Sequence[Finding], *, verbose: bool) -> list[tuple[str, list[str]]]:
    """Each message with its places; the first few of both unless `verbose`."""
    groups: dict[str, dict[str, None]] = {}
    for finding in findings:
        place = f"{finding.source}  {finding.within}" if finding.within else finding.source
        groups.setdefault(finding.message, {})[place] = None
    found = [(message, _first_places(sorted(places), verbose=verbose)) for message, places in groups.items()]
    if verbose or len(found) <= _EXAMPLES:
        return found
    return [
        *found[:_EXAMPLES],
        (f"… and {quantity(len(found) - _EXAMPLES, 'other message')}; -v shows all", []),
    ]


def _first_places(places: list[str], *, verbose: bool) -> list[str]:
    if verbose or len(places) <= _EXAMPLES:
        return places
    return [*places[:_EXAMPLES], f"… and {len(places) - _EXAMPLES:,} more"]


def _ignore_lines(check: str, files: Sequence[str]) -> list[Text]:
    """The lines to copy to `validation: ignore:` in the spec. Quoted as JSON, which is also YAML."""
    lines = []
    for number, paths in enumerate(narrowest_patterns(files)):
        quoted = json.dumps(paths, ensure_ascii=False)
        entry = f'- {{check: {json.dumps(check)}, paths: {clean(quoted)}, reason: "…"}}'
        lead = "    to accept it: " if number == 0 else " " * 18
        lines.append(Text.assemble((lead, "cyan"), entry))
    return lines


def validation_json(verdict: ValidationSummary) -> JsonObject:
    """Documented in docs/json.md."""
    return {
        "absent": list(verdict.absent),
        "blocked": verdict.blocked,
        "causes": causes_json(
            [
                *refusal_causes(verdict.refused),
                *causes((item.source, item.what, "") for item in verdict.blocking),
            ]
        ),
        "files": verdict.files,
        "findings": [
            *_findings_json(verdict.blocking, "blocks"),
            *_findings_json(verdict.others, "told"),
            *_findings_json(verdict.ignored, "ignored"),
        ],
        "notes": list(verdict.notes),
        "skipped": skipped_json(verdict.skipped),
        "refused": [
            {"fix": refusal.fix, "reason": refusal.reason, "source": refusal.source}
            for refusal in verdict.refused
        ],
    }


def _findings_json(findings: Iterable[Finding], standing: str) -> list[JsonObject]:
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
