"""What a lab's folders hold, in the large, and what a file says when it is only glimpsed at."""

from __future__ import annotations

from pathlib import Path

import pytest

from dandifile.commands.demo_lab import make_recordings
from dandifile.survey.glimpse import Glimpse, glimpse
from dandifile.survey.overview import Folder, overview
from tests.survey.lab import SHARED, needs_shared_data, write, write_nwb


def test_a_recording_says_who_where_and_when(tmp_path: Path) -> None:
    make_recordings(tmp_path, subjects=1, sessions=1)
    found = glimpse(str(next(tmp_path.glob("*.nwb"))))
    assert found
    assert (found.subject, found.species, found.started) == ("C005", "Rattus norvegicus", "2024-03-01")
    assert (found.people, found.keywords) == (("Doe, Jane",), ("hippocampus", "place cells"))
    assert found.locations == ("CA1",)


def test_a_bare_file_says_nothing_but_its_session(tmp_path: Path) -> None:
    path = write_nwb(tmp_path / "a.nwb", {}, protocol="IACUC 1", related_publications=["doi:10.1/x"])
    assert glimpse(str(path)) == Glimpse(
        session="s1", started="2024-03-01", protocol="IACUC 1", papers=("doi:10.1/x",)
    )


@pytest.mark.parametrize("content", ["", "not HDF5", "\x89HDF\r\n\x1a\n and then nothing"])
def test_what_is_no_hdf5_is_none(tmp_path: Path, content: str) -> None:
    assert glimpse(str(write(tmp_path / "a.nwb", content))) is None


@needs_shared_data
def test_real_files_can_all_be_glimpsed_at() -> None:
    files = sorted(SHARED.rglob("*.nwb"))
    assert files
    assert all(glimpse(str(file)) for file in files)


def lay(root: Path, *names: str) -> None:
    for name in names:
        write(root / name, "x")


@pytest.mark.parametrize(
    ("names", "folders"),
    [
        (["d/a.nwb", "d/notes.txt"], [Folder("d", {"nwb": 1}, {".txt": 1})]),
        (
            ["d/x/a.nwb", "d/x/deep/b.nwb", "d/y/c.csv"],
            [Folder("d/x", {"nwb": 2}), Folder("d/y", {}, {".csv": 1})],
        ),
        (["d/x/a.nwb", "d/b.mp4"], [Folder("d", {"nwb": 1, "media": 1})]),
        (["d/x/a.csv", "d/b"], [Folder("d", {}, {".csv": 1, "no suffix": 1})]),
        (["d/x/i.zarr/.zgroup", "d/x/i.zarr/0"], [Folder("d/x", {"zarr": 1})]),
        (["d/dataset_description.json", "d/sub-1/a.tsv"], [Folder("d", {"bids": 2})]),
        (["d/x/dataset_description.json", "d/x/sub-1/a.tsv"], [Folder("d/x", {"bids": 2})]),
    ],
)
def test_folders_with_their_forms(tmp_path: Path, names: list[str], folders: list[Folder]) -> None:
    lay(tmp_path, *names)
    assert list(overview(tmp_path / "dandiset.yaml", ["d"]).folders) == folders


def test_the_specs_own_folder_and_several(tmp_path: Path) -> None:
    lay(tmp_path, "d/a.nwb", "e/b.mp4")
    found = overview(tmp_path / "dandiset.yaml", ["."])
    assert [folder.source for folder in found.folders] == ["d", "e"]
    assert found.unreadable == ("d/a.nwb",)
    assert [folder.source for folder in overview(tmp_path / "dandiset.yaml", ["e", "d"]).folders] == [
        "e",
        "d",
    ]
