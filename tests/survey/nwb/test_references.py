"""Data in other files, links to nothing, and media: where they are in the file, and whether they hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dandifile.model import Finding, PathEntry, Record, Severity
from dandifile.survey.media import LOST_MEDIA
from dandifile.survey.nwb.extract import extract
from dandifile.survey.nwb.references import PICTURE, SERIES, OutsideData, references_of
from dandifile.survey.nwb.validate import NO_PICTURE
from dandifile.survey.survey import survey
from tests.survey.lab import Runner, spec_of, write, write_nwb
from tests.survey.nwb.damage import changed, write_recording
from tests.survey.nwb.pictures import MEDIA, write_media, write_with_media


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
    assert refused["reason"].startswith("acquisition/x ")
    assert f" {target}, which is not uploaded with it" in refused["reason"]
    assert "into the file" in refused["fix"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("make", [link, storage, virtual])
def test_it_is_found_everywhere_in_the_file(
    tmp_path: Path, make: Callable[[Any, str, str], None], place: str
) -> None:
    path = changed(write_nwb(tmp_path / "a.nwb"), lambda file: make(file, place, "r.h5"))
    references = references_of(str(path))
    assert references is not None
    assert references.outside == (OutsideData(place, make.__name__, "r.h5"),)


def test_a_virtual_dataset_of_the_files_own_data_is_fine(tmp_path: Path) -> None:
    def change(file: Any) -> None:
        attributes = dict(file["acquisition/ts/data"].attrs)
        file.move("acquisition/ts/data", "acquisition/ts/x")
        del file["acquisition/ts/timestamps"]
        virtual(file, "acquisition/ts/data", ".")
        file["acquisition/ts/data"].attrs.update(attributes)
        virtual(file, "acquisition/ts/timestamps", ".")

    references = references_of(str(changed(write_recording(tmp_path / "a.nwb"), change)))
    assert references is not None
    assert references.outside == ()


def test_several_are_counted(tmp_path: Path) -> None:
    def change(file: Any) -> None:
        for number in range(3):
            storage(file, f"acquisition/x{number}", "recording.bin")

    refused = extract({"path": str(changed(write_nwb(tmp_path / "a.nwb"), change))})["refused"]
    assert refused["reason"].startswith("acquisition/x0 has its data in recording.bin")
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
    assert refused["reason"] == f"acquisition/there is a link to {target}, which does not exist in the file"


def test_a_link_within_the_file_is_fine(tmp_path: Path) -> None:
    references = references_of(str(changed(write_nwb(tmp_path / "a.nwb"), soft_link("/general/subject"))))
    assert references is not None
    assert (references.outside, references.dangling) == ((), ())


def test_media_are_seen_wherever_they_are(tmp_path: Path) -> None:
    references = references_of(str(write_with_media(tmp_path / "a.nwb")))
    assert references is not None
    assert {(item.field, item.names) for item in references.media} == {
        (SERIES, ("films/acquired.mp4",)),
        (SERIES, ("films/1.avi", "films/2.avi")),
        (SERIES, ("films/shown.mov",)),
        (PICTURE, ("pictures/face.png",)),
    }
    assert all(item.object_id for item in references.media)
    assert references.media_names == sorted(references.media_names)


def test_a_file_that_is_not_there_or_no_hdf5_has_no_references(tmp_path: Path) -> None:
    assert references_of(str(tmp_path / "gone.nwb")) is None


def found(root: Path, layout: str = "as-is", run: Runner | None = None) -> list[Finding]:
    """What is said of media in the one NWB file of a folder."""
    spec = spec_of(root, PathEntry("raw", layout=layout))
    local = survey(spec, run or Runner(), known={}, record=Record())
    told = [finding for asset in local.assets for finding in asset.findings]
    return [f for f in told if f.check in (LOST_MEDIA, NO_PICTURE) or "external_file" in f.check]


def test_media_that_keep_their_places_to_the_file_need_nothing(tmp_path: Path) -> None:
    write_with_media(tmp_path / "raw" / "a.nwb")
    write_media(tmp_path / "raw")
    assert found(tmp_path) == []


@pytest.mark.parametrize("only", MEDIA)
def test_a_file_that_moves_away_from_any_of_its_media_is_warned_of(tmp_path: Path, only: str) -> None:
    write_with_media(tmp_path / "raw" / "a.nwb")
    write(tmp_path / "raw" / only)
    [finding] = [finding for finding in found(tmp_path, "organize") if finding.check == LOST_MEDIA]
    assert finding.severity is Severity.WARNING
    assert "organize --to DIR --mode copy" in finding.message


@pytest.mark.parametrize("missing", MEDIA)
def test_a_missing_picture_is_an_error_as_a_missing_video_is(tmp_path: Path, missing: str) -> None:
    write_with_media(tmp_path / "raw" / "a.nwb")
    write_media(tmp_path / "raw")
    (tmp_path / "raw" / missing).unlink()
    [finding] = found(tmp_path)
    assert finding.severity is Severity.ERROR
    assert missing in finding.message


def test_a_picture_is_looked_for_again_once_it_is_there(tmp_path: Path) -> None:
    write_with_media(tmp_path / "raw" / "a.nwb")
    write_media(tmp_path / "raw")
    (tmp_path / "raw" / MEDIA[4]).unlink()
    run = Runner()
    assert [finding.check for finding in found(tmp_path, run=run)] == [NO_PICTURE]
    write(tmp_path / "raw" / MEDIA[4])
    assert found(tmp_path, run=run) == []
    assert (run.count("inspect"), run.count("validate")) == (1, 1)


def test_a_picture_by_url_is_not_looked_for(tmp_path: Path) -> None:
    write_with_media(tmp_path / "raw" / "a.nwb", picture="https://example.org/face.png")
    write_media(tmp_path / "raw")
    assert found(tmp_path) == []


@pytest.mark.parametrize("there", [True, False])
def test_an_absolute_path_holds_on_no_other_machine(tmp_path: Path, there: bool) -> None:
    write_with_media(tmp_path / "raw" / "a.nwb", video=str(tmp_path / "elsewhere" / "v.mp4"))
    write_media(tmp_path / "raw")
    if there:
        write(tmp_path / "elsewhere" / "v.mp4")
    assert LOST_MEDIA in {finding.check for finding in found(tmp_path)}


def test_media_that_paths_does_not_take_are_named_by_their_suffix(tmp_path: Path) -> None:
    write_with_media(tmp_path / "raw" / "a.nwb", video="films/v.tif")
    write_media(tmp_path / "raw")
    write(tmp_path / "raw" / "films" / "v.tif")
    [finding] = found(tmp_path)
    assert finding.check == LOST_MEDIA
    assert "a .tif file" in finding.message
    assert "standard: any" in finding.message


def test_an_empty_reference_refers_to_nothing(tmp_path: Path) -> None:
    write_with_media(tmp_path / "raw" / "a.nwb", picture=" ")
    write_media(tmp_path / "raw")
    assert found(tmp_path) == []
    assert [finding.check for finding in found(tmp_path, "organize")] == [LOST_MEDIA]
