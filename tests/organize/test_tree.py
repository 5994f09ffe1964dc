from __future__ import annotations

from pathlib import Path

import pytest

from dandifile.organize.place import folds_case
from dandifile.organize.tree import Mode, TreeSource, tree
from dandifile.survey.media import is_url

ROOT = Path("/lab/raw").absolute()


def source(name: str, path: str, *media: str, folder: bool = False) -> TreeSource:
    return TreeSource(name, str(ROOT / name), path, 1, 0, name, media, folder)


def placed(
    sources: list[TreeSource], mode: Mode, there: set[str] | None = None
) -> tuple[dict[str, bool], dict[str, str]]:
    """(path → rewritten, source → reason); `there` are the files that exist, below the root."""
    files = None if there is None else {str(ROOT / name) for name in there}
    placements, refused = tree(sources, mode, lambda file: files is None or file in files)
    return {p.source.path: p.rewrite for p in placements}, {r.source: r.reason for r in refused}


NWB = source("a.nwb", "sub-1/sub-1_image.nwb", "v.mp4")
VIDEO = source("v.mp4", "v.mp4")


@pytest.mark.parametrize("mode", list(Mode))
def test_files_without_references_come_as_they_are(mode: Mode) -> None:
    assert placed([source("b.csv", "b.csv"), source("a.nwb", "sub-1/a.nwb")], mode) == (
        {"b.csv": False, "sub-1/a.nwb": False},
        {},
    )


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_media_go_with_their_nwb_file_and_not_by_themselves(mode: Mode) -> None:
    assert placed([NWB, VIDEO], mode) == ({"sub-1/sub-1_image.nwb": True}, {})


@pytest.mark.parametrize("mode", [Mode.SYMLINK, Mode.HARDLINK])
def test_a_link_whose_references_would_not_hold_is_refused_and_its_media_stay(mode: Mode) -> None:
    paths, refused = placed([NWB, VIDEO], mode)
    assert (paths, list(refused)) == ({"v.mp4": False}, ["a.nwb"])
    assert "v.mp4" in refused["a.nwb"]


@pytest.mark.parametrize("mode", list(Mode))
def test_references_that_hold_in_the_tree_need_nothing(mode: Mode) -> None:
    held = [source("sub-1/a.nwb", "x/sub-1/a.nwb", "../v.mp4"), source("v.mp4", "x/v.mp4")]
    assert placed(held, mode) == ({"x/sub-1/a.nwb": False, "x/v.mp4": False}, {})


def test_urls_are_nobodys_files() -> None:
    assert placed([source("a.nwb", "b.nwb", "https:/example.org/v.mp4")], Mode.SYMLINK) == (
        {"b.nwb": False},
        {},
    )


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("https:/e.org/v.mp4", True),
        ("s3://b/v.mp4", True),
        ("C:/v.mp4", False),
        ("v.mp4", False),
        ("a/b:/c", False),
    ],
)
def test_a_url_is_told_from_a_path(name: str, url: bool) -> None:
    assert is_url(name) == url


def test_media_that_are_not_here_refuse_their_file() -> None:
    paths, refused = placed([NWB], Mode.COPY, there=set())
    assert (paths, "is not here" in refused["a.nwb"]) == ({}, True)


def test_media_of_several_files_can_be_copied_and_not_moved() -> None:
    both = [NWB, source("b.nwb", "sub-1/b.nwb", "v.mp4"), VIDEO]
    assert placed(both, Mode.COPY) == ({"sub-1/b.nwb": True, "sub-1/sub-1_image.nwb": True}, {})
    paths, refused = placed(both, Mode.MOVE)
    assert (paths, sorted(refused)) == ({"v.mp4": False}, ["a.nwb", "b.nwb"])


def test_folders_are_linked_only() -> None:
    zarr = source("z.zarr", "z.zarr", folder=True)
    assert placed([zarr], Mode.SYMLINK) == ({"z.zarr": False}, {})
    assert list(placed([zarr], Mode.MOVE)[1]) == ["z.zarr"]


def test_names_that_differ_in_case_only_are_refused_where_the_disk_takes_them_for_one() -> None:
    sources = [source("a", "sub-S/x_ses-Day1.nwb"), source("b", "sub-S/x_ses-day1.nwb"), source("c", "c")]
    assert len(tree(sources, Mode.COPY)[0]) == 3
    placements, refused = tree(sources, Mode.COPY, folds=True)
    assert [placement.source.path for placement in placements] == ["c"]
    assert [refusal.source for refusal in refused] == ["a", "b"]
    assert "another session_id" in refused[0].fix


def test_whether_a_disk_folds_case_is_seen_from_a_folder_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "Mixed").mkdir()
    folds = (tmp_path / "mIXED").exists()
    assert folds_case(tmp_path / "Mixed" / "not" / "yet") is folds
    if not folds:
        (tmp_path / "mIXED").mkdir()  # two folders, and not one by two names
        assert not folds_case(tmp_path / "Mixed")
