"""What a lab's folders hold, in the large, and what a file says when it is only glimpsed at."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from dandifile.demo_lab import make_recordings
from dandifile.model import GIVEN_UP, JsonObject, Result, Status, Step
from dandifile.survey.nwb.glimpse import glimpse
from dandifile.survey.overview import Folder, overview
from dandifile.survey.scanned_file import Glimpse
from dandifile.survey.tasks import pool
from dandifile.survey.zarr.neurodata import glimpse_zarr
from tests.real import NWB
from tests.survey.lab import Runner, needs_shared_data, write, write_nwb


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


def test_a_text_without_a_value_says_nothing(tmp_path: Path) -> None:
    import h5py

    path = write_nwb(tmp_path / "a.nwb", {}, protocol="IACUC 1")
    with h5py.File(path, "r+") as file:
        for place in ("general/protocol", "general/subject/subject_id", "general/keywords"):
            if place in file:
                del file[place]
            file.create_dataset(place, data=h5py.Empty(h5py.string_dtype()))
    found = glimpse(str(path))
    assert found
    assert (found.subject, found.protocol, found.keywords, found.session) == ("", "", (), "s1")


def write_nwb_zarr(root: Path, attributes: JsonObject, **texts: list[str]) -> Path:
    """Texts by place (with `__` for a slash), as hdmf-zarr writes them: in a Zarr of version 2."""
    import zarr

    group = zarr.open_group(str(root), mode="w", zarr_format=2, attributes=attributes)
    for place, column in texts.items():
        name = place.replace("__", "/")
        group.create_array(name, shape=(len(column),), dtype=str)[:] = np.array(column)
    return root


NWB_FILE = {"neurodata_type": "NWBFile"}


def test_nwb_in_a_zarr_says_the_same(tmp_path: Path) -> None:
    root = write_nwb_zarr(
        tmp_path / "a.nwb.zarr",
        NWB_FILE,
        session_start_time=["2024-03-01T10:30:00+00:00"],
        general__subject__subject_id=["m1"],
        general__subject__species=["Mus musculus"],
        general__experimenter=["Doe, Jane", "Roe, Richard"],
        general__extracellular_ephys__electrodes__location=["CA1", "unknown", "CA1"],
        general__optophysiology__plane__location=["VISp"],
    )
    assert glimpse_zarr(str(root)) == Glimpse(
        subject="m1",
        species="Mus musculus",
        started="2024-03-01",
        people=("Doe, Jane", "Roe, Richard"),
        locations=("CA1", "VISp"),
        in_zarr=True,
    )
    assert overview(tmp_path / "dandiset.yaml", ["."], Runner()).glimpses == (glimpse_zarr(str(root)),)


def test_a_zarr_without_nwb_is_none_and_what_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    assert (
        glimpse_zarr(str(write_nwb_zarr(tmp_path / "image.zarr", {}, general__subject__subject_id=["m1"])))
        is None
    )
    root = write_nwb_zarr(tmp_path / "a.zarr", NWB_FILE, general__subject__subject_id=["m1"])
    pickled = json.loads(
        (array := root / "general" / "subject" / "subject_id" / ".zarray").read_text("utf-8")
    )
    array.write_text(json.dumps({**pickled, "filters": [{"id": "pickle"}]}), "utf-8")
    assert glimpse_zarr(str(root)) == Glimpse(in_zarr=True)
    array.write_text("{", "utf-8")
    assert glimpse_zarr(str(root)) == Glimpse(in_zarr=True)


@needs_shared_data
def test_real_files_can_all_be_glimpsed_at() -> None:
    files = sorted(NWB.rglob("*.nwb"))
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
        (["d/x/a.nwb", "d/b.mp4"], [Folder("d", {"nwb": 1, "generic": 1})]),
        (["d/x/a.csv", "d/b"], [Folder("d", {}, {".csv": 1, "no suffix": 1})]),
        (["d/x/i.zarr/.zgroup", "d/x/i.zarr/0"], [Folder("d/x", {"zarr": 1})]),
        (["d/dataset_description.json", "d/sub-1/a.tsv"], [Folder("d", {"bids": 2})]),
        (["d/x/dataset_description.json", "d/x/sub-1/a.tsv"], [Folder("d/x", {"bids": 2})]),
    ],
)
def test_folders_with_their_forms(tmp_path: Path, names: list[str], folders: list[Folder]) -> None:
    lay(tmp_path, *names)
    assert list(overview(tmp_path / "dandiset.yaml", ["d"], Runner()).folders) == folders


def test_the_specs_own_folder_and_several(tmp_path: Path) -> None:
    lay(tmp_path, "d/a.nwb", "e/b.mp4")
    found = overview(tmp_path / "dandiset.yaml", ["."], Runner())
    assert [folder.source for folder in found.folders] == ["d", "e"]
    assert found.unreadable == ("d/a.nwb",)
    assert [
        folder.source for folder in overview(tmp_path / "dandiset.yaml", ["e", "d"], Runner()).folders
    ] == [
        "e",
        "d",
    ]


def test_a_file_that_keeps_its_step_busy_is_left_unread_and_no_other(tmp_path: Path) -> None:
    write_nwb(tmp_path / "d" / "a.nwb", {})
    write_nwb(tmp_path / "d" / "b.nwb", {})

    def run(steps: Sequence[Step]) -> Mapping[str, Result]:
        late = {step.id: Result(step.id, Status.FAILED, reason=GIVEN_UP) for step in steps[:1]}
        return {**Runner()(steps), **late}

    found = overview(tmp_path / "dandiset.yaml", ["d"], run)
    assert (found.unreadable, [seen.session for seen in found.glimpses]) == (("d/a.nwb",), ["s1"])
    assert pool("glimpse") == "processes", "there it can be killed"
