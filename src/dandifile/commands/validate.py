"""`dandifile validate`: the archive's checks on all data that the spec names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dandifile.errors import Exit, UserError
from dandifile.model import Finding, Local, Spec
from dandifile.report.validation_view import ValidationSummary, validation_json, validation_text
from dandifile.session.opening import open_data
from dandifile.terminal.screen import Flags, print_json, show, show_progress, survey_json

if TYPE_CHECKING:
    from dandifile.report.reasons_view import Tally


def validate(flags: Flags, report: Path | None) -> int:
    """Asks no archive. What was validated once is known by its content."""
    from dandifile.survey.survey import validate_all

    with open_data(flags) as data:
        with show_progress(flags) as shown, data.runner(shown.notify) as run:
            local, of_refused = validate_all(data.spec, run)
        verdict = _verdict(data.spec, local, of_refused)
    if report is not None:
        _write(verdict, report, shown.why)
    _show(verdict, flags, shown.why)
    return Exit.BLOCKED if verdict.blocked else Exit.DONE


def _verdict(spec: Spec, local: Local, of_refused: tuple[Finding, ...]) -> ValidationSummary:
    from dandifile.survey.findings import split

    judged = [
        split(findings, spec.validation, path) for path, findings in _findings_by_path(local, of_refused)
    ]
    blocking, ignored, others = (tuple(f for each in judged for f in each[which]) for which in range(3))
    return ValidationSummary(
        files=len(local.assets) + len(local.refused),
        blocking=blocking,
        others=others,
        ignored=ignored,
        refused=local.refused,
        absent=local.absent,
        skipped=local.skipped,
        notes=local.notes,
    )


def _findings_by_path(
    local: Local, of_refused: tuple[Finding, ...]
) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """Findings with the path that `validation.ignore` may name; a refused file has only its own."""
    for asset in local.assets:
        yield asset.path, asset.findings
    for finding in of_refused:
        yield finding.source, (finding,)


def _show(verdict: ValidationSummary, flags: Flags, why: Tally) -> None:
    if flags.format == "json":
        print_json(validation_json(verdict) | survey_json(why))
    else:
        show(flags, validation_text, verdict, verbose=flags.verbose)


def _write(verdict: ValidationSummary, report: Path, why: Tally) -> None:
    """The full result, nothing folded: JSON where the name ends in .json, else text."""
    if report.suffix == ".json":
        document = validation_json(verdict) | survey_json(why)
        text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
    else:
        text = validation_text(verdict, verbose=True).plain
    try:
        report.write_text(text + "\n", "utf-8")
    except OSError as error:
        raise UserError(
            f"the report cannot be written: {error.strerror}",
            where=str(report),
            fix="name a file in a folder that exists",
        ) from error
