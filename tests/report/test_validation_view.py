"""Validation findings as a person reads them."""

from __future__ import annotations

from ruamel.yaml import YAML

from dandifile.model import Finding, Severity
from dandifile.report.validation_view import findings_text


def found(
    source: str, severity: Severity | None = Severity.CRITICAL, check: str = "check_subject_age"
) -> Finding:
    return Finding(source, check, "Subject has no age.", severity, "/general/subject")


def test_one_check_is_one_paragraph_with_a_few_of_its_files() -> None:
    text = findings_text([found(f"raw/s{number}.nwb") for number in range(9)]).plain

    assert text.splitlines() == [
        "! check_subject_age  critical, 9 files",
        "    Subject has no age.",
        "      raw/s0.nwb  /general/subject",
        "      raw/s1.nwb  /general/subject",
        "      raw/s2.nwb  /general/subject",
        "      … and 6 more",
        '    to accept it: - {check: "check_subject_age", paths: "raw/s*.nwb", reason: "…"}',
    ]


def test_the_worst_comes_first_and_the_tools_own_failures_last() -> None:
    text = findings_text(
        [
            found("a.nwb", None, "crashed"),
            found("a.nwb", Severity.HINT, "mild"),
            found("a.nwb", Severity.ERROR, "bad"),
        ]
    ).plain

    assert text.index("bad") < text.index("mild") < text.index("crashed")
    assert "crashed  the tool failed; the files may be fine, 1 file" in text
    assert '"crashed"' not in text  # there is nothing to accept


def test_verbose_names_every_file() -> None:
    findings = [found(f"raw/s{number}.nwb") for number in range(40)]

    assert all(finding.source in findings_text(findings, verbose=True).plain for finding in findings)


def test_the_line_to_copy_is_yaml() -> None:
    text = findings_text([found('sub-1/we "ird".nwb')]).plain
    entry = text.split("to accept it: ")[1]

    assert YAML(typ="safe").load(entry) == [
        {"check": "check_subject_age", "paths": 'sub-1/we "ird".nwb', "reason": "…"}
    ]


def test_no_findings() -> None:
    assert findings_text([]).plain == "No findings."


def test_the_lines_to_copy_take_the_files_alone_and_none_that_is_refused_anyway() -> None:
    findings = [found("raw/a.nwb"), found("raw/b.nwb"), found("other/c.nwb")]
    text = findings_text(findings).plain
    assert '"raw/{a.nwb,b.nwb}"' in text
    assert '"other/c.nwb"' in text
    assert '"**"' not in text
    text = findings_text(findings, refused={"raw/a.nwb", "other/c.nwb"}).plain
    assert text.count("reason:") == 1
    assert '"raw/b.nwb"' in text
    assert "accept" not in findings_text(findings[:1], refused={"raw/a.nwb"}).plain
