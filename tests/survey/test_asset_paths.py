from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.model import Severity
from dandifile.survey.asset_paths import (
    MAX_LENGTH,
    SUMMARY,
    clashes,
    fault,
    organized_faults,
    path_findings,
    summary_findings,
)
from tests.survey.test_layout import content

# The server's rule, said the slow way: runs of characters with single slashes and dots between.
SERVER = re.compile(r"^\.?[A-z0-9(),&\s#+~_=-](?:/?\.?[A-z0-9(),&\s#+~_=-])*$")


@pytest.mark.parametrize(
    "path",
    ["a", "a/b.c", ".bidsignore", "a/.b", "a b (1), c & d #2 + ~_=-.txt", "a[0]^`\\_.x", "x" * MAX_LENGTH],
)
def test_paths_that_the_server_takes(path: str) -> None:
    assert fault(path) is None


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("sub-Mäuschen/x.nwb", "'ä'"),
        ("a:b", "':'"),
        ("a/b?.nwb", "'?'"),
        ("a..b", "two dots"),
        ("a/../b", "two dots"),
        ("a//b", "empty"),
        ("/a", "empty"),
        ("a/", "empty"),
        ("", "empty"),
        ("a./b", "a dot"),
        ("./x", "a dot"),
        ("a.", "a dot"),
        ("x" * (MAX_LENGTH + 1), "513 characters"),
        ("a" * 200 + "!", "'!'"),  # exponential time in the server's own expression
    ],
)
def test_paths_that_the_server_refuses_name_the_reason(path: str, named: str) -> None:
    why = fault(path)
    assert why is not None
    assert named in why


@given(st.text(alphabet="aZ0 ./_-[é!@\\", max_size=12))
def test_the_rule_is_the_servers(path: str) -> None:
    assert (fault(path) is None) == bool(SERVER.match(path))


@given(
    st.from_regex(
        r"(sub-[a.]{1,2}/)?sub-[ab_]{1,2}(_ses-[a.1]{1,2})?(_desc-x)?(_[a-z+]{1,4})?\.nwb", fullmatch=True
    )
)
def test_the_layout_is_judged_as_the_dandi_package_judges_it(path: str) -> None:
    from dandi.organize import validate_organized_path

    theirs = [result.id for result in validate_organized_path(path, Path(path), Path())]
    assert [check for check, _ in organized_faults(path)] == theirs


@pytest.mark.parametrize(
    ("paths", "clashing"),
    [
        ({"1": "a/b", "2": "a/c"}, {}),
        ({"1": "a", "2": "a"}, {"1": "2", "2": "1"}),
        ({"1": "a/B", "2": "a/b"}, {}),  # the archive takes both
        ({"1": "a", "2": "a/b/c"}, {"1": "2", "2": "1"}),
        ({"1": "A", "2": "a/b"}, {}),
    ],
)
def test_paths_that_do_not_go_together_name_each_other(
    paths: dict[str, str], clashing: dict[str, str]
) -> None:
    assert {source: other for source, (other, _) in clashes(paths).items()} == clashing


@pytest.mark.parametrize(
    ("path", "subject", "said"),
    [
        ("sub-A.1/sub-A.1_ses-x_ecephys.nwb", None, ["finds sub-A instead of sub-A.1"]),
        ("v1.2_sub-A.csv", None, ["finds no subject instead of sub-A"]),
        ("x/sub-1_sample-a.b_x.tif", None, ["finds sample-a instead of sample-a.b"]),
        ("sub-1_day.1.ome.zarr", None, ["not see that it is an OME-Zarr"]),
        ("sub-A.1.ome.zarr", None, ["sub-A instead of sub-A.1", "OME-Zarr"]),
        ("sub-A1/sub-A1_ses-x.nwb", "A-1", ["sub-A1 and the file itself A-1"]),
        ("sub-A1/sub-A1_ses-x.nwb", "A1", []),
        ("sub-1_sample-a.ome.zarr", None, []),
        ("sub-1/anat/sub-1_T1w.nii.gz", None, []),
        ("sub-1.nwb", "1", []),
        ("sub-1_ses-1.2.csv", None, []),
        ("data.v1/table.1.csv", None, []),
    ],
)
def test_a_dot_in_a_name_is_told_where_it_changes_the_summary(
    path: str, subject: str | None, said: list[str]
) -> None:
    found = summary_findings("s", path, subject)
    assert len(found) == len(said)
    assert all(part in finding.message for part, finding in zip(said, found, strict=True))
    assert {finding.check for finding in found} <= {SUMMARY}


def summary(path: str) -> dict[str, object]:
    from dandischema.consts import DANDI_SCHEMA_VERSION
    from dandischema.metadata import aggregate_assets_summary

    asset = {
        "schemaVersion": DANDI_SCHEMA_VERSION,
        "path": path,
        "contentSize": 1,
        "encodingFormat": "application/x-zarr",
    }
    found: dict[str, object] = aggregate_assets_summary([asset, {**asset, "path": "sub-A.nwb"}])
    return found


@given(st.from_regex(r"(x_)?sub-[AB]([.][AB])?(_[AB]([.][AB])?)?[.](nwb|csv|ome[.]zarr)", fullmatch=True))
def test_it_is_told_just_where_dandischema_reads_the_name_otherwise(path: str) -> None:
    """Next to sub-A: a subject that is cut down to `A` is not counted."""
    told = " ".join(finding.message for finding in summary_findings("s", path, None))
    found = summary(path)
    image = path.endswith(".ome.zarr")
    assert image == (bool(found.get("dataStandard")) != ("OME-Zarr" in told))
    meant = path.rpartition(".ome")[0] if image else path.rpartition(".")[0]
    subject = next(part for part in meant.split("_") if part.startswith("sub-"))
    if "instead of" not in told:
        assert found["numberOfSubjects"] == len({subject, "sub-A"})


def test_a_paths_findings_are_the_clients() -> None:
    assert [(f.check, f.severity) for f in path_findings(content("a.nwb"), "deep/raw.nwb")] == [
        ("DANDI.NON_DANDI_FILENAME", Severity.ERROR),
        ("DANDI.NON_DANDI_FOLDERNAME", Severity.ERROR),
    ]
    assert path_findings(content("a.nwb"), "sub-m1/sub-m1_ses-2.nwb") == ()
