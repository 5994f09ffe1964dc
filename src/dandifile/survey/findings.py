"""Findings: which of them block a file, and which of them the lab accepts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dandifile.globs import is_match
from dandifile.model import GIVEN_UP, Finding, IgnoredCheck, JsonObject, Result, Severity, Validation
from dandifile.reading.jsontext import Shape
from dandifile.survey.task import has_failed

NEVER = "never"  # the `fail_on` with which nothing blocks

FINDING: Shape = {
    "check": str,
    "message": str,
    "severity": (re.compile("|".join(Severity)), None),
    "within": str,
}
FINDINGS: Shape = {"findings": [FINDING]}
"""The output of a validating step."""


def split(
    findings: Iterable[Finding], validation: Validation, path: str
) -> tuple[tuple[Finding, ...], tuple[Finding, ...], tuple[Finding, ...]]:
    """A file's findings as (blocking, ignored, others); `path` is the asset's.

    A finding is ignored where `validation.ignore` names its check (with or without the tool's
    prefix; `pynwb.Error` names all that begin so) and matches the file's source or the asset's
    path. It blocks from the severity `fail_on` upwards. A tool's own failure (severity None) never blocks.
    """
    blocking, ignored, others = [], [], []
    for finding in findings:
        if any(_accepts(ignore, finding, path) for ignore in validation.ignore):
            ignored.append(finding)
        elif _blocks(finding.severity, validation.fail_on):
            blocking.append(finding)
        else:
            others.append(finding)
    return tuple(blocking), tuple(ignored), tuple(others)


def drop_ignored(findings: Iterable[Finding], validation: Validation, path: str) -> tuple[Finding, ...]:
    """Those that the spec does not accept."""
    blocking, _, others = split(findings, validation, path)
    return (*blocking, *others)


def findings_in_output(source: str, output: JsonObject) -> tuple[Finding, ...]:
    """The findings in a validate step's output, as findings of one file."""
    return tuple(
        Finding(
            source=source,
            check=item["check"],
            message=item["message"],
            severity=Severity(item["severity"]) if item["severity"] else None,
            within=item["within"],
        )
        for item in output["findings"]
    )


def findings_in_result(source: str, result: Result) -> tuple[Finding, ...]:
    """The findings in the result of a validating step."""
    if has_failed(result):
        # What hangs or crashes here does so in the dandi client, too; anything else is the tool's fault.
        severity = Severity.ERROR if result.reason == GIVEN_UP else None
        return (Finding(source, "validation", f"the validation itself failed: {result.error}", severity),)
    return findings_in_output(source, result.output)


def _accepts(ignore: IgnoredCheck, finding: Finding, path: str) -> bool:
    accepted = ignore.check.removeprefix("NWBI.")
    names = {finding.check, finding.check.partition(".")[2]}
    a_class = accepted.startswith("pynwb.") and finding.check.startswith(f"{accepted}.")
    return (accepted in names or a_class) and (
        is_match(ignore.paths, finding.source) or is_match(ignore.paths, path)
    )


def _blocks(severity: Severity | None, fail_on: str) -> bool:
    return severity is not None and fail_on != NEVER and severity.rank >= Severity(fail_on).rank
