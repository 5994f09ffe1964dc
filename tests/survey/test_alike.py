"""Different ids and paths that become the same: none is refused, and all are reported."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.model import Finding, PathEntry, Record, Severity
from dandifile.survey import alike
from dandifile.survey.inventory import names
from dandifile.survey.scanned_file import Content
from dandifile.survey.survey import survey
from tests.survey.lab import Runner, spec_of, write, write_nwb
from tests.survey.test_layout import content


def nwb(file: str, **ids: str) -> Content:
    """A file with these ids; the entities of its name are what the dandi package makes of them."""
    from dandi.organize import _sanitize_value

    made = content(file, **{key: _sanitize_value(given, key) for key, given in ids.items()})
    assert made.labels is not None
    return replace(made, labels={**made.labels, "ids": ids})


def told(*contents: Content) -> set[tuple[str, str]]:
    return {
        (source.removeprefix("raw/"), finding.check)
        for source, findings in alike.id_warnings(contents).items()
        for finding in findings
    }


SEPARATORS = [*"_. /:',*?|<>%@;\t", "\u00a0"]


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("key", ["sub", "ses", "tis", "slice", "cell"])
def test_ids_that_become_the_same_are_told(key: str, separator: str) -> None:
    ids = {"sub": "m1", "ses": "s1"}
    first, second = nwb("a.nwb", **ids | {key: "M-1"}), nwb("b.nwb", **ids | {key: f"M{separator}1"})
    other = nwb("c.nwb", **ids | {key: "M2"})
    found = {(file, check) for file, check in told(first, second, other) if check == alike.IDS_ALIKE}
    assert found == {("a.nwb", alike.IDS_ALIKE), ("b.nwb", alike.IDS_ALIKE)}
    [finding] = [f for f in alike.id_warnings([first, second])["raw/a.nwb"] if f.check == alike.IDS_ALIKE]
    assert repr(f"M{separator}1") in finding.message
    assert f"{key}-M-1" in finding.message
    assert finding.severity is Severity.WARNING


def test_the_same_session_of_two_subjects_is_no_clash() -> None:
    assert told(nwb("a.nwb", sub="m1", ses="s_1"), nwb("b.nwb", sub="m2", ses="s-1")) == set()
    assert told(nwb("a.nwb", sub="m1", ses="s_1"), nwb("b.nwb", sub="m1", ses="s_1")) == set()


@pytest.mark.parametrize(
    ("ids", "check"),
    [
        ({"sub": "sub-X1"}, alike.ID_PREFIX),
        ({"sub": "Sub_X1"}, alike.ID_PREFIX),
        ({"sub": "m1", "ses": "ses-1"}, alike.ID_PREFIX),
        ({"sub": "padded".ljust(20)}, alike.ID_BLANKS),
        ({"sub": " m1"}, alike.ID_BLANKS),
        ({"sub": "m1", "cell": "c1\0\0"}, alike.ID_BLANKS),
        ({"sub": "subject-1"}, ""),
        ({"sub": "m1", "ses": "sub-1"}, ""),
        ({"sub": "a b"}, ""),
    ],
)
def test_prefixes_and_blanks_are_told(ids: dict[str, str], check: str) -> None:
    assert told(nwb("a.nwb", **ids)) == ({("a.nwb", check)} if check else set())


@given(st.lists(st.text(alphabet="aA-_. ", min_size=1, max_size=3), min_size=2, max_size=4, unique=True))
def test_ids_are_told_just_where_the_names_lose_what_tells_them_apart(ids: list[str]) -> None:
    contents = [nwb(f"{number}.nwb", sub=given) for number, given in enumerate(ids)]
    kept = [re.sub(r"[_.\s]", "-", given) for given in ids]
    lost = {f"{number}.nwb" for number, name in enumerate(kept) if kept.count(name) > 1}
    assert {file for file, check in told(*contents) if check == alike.IDS_ALIKE} == lost


ANY = PathEntry("raw", standard="any")


def paths_told(paths: dict[str, str], there: set[str] = frozenset()) -> set[str]:  # type: ignore[assignment]
    wanted = [content(source, entry=ANY) for source in paths]
    named = {f"raw/{source}": path for source, path in paths.items()}
    return {source.removeprefix("raw/") for source in alike.case_warnings(named, there, wanted)}


@pytest.mark.parametrize(
    ("paths", "there", "expected"),
    [
        ({"1": "a/b", "2": "a/c"}, set(), set()),
        ({"1": "a/b", "2": "a/B"}, set(), {"1", "2"}),
        ({"1": "sub-m1/x", "2": "sub-M1/y"}, set(), {"1", "2"}),
        ({"1": "A", "2": "a/b"}, set(), {"1", "2"}),
        ({"1": "a/b"}, {"a/B"}, {"1"}),
        ({"1": "a/b"}, {"a/b"}, set()),
    ],
)
def test_paths_and_folders_that_differ_in_case_only_are_told(
    paths: dict[str, str], there: set[str], expected: set[str]
) -> None:
    assert paths_told(paths, there) == expected


def test_a_lab_is_told_once_for_each_cause_and_may_accept_it(tmp_path: Path) -> None:
    for number, (subject, session) in enumerate(
        [("M_1", "s1"), ("M-1", "s1"), ("S", "Day1"), ("S", "day1"), ("sub-X1", "s1")]
    ):
        write_nwb(tmp_path / "raw" / f"{number}.nwb", {"subject_id": subject}, session_id=session)
    spec = spec_of(tmp_path, "raw")
    run = Runner()
    named = names(spec, run, Record())
    assert not named.refused
    expected = {
        ("raw/0.nwb", alike.IDS_ALIKE),
        ("raw/1.nwb", alike.IDS_ALIKE),
        ("raw/2.nwb", alike.PATHS_ALIKE),
        ("raw/3.nwb", alike.PATHS_ALIKE),
        ("raw/4.nwb", alike.ID_PREFIX),
    }
    assert {(one.source, one.check) for one in named.warnings} == expected
    [message] = {one.message for one in named.warnings if one.check == alike.PATHS_ALIKE}
    assert message.startswith("sub-S/sub-S_ses-Day1.nwb and sub-S/sub-S_ses-day1.nwb differ only in upper")
    assert message.endswith("give one of them another subject_id or session_id in its files")
    assets = survey(spec, run, known={}, record=Record()).assets
    assert {
        (f.source, f.check) for asset in assets for f in asset.findings if f.check in alike.CHECKS
    } == expected


def test_a_newcomer_is_compared_with_what_is_on_the_draft(tmp_path: Path) -> None:
    write_nwb(tmp_path / "raw" / "a.nwb", {"subject_id": "M_1"}, session_id="s1")
    run = Runner()
    spec = spec_of(tmp_path, "raw")
    [old] = survey(spec, run, known={}, record=Record()).assets
    write_nwb(tmp_path / "raw" / "b.nwb", {"subject_id": "M-1"}, session_id="s2")
    known = {old.digest: (old.path,)}
    found: list[Finding] = []
    for asset in survey(spec, run, known=known, record=Record()).assets:
        found += [finding for finding in asset.findings if finding.check == alike.IDS_ALIKE]
    assert {finding.source for finding in found} == {"raw/a.nwb", "raw/b.nwb"}
    write(tmp_path / "raw" / "c.mp4", "v")
    (tmp_path / "raw" / "b.nwb").unlink()
    counted = run.count("extract")
    survey(spec, run, known=known, record=Record())
    assert run.count("extract") == counted


def test_a_typographic_sign_in_an_id_is_named_with_the_field_to_set(tmp_path: Path) -> None:
    for number in range(2):
        write_nwb(tmp_path / "raw" / f"{number}.nwb", {"subject_id": "M\u20131"}, session_id=f"s{number}")
    refused = names(spec_of(tmp_path, "raw"), Runner(), Record()).refused
    [(reason, fix)] = {(refusal.reason, refusal.fix) for refusal in refused}
    assert reason.startswith("'sub-M\u20131' in its path has a character that the archive does not accept")
    assert reason.endswith("EN DASH, character 6")
    assert fix.startswith("set subject_id to 'M-1' in the file, not 'M\u20131'")


def test_a_blank_that_is_no_space_is_told(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "day\u00a01" / "a.csv", "x")
    [asset] = survey(spec_of(tmp_path, ANY), Runner(), known={}, record=Record()).assets
    [finding] = asset.findings
    assert (finding.check, finding.severity) == ("path_character", Severity.WARNING)
    assert "NO-BREAK SPACE, character 4" in finding.message
    assert "'day 1'" in finding.message
