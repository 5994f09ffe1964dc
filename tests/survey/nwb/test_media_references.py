"""Videos and pictures that NWB files refer to: whether they go with the file, and whether they are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from dandifile.model import Finding, PathEntry, Record, Severity
from dandifile.survey.media import LOST_MEDIA
from dandifile.survey.nwb.validate import NO_PICTURE
from dandifile.survey.survey import survey
from tests.survey.lab import Runner, spec_of, write
from tests.survey.nwb.pictures import MEDIA, write_media, write_with_media


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
