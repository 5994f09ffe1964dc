from __future__ import annotations

import pytest

from dandifile.model import Finding, IgnoredCheck, Severity, Validation
from dandifile.survey.findings import findings_in_output, split

PATH = "sub-1/sub-1_ses-2.nwb"


def finding(severity: Severity | None = Severity.ERROR, check: str = "check_x") -> Finding:
    return Finding("raw/a.nwb", check, "wrong", severity)


@pytest.mark.parametrize(
    ("severity", "fail_on", "blocks"),
    [
        (Severity.ERROR, "error", True),
        (Severity.CRITICAL, "error", True),
        (Severity.WARNING, "error", False),
        (Severity.WARNING, "warning", True),
        (Severity.HINT, "info", True),
        (Severity.CRITICAL, "never", False),
        (None, "info", False),
    ],
)
def test_a_finding_blocks_from_fail_on_upwards_and_a_tools_failure_never(
    severity: Severity | None, fail_on: str, blocks: bool
) -> None:
    blocking, ignored, others = split([finding(severity)], Validation(fail_on), PATH)
    assert (len(blocking), len(ignored), len(others)) == (int(blocks), 0, int(not blocks))


@pytest.mark.parametrize(
    ("check", "ignored_check", "paths", "ignored"),
    [
        ("check_x", "check_x", "**", True),
        ("check_x", "NWBI.check_x", "**", True),
        ("check_x", "check_y", "**", False),
        ("check_x", "check_x", "raw/*", True),
        ("check_x", "check_x", "sub-1", True),
        ("check_x", "check_x", "sub-2", False),
        ("pynwb.DtypeError", "pynwb.DtypeError", "**", True),
        ("pynwb.Error.missing_timezone", "pynwb.Error.missing_timezone", "**", True),
        ("pynwb.Error.missing_timezone", "pynwb.Error", "**", True),
        ("pynwb.Error.missing_timezone", "pynwb.Error.other", "**", False),
        ("pynwb.Error.missing_timezone_too", "pynwb.Error.missing_timezone", "**", False),
        ("pynwb.ErrorOfAnotherClass", "pynwb.Error", "**", False),
        ("check_subject_age.two_ages", "check_subject_age", "**", False),
        ("DANDI.NON_DANDI_FILENAME", "NON_DANDI_FILENAME", "**", True),
    ],
)
def test_an_accepted_finding_is_ignored_where_check_and_path_fit(
    check: str, ignored_check: str, paths: str, ignored: bool
) -> None:
    validation = Validation(ignore=(IgnoredCheck(ignored_check, "we looked", paths),))
    blocking, set_aside, _ = split([finding(check=check)], validation, PATH)
    assert (len(blocking), len(set_aside)) == (int(not ignored), int(ignored))


def test_a_steps_output_becomes_findings_of_a_file() -> None:
    output = {"findings": [{"check": "c", "message": "m", "severity": None, "within": "/general"}]}
    assert findings_in_output("raw/a.nwb", output) == (Finding("raw/a.nwb", "c", "m", None, "/general"),)
