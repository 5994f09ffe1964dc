"""Findings: what of them blocks a file, what the lab accepts, what an asset's path says. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from dandifile.globs import is_match
from dandifile.model import Finding, IgnoredCheck, JsonObject, Severity, Validation
from dandifile.survey.asset_paths import blanks, organized_faults

PATH_CHARACTER = "path_character"
NEVER = "never"  # the `fail_on` with which nothing blocks


def split(
    findings: Iterable[Finding], validation: Validation, path: str
) -> tuple[tuple[Finding, ...], tuple[Finding, ...], tuple[Finding, ...]]:
    """A file's findings as (blocking, ignored, others); `path` is the asset's.

    A finding is ignored where `validation.ignore` names its check (with or without the tool's
    prefix; `pynwb.Error` names all that begin so) and matches the file's source or the asset's
    path. It blocks from `fail_on` on. A tool's own failure (severity None) never blocks.
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


def not_ignored(findings: Iterable[Finding], validation: Validation, path: str) -> tuple[Finding, ...]:
    """Those that the spec does not accept."""
    blocking, _, others = split(findings, validation, path)
    return (*blocking, *others)


def of_content(source: str, output: JsonObject) -> tuple[Finding, ...]:
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


def of_path(source: str, path: str) -> tuple[Finding, ...]:
    """What the archive's layout says of an NWB asset's path: the dandi client's checks, ids and severity."""
    return tuple(Finding(source, check, message, Severity.ERROR) for check, message in organized_faults(path))


def of_characters(source: str, path: str) -> tuple[Finding, ...]:
    """Blanks in a path that look like a space and are none: the archive takes them, and nobody finds them."""
    return tuple(
        Finding(
            source,
            PATH_CHARACTER,
            f"{part!r} in its path has a blank that is no space ({said}): "
            f"rename it to {' '.join(part.split())!r}",
            Severity.WARNING,
        )
        for part, said in blanks(path)
    )


def _accepts(ignore: IgnoredCheck, finding: Finding, path: str) -> bool:
    accepted = ignore.check.removeprefix("NWBI.")
    names = {finding.check, finding.check.partition(".")[2]}
    a_class = accepted.startswith("pynwb.") and finding.check.startswith(f"{accepted}.")
    return (accepted in names or a_class) and (
        is_match(ignore.paths, finding.source) or is_match(ignore.paths, path)
    )


def _blocks(severity: Severity | None, fail_on: str) -> bool:
    return severity is not None and fail_on != NEVER and severity.rank >= Severity(fail_on).rank
