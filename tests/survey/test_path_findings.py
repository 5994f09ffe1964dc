"""Names that the archive's summary reads otherwise than they are meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.model import Severity
from dandifile.survey.path_findings import SUMMARY, of_path, of_summary
from tests.survey.test_layout import content


@pytest.mark.parametrize(
    ("path", "subject", "said"),
    [
        ("sub-A.1/sub-A.1_ses-x_ecephys.nwb", None, ["finds sub-A in place of sub-A.1"]),
        ("v1.2_sub-A.csv", None, ["finds no subject in place of sub-A"]),
        ("x/sub-1_sample-a.b_x.tif", None, ["finds sample-a in place of sample-a.b"]),
        ("sub-1_day.1.ome.zarr", None, ["not see that it is an OME-Zarr"]),
        ("sub-A.1.ome.zarr", None, ["sub-A in place of sub-A.1", "OME-Zarr"]),
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
    found = of_summary("s", path, subject)
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
    """Beside sub-A: a subject that is cut down to `A` is not counted."""
    told = " ".join(finding.message for finding in of_summary("s", path, None))
    found = summary(path)
    image = path.endswith(".ome.zarr")
    assert image == (bool(found.get("dataStandard")) != ("OME-Zarr" in told))
    meant = path.rpartition(".ome")[0] if image else path.rpartition(".")[0]
    subject = next(part for part in meant.split("_") if part.startswith("sub-"))
    if "in place of" not in told:
        assert found["numberOfSubjects"] == len({subject, "sub-A"})


def test_a_paths_findings_are_the_clients() -> None:
    assert [(f.check, f.severity) for f in of_path(content("a.nwb"), "deep/raw.nwb")] == [
        ("DANDI.NON_DANDI_FILENAME", Severity.ERROR),
        ("DANDI.NON_DANDI_FOLDERNAME", Severity.ERROR),
    ]
    assert of_path(content("a.nwb"), "sub-m1/sub-m1_ses-2.nwb") == ()
