"""What validation found, grouped by check: a lab with one habit has one finding in many files."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence

from rich.text import Text

from dandifile.globs import narrowest
from dandifile.model import Finding
from dandifile.report.lines import paragraph, sections
from dandifile.words import clean, quantity

_EXAMPLES = 3
_SIGNS = {"critical": "!", "error": "!", "warning": "~", "hint": "·", "info": "·", "": "?"}
_COLOURS = {"critical": "bold red", "error": "red", "warning": "yellow", "": "magenta"}
_TOOL_FAILED = -1


def findings_text(
    findings: Iterable[Finding],
    *,
    refused: Collection[str] = (),
    verbose: bool = False,
    width: int = 100,
) -> Text:
    """A paragraph a check, worst first: how many files, what it says, which files, how to ignore it.

    `refused` are files that cannot be assets whatever is accepted.
    """
    groups: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        rank = _TOOL_FAILED if finding.severity is None else finding.severity.rank
        groups.setdefault((-rank, finding.check), []).append(finding)
    if not groups:
        return Text("No findings.")
    return sections(
        _check(group, refused, verbose=verbose, width=width) for _, group in sorted(groups.items())
    )


def _check(findings: Sequence[Finding], refused: Collection[str], *, verbose: bool, width: int) -> list[Text]:
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
    return lines + _how_to_ignore(first.check, acceptable)


def _messages(findings: Sequence[Finding], *, verbose: bool) -> list[tuple[str, list[str]]]:
    """Each message with the places that it was said of; the first few of both unless `verbose`."""
    groups: dict[str, dict[str, None]] = {}
    for finding in findings:
        place = f"{finding.source}  {finding.within}" if finding.within else finding.source
        groups.setdefault(finding.message, {})[place] = None
    said = [(message, _some(sorted(places), verbose=verbose)) for message, places in groups.items()]
    if verbose or len(said) <= _EXAMPLES:
        return said
    return [
        *said[:_EXAMPLES],
        (f"… and {quantity(len(said) - _EXAMPLES, 'other message')}; -v shows all", []),
    ]


def _some(places: list[str], *, verbose: bool) -> list[str]:
    if verbose or len(places) <= _EXAMPLES:
        return places
    return [*places[:_EXAMPLES], f"… and {len(places) - _EXAMPLES:,} more"]


def _how_to_ignore(check: str, files: Sequence[str]) -> list[Text]:
    """The lines for `validation: ignore:` in the spec; quoted as JSON, which YAML reads as it is."""
    lines = []
    for number, paths in enumerate(narrowest(files)):
        quoted = json.dumps(paths, ensure_ascii=False)
        entry = f'- {{check: {json.dumps(check)}, paths: {clean(quoted)}, reason: "…"}}'
        lead = "    to accept it: " if number == 0 else " " * 18
        lines.append(Text.assemble((lead, "cyan"), entry))
    return lines
