"""Where an asset's file belongs: what the scan and the layout would make the asset of."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dandifile.model import PathEntry, Record
from dandifile.survey.layout import Draft, assign
from dandifile.survey.placing import Placing, is_safe
from dandifile.survey.scan import scan
from dandifile.survey.scanned_file import Content
from tests.survey.lab import spec_of


def place(entries: Sequence[PathEntry | str], path: str, *others: str, zarr: bool = False) -> str | None:
    found = Placing(spec_of(Path("/lab"), *entries), {path, *others}).place_of(path, zarr=zarr)
    return found and found.source


@pytest.mark.parametrize(
    ("entry", "path", "source"),
    [
        ("data", "sub-1/a.nwb", "data/sub-1/a.nwb"),
        (PathEntry("data", into="rawdata"), "rawdata/sub-1/a.nwb", "data/sub-1/a.nwb"),
        (PathEntry("data", into="rawdata"), "rawdata2/a.nwb", None),
        (PathEntry("data", include=("sub-1/**",)), "sub-2/a.nwb", None),
        (PathEntry("data", exclude=("sub-2/**",)), "sub-2/a.nwb", None),
        ("data", "notes.txt", None),
        (PathEntry("data", standard="any"), "notes.txt", "data/notes.txt"),
        (PathEntry("data", standard="bids"), "sub-1/a.nwb", None),
        (PathEntry("data", standard="any"), ".hidden/notes.txt", None),
        (PathEntry("data", standard="any"), "x.dandidownload/file", None),
        (PathEntry("data", standard="any"), "a.zarr/notes.txt", None),
        (PathEntry(".", standard="any"), "dandiset.yaml", None),
        (PathEntry(".", standard="any"), "dandiset.lock.yaml", None),
        (PathEntry(".", standard="any"), "sub-1/dandiset.yaml", "sub-1/dandiset.yaml"),
        (PathEntry("one/a.nwb"), "a.nwb", "one/a.nwb"),
        (PathEntry("one/a.nwb"), "b.nwb", None),
        (PathEntry("../elsewhere"), "a.nwb", "/elsewhere/a.nwb"),
    ],
)
def test_an_asset_belongs_where_the_entry_would_make_it_of(
    entry: PathEntry | str, path: str, source: str | None
) -> None:
    assert place([entry], path) == source


def test_a_zarr_belongs_to_an_entry_that_takes_zarrs() -> None:
    assert place(["data"], "sub-1/a.zarr", zarr=True) == "data/sub-1/a.zarr"
    assert place([PathEntry("data", standard="nwb")], "sub-1/a.zarr", zarr=True) is None
    assert place(["data"], "sub-1/a", zarr=True) is None  # no scan would know it for a Zarr


def test_all_files_of_a_bids_dataset_belong_to_an_entry_that_takes_it() -> None:
    others = ("raw/dataset_description.json",)
    for path in ("raw/README", "raw/.bidsignore", "raw/sub-1/anat/sub-1_T1w.json"):
        assert place(["data"], path, *others) == f"data/{path}"
    assert place(["data"], "README", *others) is None  # outside the dataset
    assert place(["data"], "raw/.git", *others) is None


def test_the_longest_into_comes_first() -> None:
    entries = [PathEntry("all"), PathEntry("derived", into="derivatives")]
    assert place(entries, "derivatives/a.nwb") == "derived/a.nwb"
    assert place(entries, "sub-1/a.nwb") == "all/sub-1/a.nwb"


def test_a_file_that_an_earlier_entry_would_take_is_put_nowhere_else() -> None:
    first = PathEntry("data", layout="as-is")
    same = [first, PathEntry("data/more", layout="as-is", into="more")]
    assert place(same, "more/a.nwb") == "data/more/a.nwb"  # the first one takes it, as the same path
    other = [first, PathEntry("data/more", layout="as-is", into="other")]
    assert place(other, "other/a.nwb") == "data/other/a.nwb"


def test_a_file_that_is_named_by_content_can_have_any_place() -> None:
    placing = Placing(spec_of(Path("/lab"), PathEntry("data", layout="organize")), {"a.nwb"})
    found = placing.place_of("a.nwb")
    assert found is not None
    assert (found.source, found.by_content) == ("data/a.nwb", True)


@pytest.mark.parametrize(
    "path", ["../a.nwb", "a/../../b.nwb", "/etc/a.nwb", "a//b.nwb", "./a.nwb", "a\0.nwb", ""]
)
def test_a_path_that_leads_out_of_the_folder_belongs_nowhere(path: str) -> None:
    assert not is_safe(path)
    assert place([PathEntry("data", standard="any", layout="as-is")], path) is None


NAMES = st.sampled_from(["a.nwb", "b.txt", "sub-1", "sub-1_ses-2.nwb", ".x", "c.zarr", "more", "d.mp4"])
ENTRIES = st.builds(
    PathEntry,
    st.sampled_from(["data", "data/more", "."]),
    standard=st.sampled_from(["auto", "nwb", "bids", "zarr", "any"]),
    layout=st.just("as-is"),
    into=st.sampled_from(["", "more", "sub-1"]),
    include=st.sampled_from([(), ("**/*.nwb",), ("more/**",)]),
    exclude=st.sampled_from([(), ("sub-1/**",), ("**/b.txt",)]),
)
FILES = st.sets(st.lists(NAMES, min_size=1, max_size=3).map("/".join), min_size=1, max_size=6)


@settings(max_examples=60)
@given(st.lists(ENTRIES, min_size=1, max_size=3), FILES, st.booleans())
def test_a_place_is_where_the_scan_finds_the_asset(
    entries: list[PathEntry], paths: set[str], dataset: bool
) -> None:
    """Files are put where the assets belong, then scanned: each has its asset's path."""
    paths |= {"dataset_description.json"} if dataset else set()
    with tempfile.TemporaryDirectory() as folder:
        spec = spec_of(Path(folder), *entries)
        placing = Placing(spec, paths)
        places = {path: found for path in paths if (found := placing.place_of(path))}
        for found in places.values():
            file = Path(found.file)
            if not any(parent.is_file() for parent in file.parents) and not file.is_dir():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("x", "utf-8")
        contents = [Content(file, file.source) for file in scan(spec).files]
        named, _ = assign(contents, Draft({}, Record()))
        for path, found in places.items():
            if Path(found.file).is_file() and (not dataset or Path(folder, "data").exists()):
                assert named.get(found.source, path) == path
