"""NWB files that refer to media files, put into trees and taken out again."""

from __future__ import annotations

from pathlib import Path

import pytest

from dandifile.model import Record
from dandifile.organize.log import read_log
from dandifile.organize.make import Tree, make, undo
from dandifile.organize.tree import Mode, Placement, Source, tree
from dandifile.survey.digest import dandi_etag
from dandifile.survey.nwb.extract import extract
from dandifile.survey.nwb.references import references_of
from dandifile.survey.survey import survey
from tests.survey.lab import Runner, spec_of, write, write_nwb
from tests.survey.nwb.pictures import MEDIA, write_media, write_with_media

PATH = "sub-m1/sub-m1_image.nwb"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """An NWB file and its video, which is in a folder next to it."""
    write_nwb(tmp_path / "raw" / "a.nwb", external_video="films/v.MP4")
    write(tmp_path / "raw" / "films" / "v.MP4", "film")
    return tmp_path / "raw"


def references(file: Path) -> list[str]:
    import h5py

    with h5py.File(file) as nwb:
        return [str(name) for name in nwb["acquisition/video/external_file"].asstr()[:]]


def placements(raw: Path, mode: Mode, path: str = PATH) -> list[Placement]:
    file = raw / "a.nwb"
    size = file.stat().st_size
    digest = dandi_etag(file, size)
    nwb = Source("a.nwb", str(file), path, size, file.stat().st_mtime_ns, digest, ("films/v.MP4",))
    found, refused = tree([nwb], mode)
    assert refused == []
    return found


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_media_come_beside_the_nwb_file_and_are_found_there(raw: Path, mode: Mode) -> None:
    folder = raw.parent / "tree"
    target = Tree.at(folder, mode)
    assert [one.status for one in make(placements(raw, mode), target)] == ["done"]
    [name] = references(folder / PATH)
    assert name.startswith("sub-m1_image/")
    assert name.endswith("_external_file_0.mp4")
    assert (folder / "sub-m1" / name).read_text("utf-8") == "film"
    assert (raw / "a.nwb").exists() == (raw / "films" / "v.MP4").exists() == (mode is Mode.COPY)

    assert {one.status for one in undo(read_log(target.log.file))} == {"done"}
    assert references(raw / "a.nwb") == ["films/v.MP4"]
    assert (raw / "films" / "v.MP4").read_text("utf-8") == "film"
    assert not folder.exists()


def test_the_original_of_a_copy_is_untouched(raw: Path) -> None:
    before = (raw / "a.nwb").read_bytes()
    list(make(placements(raw, Mode.COPY), Tree.at(raw.parent / "tree", Mode.COPY)))
    assert (raw / "a.nwb").read_bytes() == before


def test_made_again_it_does_nothing(raw: Path) -> None:
    folder = raw.parent / "tree"
    list(make(placements(raw, Mode.COPY), Tree.at(folder, Mode.COPY)))
    again = Tree.at(folder, Mode.COPY)
    assert [one.status for one in make(placements(raw, Mode.COPY), again)] == ["there"]
    assert not again.log.file.exists()


def test_a_move_that_was_killed_after_the_media_is_finished(
    raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = raw.parent / "tree"
    found = placements(raw, Mode.MOVE)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("dandifile.organize.make._publish", killed)
        with pytest.raises(KeyboardInterrupt):
            list(make(found, Tree.at(folder, Mode.MOVE)))
    assert not (raw / "films" / "v.MP4").exists()
    assert [one.status for one in make(found, Tree.at(folder, Mode.MOVE))] == ["done"]
    [name] = references(folder / PATH)
    assert (folder / "sub-m1" / name).read_text("utf-8") == "film"


def test_a_path_as_it_is_keeps_its_references(raw: Path) -> None:
    """Both keep their places to each other: nothing is read or rewritten."""
    video = raw / "films" / "v.MP4"
    status = video.stat()
    film = Source("films/v.MP4", str(video), "x/films/v.MP4", status.st_size, status.st_mtime_ns, "")
    [nwb] = [placement.source for placement in placements(raw, Mode.COPY, "x/a.nwb")]
    folder = raw.parent / "tree"
    found, _ = tree([nwb, film], Mode.SYMLINK)
    assert [one.status for one in make(found, Tree.at(folder, Mode.SYMLINK))] == ["done", "done"]
    assert references(folder / "x" / "a.nwb") == ["films/v.MP4"]


def everything(folder: Path, mode: Mode, **names: str) -> tuple[Path, list[Placement]]:
    """An NWB file with media of every sort in `folder`, and what to place of it."""
    file = write_with_media(folder / "a.nwb", **names)
    write_media(folder)
    size, media = file.stat().st_size, extract({"path": str(file)})["media"]
    digest = dandi_etag(file, size)
    nwb = Source("a.nwb", str(file), PATH, size, file.stat().st_mtime_ns, digest, tuple(media))
    found, refused = tree([nwb], mode)
    assert refused == []
    return file, found


def media_of(file: Path) -> dict[str, tuple[str, ...]]:
    inside = references_of(str(file))
    assert inside is not None
    return {item.place: item.names for item in inside.media}


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_media_of_every_sort_and_place_go_with_the_file_and_are_found(tmp_path: Path, mode: Mode) -> None:
    file, found = everything(tmp_path / "raw", mode)
    before = media_of(file)
    folder = tmp_path / "tree"
    target = Tree.at(folder, mode)
    assert [one.status for one in make(found, target)] == ["done"]
    after = media_of(folder / PATH)
    assert after.keys() == before.keys()
    for place, names in after.items():
        there = [(folder / "sub-m1" / name).read_text("utf-8") for name in names]
        assert there == list(before[place])
    assert {one.status for one in undo(read_log(target.log.file))} == {"done"}
    assert media_of(file) == before
    assert sorted(path.read_text("utf-8") for path in (tmp_path / "raw").glob("*/*")) == sorted(MEDIA)


def test_what_was_placed_has_no_lost_reference(tmp_path: Path) -> None:
    _, found = everything(tmp_path / "raw", Mode.COPY)
    list(make(found, Tree.at(tmp_path / "tree", Mode.COPY)))
    local = survey(spec_of(tmp_path, "tree"), Runner(), known={}, record=Record())
    assert len(local.assets) == 1 + len(MEDIA)
    assert {finding.check for asset in local.assets for finding in asset.findings} == set()


def test_urls_stay_and_the_rest_is_renamed(tmp_path: Path) -> None:
    url = "https://example.org/face.png"
    _, found = everything(tmp_path / "raw", Mode.COPY, picture=url)
    list(make(found, Tree.at(tmp_path / "tree", Mode.COPY)))
    after = media_of(tmp_path / "tree" / PATH)
    assert after["acquisition/pictures/face"] == (url,)
    assert after["acquisition/acquired/external_file"][0].startswith("sub-m1_image/")


@pytest.mark.parametrize("spelling", ["films/1.avi", "./films/../films/1.avi"])
def test_a_file_that_two_objects_refer_to_is_placed_once(tmp_path: Path, spelling: str) -> None:
    _, found = everything(tmp_path / "raw", Mode.MOVE, video=spelling)
    assert [one.status for one in make(found, Tree.at(tmp_path / "tree", Mode.MOVE))] == ["done"]
    after = media_of(tmp_path / "tree" / PATH)
    [name] = after["acquisition/acquired/external_file"]
    assert name == after["processing/behavior/tracked/external_file"][0]
    assert (tmp_path / "tree" / "sub-m1" / name).read_text("utf-8") == "films/1.avi"


def test_names_of_a_fixed_length_are_not_cut_off(raw: Path) -> None:
    import h5py

    with h5py.File(raw / "a.nwb", "a") as file:
        attributes = dict(file["acquisition/video/external_file"].attrs)
        del file["acquisition/video/external_file"]
        file["acquisition/video/external_file"] = [b"films/v.MP4"]
        file["acquisition/video/external_file"].attrs.update(attributes)
    list(make(placements(raw, Mode.COPY), Tree.at(raw.parent / "tree", Mode.COPY)))
    [name] = references(raw.parent / "tree" / PATH)
    assert (raw.parent / "tree" / "sub-m1" / name).read_text("utf-8") == "film"
