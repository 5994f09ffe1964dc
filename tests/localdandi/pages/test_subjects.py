from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localdandi.pages.subjects import arrange, session_of, subjects_of
from localdandi.store.listing import Origin
from tests.localdandi.pages.conftest import Site


def _file(
    path: str, subjects: list[str] | None = None, session: str = "", status: str = "Valid", size: int = 1
) -> Origin:
    attributed = [{"schemaKey": "Participant", "identifier": one} for one in subjects or []]
    generated = [{"schemaKey": "Session", "identifier": session}] if session else []
    return Origin(path, path, size, status, json.dumps(attributed), json.dumps(generated))


@pytest.mark.parametrize(
    ("path", "attributed_to", "found"),
    [
        ("sub-1/sub-1_ses-2.nwb", [{"identifier": "mouse 1"}], ["mouse 1"]),
        ("sub-1/sub-1_ses-2.nwb", None, ["1"]),
        ("sub-1/anat/sub-1_T1w.nii.gz", [{"schemaKey": "Organization", "identifier": "x"}], ["1"]),
        ("two.nwb", [{"identifier": "a"}, {"identifier": "b"}, {"identifier": "a"}], ["a", "b"]),
        ("subject-1.nwb", "odd", []),
        ("README.md", None, []),
    ],
)
def test_metadata_says_the_subject_or_else_the_path(path: str, attributed_to: Any, found: list[str]) -> None:
    assert subjects_of(path, attributed_to) == found


@pytest.mark.parametrize(
    ("path", "generated_by", "found"),
    [
        ("sub-1_ses-2.nwb", [{"schemaKey": "Session", "identifier": "A"}], "A"),
        ("sub-1_ses-2.nwb", [{"schemaKey": "Session", "name": "B"}], "B"),
        ("sub-1_ses-2.nwb", [{"schemaKey": "Activity", "name": "conversion"}], "2"),
        ("sub-1.nwb", [7, None], ""),
    ],
)
def test_metadata_says_the_session_or_else_the_path(path: str, generated_by: Any, found: str) -> None:
    assert session_of(path, generated_by) == found


def test_sessions_that_subjects_share_are_columns() -> None:
    found = arrange(
        [_file("a", ["10"], "1"), _file("b", ["2"], "1"), _file("c", ["2"], "10"), _file("d", ["2"], "2")]
    )
    assert [one.name for one in found.subjects] == ["2", "10"]
    assert found.columns == ("1", "2", "10")
    assert [cell and cell.session for cell in found.row(found.subjects[1])] == ["1", None, None]


def test_dates_that_no_two_subjects_share_are_in_the_order_of_each_subject() -> None:
    files = [
        _file(f"{s}{d}", [str(s)], f"2024010{d}") for s, d in ((1, 1), (1, 4), (2, 2), (2, 5), (3, 3), (3, 6))
    ]
    found = arrange(files)
    assert found.columns == ()
    assert [[cell and cell.session for cell in found.row(one)] for one in found.subjects] == [
        ["20240101", "20240104"],
        ["20240102", "20240105"],
        ["20240103", "20240106"],
    ]


def test_a_cell_has_the_worst_verdict_and_the_whole_size() -> None:
    found = arrange(
        [
            _file("a", ["1"], "1", "Valid", 5),
            _file("b", ["1"], "1", "Invalid", 7),
            _file("c", ["1"], "1", "Pending", 9),
        ]
    )
    (cell,) = found.subjects[0].sessions
    assert (cell.status, cell.size) == ("Invalid", 21)


@given(st.lists(st.tuples(st.sampled_from(["", "1", "2", "10"]), st.sampled_from(["", "1", "2", "x"]))))
def test_every_file_is_in_one_cell(files: list[tuple[str, str]]) -> None:
    found = arrange([_file(str(i), [a] if a else [], b) for i, (a, b) in enumerate(files)])
    everyone = (*found.subjects, found.others)
    paths = [one.path for subject in everyone for cell in subject.sessions for one in cell.files]
    assert sorted(paths, key=int) == [str(i) for i in range(len(files))]
    assert all(len(found.row(one)) == found.width for one in found.subjects)


def test_the_grid_links_to_files_and_says_what_has_no_subject(site: Site) -> None:
    page = site.get("subjects")
    assert "3 subjects" in page.text
    assert "3 files of no subject" in page.text
    asset = site.assets["sub-R10/sub-R10_ses-2.nwb"]
    assert f"/dandiset/{site.dandiset}/draft/asset/{asset}" in page.links


def test_a_subjects_page_leads_with_what_is_known_of_it(site: Site) -> None:
    text = site.get("subject?id=R1").text
    for words in (
        "Subject R1",
        "Rattus norvegicus",
        "90 days",
        "Male",
        "pyramid.ome.zarr",
        "sub-R1_ses-2.nwb",
    ):
        assert words in text
    assert "README.md" in site.get("subject").text
    site.get("subject?id=nobody", status=404)
