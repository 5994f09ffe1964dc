from __future__ import annotations

import os
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from dandifile.model import PathEntry
from dandifile.survey.formats import FORMATS
from dandifile.survey.scan import scan
from tests.survey.lab import spec_of, write

ANY = PathEntry("data", standard="any")
links = pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")


def sources(root: Path, *entries: PathEntry | str) -> list[str]:
    return [file.source for file in scan(spec_of(root, *entries)).files]


@pytest.mark.parametrize(
    ("standard", "taken"),
    [
        ("nwb", ["data/a.nwb"]),
        ("auto", ["data/a.nwb", "data/c.png", "data/v.mp4"]),
        ("any", ["data/V.MP4", "data/a.nwb", "data/c.png", "data/t.csv", "data/v.mp4"]),
    ],
)
def test_a_standard_takes_its_files_and_counts_the_others(
    tmp_path: Path, standard: str, taken: list[str]
) -> None:
    for name in ("a.nwb", "v.mp4", "V.MP4", "c.png", "t.csv"):
        write(tmp_path / "data" / name)
    found = scan(spec_of(tmp_path, PathEntry("data", standard=standard)))
    assert [file.source for file in found.files] == taken
    assert len(found.skipped) == 5 - len(taken)


@pytest.mark.parametrize(
    ("include", "exclude", "taken"),
    [
        ((), (), ["a/1.txt", "a/scratch/2.txt", "b/3.txt"]),
        (("a",), (), ["a/1.txt", "a/scratch/2.txt"]),
        (("**/*.txt",), ("**/scratch/**",), ["a/1.txt", "b/3.txt"]),
        ((), ("a/scratch", "b"), ["a/1.txt"]),
    ],
)
def test_patterns_are_relative_to_the_entry_and_what_they_leave_out_is_not_counted(
    tmp_path: Path, include: tuple[str, ...], exclude: tuple[str, ...], taken: list[str]
) -> None:
    for name in ("a/1.txt", "a/scratch/2.txt", "b/3.txt"):
        write(tmp_path / "data" / name)
    found = scan(spec_of(tmp_path, replace(ANY, include=include, exclude=exclude)))
    assert [file.below for file in found.files] == taken
    assert found.skipped == ()


def test_hidden_files_and_the_projects_own_are_no_data(tmp_path: Path) -> None:
    for name in (
        ".git/x",
        ".hidden",
        ".dandifile/cache",
        "dandiset.yaml",
        "dandiset.lock.yaml",
        "dandiset.assets.tsv",
    ):
        write(tmp_path / name)
    write(tmp_path / "a.txt")
    assert sources(tmp_path, replace(ANY, source=".")) == ["a.txt"]


@links
@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("data/link", ""),
        *product(
            ["data/link", "data/link.zarr"],
            [
                "dandiset.yaml",
                "dandiset.lock.yaml",
                "dandiset.assets.tsv",
                ".dandifile",
                ".dandifile/records",
                ".dandifile/records/000001.json",
            ],
        ),
    ],
)
def test_the_projects_own_is_no_data_under_whatever_path_a_link_gives_it(
    tmp_path: Path, link: str, target: str
) -> None:
    for name in ("dandiset.yaml", "dandiset.lock.yaml", "dandiset.assets.tsv"):
        write(tmp_path / name)
    write(tmp_path / ".dandifile" / "records" / "000001.json")
    write(tmp_path / "data" / "a.txt")
    (tmp_path / link).symlink_to(tmp_path / target)
    found = scan(spec_of(tmp_path, ANY))
    assert [file.source for file in found.files] == ["data/a.txt"]
    assert found.refused == ()


@links
def test_a_spec_that_is_a_link_is_no_data_where_it_really_lies(tmp_path: Path) -> None:
    write(tmp_path / "data" / "shared.yaml")
    write(tmp_path / "data" / "a.txt")
    (tmp_path / "dandiset.yaml").symlink_to(tmp_path / "data" / "shared.yaml")
    assert sources(tmp_path, ANY) == ["data/a.txt"]


@pytest.mark.parametrize("source", ["dandiset.yaml", ".dandifile"])
def test_an_entry_that_is_the_projects_own_is_refused(tmp_path: Path, source: str) -> None:
    write(tmp_path / "dandiset.yaml")
    write(tmp_path / ".dandifile" / "cache.sqlite")
    found = scan(spec_of(tmp_path, replace(ANY, source=source)))
    assert (found.files, [refusal.source for refusal in found.refused]) == ((), [source])


def test_a_file_carries_its_stat_and_its_format(tmp_path: Path) -> None:
    status = write(tmp_path / "data" / "x.nwb", "1234").stat()
    [file] = scan(spec_of(tmp_path, "data")).files
    assert (file.size, file.mtime_ns, file.inode) == (4, status.st_mtime_ns, status.st_ino)
    assert (file.format.NAME, file.below, Path(file.path)) == ("nwb", "x.nwb", tmp_path / "data" / "x.nwb")


def test_an_entry_may_be_a_single_file_of_any_kind(tmp_path: Path) -> None:
    write(tmp_path / "notes" / "readme.txt")
    [file] = scan(spec_of(tmp_path, "notes/readme.txt")).files
    assert (file.source, file.below) == ("notes/readme.txt", "readme.txt")


def test_data_outside_the_folder_of_the_spec_is_named_absolutely(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "a.nwb")
    (tmp_path / "lab").mkdir()
    expected = (tmp_path / "elsewhere" / "a.nwb").as_posix()
    assert sources(tmp_path / "lab", "../elsewhere") == [expected]
    assert sources(tmp_path / "lab", str(tmp_path / "elsewhere")) == [expected]


def test_an_entry_that_is_not_here_is_absent_and_no_error(tmp_path: Path) -> None:
    write(tmp_path / "data" / "a.nwb")
    found = scan(spec_of(tmp_path, "not-here", "data"))
    assert found.absent == ("not-here",)
    assert len(found.files) == 1


def test_a_file_that_two_entries_reach_stays_with_the_first_and_is_told(tmp_path: Path) -> None:
    write(tmp_path / "data" / "sub" / "a.nwb")
    found = scan(spec_of(tmp_path, "data/sub", "data"))
    assert [file.entry.source for file in found.files] == ["data/sub"]
    [refusal] = found.refused
    assert refusal.source == "data"
    assert "data/sub already takes 1 file of this entry, such as data/sub/a.nwb" in refusal.reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("data/empty.nwb", "", "empty"),
        ("data/x.nwb.dandidownload/file", "x", "interrupted dandi download"),
        ("data/day1.nwb/.zgroup", "x", "Zarr"),
    ],
)
def test_what_cannot_be_an_asset_is_refused_with_a_fix(
    tmp_path: Path, name: str, content: str, reason: str
) -> None:
    write(tmp_path / name, content)
    found = scan(spec_of(tmp_path, ANY))
    [refusal] = found.refused
    assert reason in refusal.reason
    assert refusal.fix
    assert found.files == ()


@pytest.mark.parametrize("standard", ["zarr", "auto", "any"])
@pytest.mark.parametrize("source", ["data", "data/image.zarr"])
def test_a_zarr_is_one_asset_whatever_lies_in_it(tmp_path: Path, standard: str, source: str) -> None:
    for name in (
        "image.zarr/.zgroup",
        "image.zarr/x.nwb",
        "image.zarr/0/0",
        "day1.nwb.zarr/.zgroup",
        "i.ngff/0",
    ):
        write(tmp_path / "data" / name)
    found = scan(spec_of(tmp_path, PathEntry(source, standard=standard)))
    whole = ["data/day1.nwb.zarr", "data/i.ngff", "data/image.zarr"]
    assert [file.source for file in found.files] == (whole if source == "data" else ["data/image.zarr"])
    assert {(file.format.NAME, file.below.rpartition("/")[2] == file.below) for file in found.files} == {
        ("zarr", True)
    }
    assert (found.refused, found.skipped) == ((), ())


def test_standard_zarr_takes_nothing_else(tmp_path: Path) -> None:
    for name in ("x.zarr/0", "y.nwb", "z.png"):
        write(tmp_path / "data" / name)
    found = scan(spec_of(tmp_path, PathEntry("data", standard="zarr")))
    assert ([file.source for file in found.files], len(found.skipped)) == (["data/x.zarr"], 2)


def test_a_zarr_that_two_entries_reach_stays_with_the_first(tmp_path: Path) -> None:
    write(tmp_path / "data" / "x.zarr" / "0")
    found = scan(spec_of(tmp_path, PathEntry("data/x.zarr", standard="zarr"), "data"))
    assert [file.entry.source for file in found.files] == ["data/x.zarr"]
    assert [refusal.source for refusal in found.refused] == ["data"]


def test_a_zarr_is_left_alone_where_it_is_not_asked_for(tmp_path: Path) -> None:
    write(tmp_path / "data" / "image.zarr" / "0")
    nwb_only = scan(spec_of(tmp_path, PathEntry("data", standard="nwb")))
    excluded = scan(spec_of(tmp_path, PathEntry("data", exclude=("*.zarr",))))
    assert (nwb_only.refused, len(nwb_only.skipped)) == ((), 1)
    assert excluded.refused == ()


@pytest.mark.parametrize(
    ("standard", "taken"),
    [
        ("auto", ["a.nwb", "ds/.bidsignore", "ds/dataset_description.json", "ds/sub-1/t.tsv"]),
        ("bids", ["ds/.bidsignore", "ds/dataset_description.json", "ds/sub-1/t.tsv"]),
        ("any", ["a.nwb", "b.txt", "ds/dataset_description.json", "ds/sub-1/t.tsv"]),
        ("nwb", ["a.nwb"]),
    ],
)
def test_of_a_bids_dataset_every_file_is_taken(tmp_path: Path, standard: str, taken: list[str]) -> None:
    for name in (*taken, "a.nwb", "b.txt", "ds/.bidsignore", "ds/.hidden", "ds/sub-1/t.tsv"):
        write(tmp_path / "data" / name)
    write(tmp_path / "data" / "ds" / "dataset_description.json", "{}")
    found = scan(spec_of(tmp_path, PathEntry("data", standard=standard)))
    assert [file.below for file in found.files] == taken
    folder = str(tmp_path / "data" / "ds")
    inside = {file.below for file in found.files if file.dataset == (FORMATS["bids"], folder)}
    as_one = standard in ("auto", "bids")
    assert inside == ({name for name in taken if name.startswith("ds/")} if as_one else set())


def test_the_outermost_dataset_counts_and_zarrs_in_it_stay_whole(tmp_path: Path) -> None:
    for name in (
        "dataset_description.json",
        "derivatives/x/dataset_description.json",
        "derivatives/x/t.tsv",
        "sub-1/micr/i.ome.zarr/.zgroup",
    ):
        write(tmp_path / "ds" / name)
    found = scan(spec_of(tmp_path, "ds"))
    assert {file.dataset for file in found.files} == {(FORMATS["bids"], str(tmp_path / "ds"))}
    assert [file.below for file in found.files if file.format.NAME == "zarr"] == ["sub-1/micr/i.ome.zarr"]
    assert len(found.files) == 4


@links
def test_links_are_followed_and_loops_end(tmp_path: Path) -> None:
    write(tmp_path / "store" / "deep" / "a.nwb")
    data = tmp_path / "data"
    data.mkdir()
    (data / "linked").symlink_to(tmp_path / "store")
    (data / "b.nwb").symlink_to(tmp_path / "store" / "deep" / "a.nwb")
    (tmp_path / "store" / "deep" / "up").symlink_to(tmp_path / "store")
    (data / "self").symlink_to(data / "self")
    (data / "again").symlink_to(data)
    assert sources(tmp_path, "data") == ["data/b.nwb", "data/linked/deep/a.nwb"]


@links
def test_a_link_to_nothing_is_unknown_and_not_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.nwb").symlink_to(tmp_path / ".git" / "annex" / "objects" / "x")
    (data / "folder").symlink_to(tmp_path / "not-mounted")
    found = scan(spec_of(tmp_path, "data"))
    assert found.absent == ("data/a.nwb", "data/folder")
    assert found.refused == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    os.mkfifo(tmp_path / "data" / "pipe.nwb")
    [refusal] = scan(spec_of(tmp_path, "data")).refused
    assert "regular" in refusal.reason


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_not_text_is_refused_in_words_that_can_be_printed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / os.fsdecode(b"caf\xe9.nwb")).write_bytes(b"x")
    [refusal] = scan(spec_of(tmp_path, "data")).refused
    assert "UTF-8" in refusal.reason
    assert refusal.source.encode()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs an unprivileged POSIX user")
def test_a_folder_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "data" / "locked" / "a.nwb")
    (tmp_path / "data" / "locked").chmod(0)
    try:
        [refusal] = scan(spec_of(tmp_path, "data")).refused
    finally:
        (tmp_path / "data" / "locked").chmod(0o700)
    assert (refusal.source, "permission" in refusal.reason) == ("data/locked", True)


def test_what_is_to_be_bids_and_is_not_is_told(tmp_path: Path) -> None:
    write(tmp_path / "data" / "sub-1" / "t.tsv")
    found = scan(spec_of(tmp_path, PathEntry("data", standard="bids")))
    assert [(one.source, "dataset_description.json" in one.fix) for one in found.refused] == [("data", True)]
    write(tmp_path / "data" / "ds" / "dataset_description.json", "{}")
    found = scan(spec_of(tmp_path, PathEntry("data", standard="bids")))
    assert (len(found.files), found.refused, len(found.skipped)) == (1, (), 1)
