"""Data that an NWB file keeps elsewhere, links that lead to nothing, and media, wherever in the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dandifile.survey.nwb.extract import extract
from dandifile.survey.nwb.references import PICTURE, SERIES, OutsideData, references_of
from tests.survey.lab import write_nwb
from tests.survey.nwb.damage import changed, write_recording
from tests.survey.nwb.pictures import write_with_media


def link(file: Any, place: str, target: str) -> None:
    import h5py

    file[place] = h5py.ExternalLink(target, "/data")


def storage(file: Any, place: str, target: str) -> None:
    file.create_dataset(place, (20,), "f8", external=[(target, 0, 160)])


def virtual(file: Any, place: str, target: str) -> None:
    import h5py

    layout = h5py.VirtualLayout((20,), "f8")
    layout[:10] = h5py.VirtualSource(".", "here", (10,))
    layout[10:] = h5py.VirtualSource(target, "x", (10,))
    file.create_virtual_dataset(place, layout)


PLACES = ("acquisition/x", "analysis/deep/x", "scratch/x", "general/x", "processing/behavior/x", "stimulus/x")


@pytest.mark.parametrize("target", ["recording.h5", "../other/recording.h5", "/data/recording.h5"])
@pytest.mark.parametrize("make", [link, storage, virtual])
def test_data_in_another_file_keeps_it_back(
    tmp_path: Path, make: Callable[[Any, str, str], None], target: str
) -> None:
    path = changed(write_nwb(tmp_path / "a.nwb"), lambda file: make(file, "acquisition/x", target))
    refused = extract({"path": str(path)})["refused"]
    assert refused["reason"].startswith("acquisition/x is ")
    assert f" {target}, which the archive does not get" in refused["reason"]
    assert refused["fix"] == "write the data into the file"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("make", [link, storage, virtual])
def test_it_is_found_everywhere_in_the_file(
    tmp_path: Path, make: Callable[[Any, str, str], None], place: str
) -> None:
    path = changed(write_nwb(tmp_path / "a.nwb"), lambda file: make(file, place, "r.h5"))
    inside = references_of(str(path))
    assert inside is not None
    assert inside.outside == (OutsideData(place, make.__name__, "r.h5"),)


def test_a_virtual_dataset_of_the_files_own_data_is_fine(tmp_path: Path) -> None:
    def change(file: Any) -> None:
        attributes = dict(file["acquisition/ts/data"].attrs)
        file.move("acquisition/ts/data", "acquisition/ts/x")
        del file["acquisition/ts/timestamps"]
        virtual(file, "acquisition/ts/data", ".")
        file["acquisition/ts/data"].attrs.update(attributes)
        virtual(file, "acquisition/ts/timestamps", ".")

    inside = references_of(str(changed(write_recording(tmp_path / "a.nwb"), change)))
    assert inside is not None
    assert inside.outside == ()


def test_several_are_counted(tmp_path: Path) -> None:
    def change(file: Any) -> None:
        for number in range(3):
            storage(file, f"acquisition/x{number}", "recording.bin")

    refused = extract({"path": str(changed(write_nwb(tmp_path / "a.nwb"), change))})["refused"]
    assert refused["reason"].startswith("acquisition/x0 is kept in recording.bin")
    assert refused["reason"].endswith("(and 2 more like it)")


def soft_link(target: str) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        import h5py

        file["acquisition/there"] = h5py.SoftLink(target)

    return change


@pytest.mark.parametrize(
    "target", ["/acquisition/nowhere", "/no/such/place/at/all", "sideways", "/acquisition/there"]
)
def test_a_link_to_nothing_is_named_with_what_it_looks_for(tmp_path: Path, target: str) -> None:
    refused = extract({"path": str(changed(write_nwb(tmp_path / "a.nwb"), soft_link(target)))})["refused"]
    assert refused["reason"] == f"acquisition/there is a link to {target}, and there is nothing in the file"


def test_a_link_within_the_file_is_fine(tmp_path: Path) -> None:
    inside = references_of(str(changed(write_nwb(tmp_path / "a.nwb"), soft_link("/general/subject"))))
    assert inside is not None
    assert (inside.outside, inside.dangling) == ((), ())


def test_media_are_seen_wherever_they_are(tmp_path: Path) -> None:
    inside = references_of(str(write_with_media(tmp_path / "a.nwb")))
    assert inside is not None
    assert {(item.field, item.names) for item in inside.media} == {
        (SERIES, ("films/acquired.mp4",)),
        (SERIES, ("films/1.avi", "films/2.avi")),
        (SERIES, ("films/shown.mov",)),
        (PICTURE, ("pictures/face.png",)),
    }
    assert all(item.object_id for item in inside.media)
    assert inside.names == sorted(inside.names)


def test_a_file_that_is_not_there_or_no_hdf5_has_no_inside(tmp_path: Path) -> None:
    assert references_of(str(tmp_path / "gone.nwb")) is None
