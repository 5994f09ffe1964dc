"""The entries of `paths` that an import writes: simple ones, with which the plan is empty."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from dandifile.importing.paths import match_data, paths_to_pull
from dandifile.model import Json, RemoteAsset
from dandifile.survey.digest import dandi_etag
from tests.survey.lab import Runner

ORGANIZED = "sub-1/sub-1_ses-2_ecephys.nwb"


def draft(*paths: str) -> dict[str, RemoteAsset]:
    return {
        path: RemoteAsset("1", path, 1, "", None, "z" if path.endswith(".zarr") else None) for path in paths
    }


@pytest.mark.parametrize(
    ("paths", "entry"),
    [
        ([ORGANIZED], "data"),
        ([ORGANIZED, "sub-1/sub-1_ses-3.nwb", "sub-1/a.zarr", "video.mp4"], "data"),
        (["dataset_description.json", "README", "sub-1/anat/sub-1_T1w.json", "x.nwb"], "data"),
        (["one.nwb", ORGANIZED], {"source": "data", "layout": "as-is"}),
        ([ORGANIZED, "notes.txt"], {"source": "data", "standard": "any"}),
        (["one.nwb", "notes.txt"], {"source": "data", "standard": "any", "layout": "as-is"}),
    ],
)
def test_the_simplest_entry_that_takes_all_assets(paths: list[str], entry: Json) -> None:
    found = paths_to_pull(draft(*paths))
    assert (found.entries, found.left) == ((entry,), ())


def test_an_empty_draft_has_no_paths() -> None:
    assert paths_to_pull({}).entries == ()


def test_an_asset_that_no_entry_can_take_is_named() -> None:
    found = paths_to_pull(draft("notes.txt", ".hidden"))
    assert (found.entries, found.left) == (({"source": "data", "standard": "any"},), (".hidden",))


# --- With data ------------------------------------------------------------------------------------


def put(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def there(tmp_path: Path, files: Mapping[str, str]) -> dict[str, RemoteAsset]:
    """A draft with files of these contents."""
    put(tmp_path / "there", files)
    return {
        path: RemoteAsset(path, path, len(text), dandi_etag(tmp_path / "there" / path, len(text)))
        for path, text in files.items()
    }


def test_a_folder_under_into(tmp_path: Path) -> None:
    assets = there(tmp_path, {"raw/sub-1/a.nwb": "one", "raw/sub-2/b.nwb": "two"})
    put(tmp_path, {"lab/sub-1/a.nwb": "one", "lab/sub-2/b.nwb": "two"})
    found = match_data(tmp_path / "dandiset.yaml", ["lab"], assets, Runner())
    assert found.entries == ({"source": "lab", "into": "raw"},)
    assert found.matched == (("lab/sub-1/a.nwb", "raw/sub-1/a.nwb"), ("lab/sub-2/b.nwb", "raw/sub-2/b.nwb"))
    assert found.only_there == ()


def test_files_with_names_of_their_own_are_named_by_content(tmp_path: Path) -> None:
    assets = there(tmp_path, {ORGANIZED: "one", "sub-2/sub-2_ecephys.nwb": "two"})
    put(tmp_path, {"lab/s1.nwb": "one", "lab/deep/s2.nwb": "two"})
    found = match_data(tmp_path / "dandiset.yaml", ["lab"], assets, Runner())
    assert found.entries == ("lab",)
    assert dict(found.matched) == {"lab/s1.nwb": ORGANIZED, "lab/deep/s2.nwb": "sub-2/sub-2_ecephys.nwb"}


def test_what_differs_or_is_only_here_is_excluded_and_named(tmp_path: Path) -> None:
    assets = there(tmp_path, {"a.txt": "one", "b.txt": "two", "c.txt": "three", "d.txt": "four"})
    put(tmp_path, {"lab/a.txt": "one", "lab/b.txt": "other", "lab/new.txt": "new", "lab/e.txt": "four"})
    found = match_data(tmp_path / "dandiset.yaml", ["lab"], assets, Runner())
    assert found.matched == (("lab/a.txt", "a.txt"),)
    assert found.differ == (("lab/b.txt", "b.txt"),)
    assert found.renamed == (("lab/e.txt", "d.txt"),)
    assert found.only_here == ("lab/new.txt",)
    assert found.only_there == ("c.txt", "d.txt")
    (entry,) = found.entries
    assert isinstance(entry, dict)
    assert (entry["source"], entry["standard"]) == ("lab", "any")
    assert sorted(entry["exclude"]) == ["{b.txt,e.txt,new.txt}"]


def test_a_folder_of_which_nothing_is_on_the_archive_gets_no_entry(tmp_path: Path) -> None:
    assets = there(tmp_path, {"a.txt": "one"})
    put(tmp_path, {"lab/a.txt": "one", "other/x.txt": "x"})
    found = match_data(tmp_path / "dandiset.yaml", ["lab", "other"], assets, Runner())
    assert found.unused == ("other",)
    assert found.entries == ({"source": "lab", "standard": "any"},)


def test_subfolders_at_different_places_are_entries_of_their_own(tmp_path: Path) -> None:
    assets = there(tmp_path, {"raw/a.txt": "one", "more/deep/b.txt": "two"})
    put(tmp_path, {"lab/first/a.txt": "one", "lab/second/b.txt": "two", "lab/readme.txt": "mine"})
    found = match_data(tmp_path / "dandiset.yaml", ["lab"], assets, Runner())
    assert found.entries == (
        {"source": "lab/first", "standard": "any", "into": "raw"},
        {"source": "lab/second", "standard": "any", "into": "more/deep"},
    )
    assert (len(found.matched), found.only_here) == (2, ("lab/readme.txt",))


def test_an_empty_file_is_excluded_as_it_would_block_the_plan(tmp_path: Path) -> None:
    assets = there(tmp_path, {"a.txt": "one"})
    put(tmp_path, {"lab/a.txt": "one", "lab/empty.txt": ""})
    found = match_data(tmp_path / "dandiset.yaml", ["lab"], assets, Runner())
    assert found.entries == ({"source": "lab", "standard": "any", "exclude": ["empty.txt"]},)
    assert found.only_here == ("lab/empty.txt",)


def test_of_two_copies_one_is_the_asset(tmp_path: Path) -> None:
    assets = there(tmp_path, {"a.txt": "one", "b.txt": "two"})
    put(tmp_path, {"one/a.txt": "one", "two/a.txt": "one", "two/b.txt": "two"})
    found = match_data(tmp_path / "dandiset.yaml", ["one", "two"], assets, Runner())
    assert found.matched == (("one/a.txt", "a.txt"), ("two/b.txt", "b.txt"))
    assert found.renamed == (("two/a.txt", "a.txt"),)
    assert found.entries[1] == {"source": "two", "standard": "any", "exclude": ["a.txt"]}
