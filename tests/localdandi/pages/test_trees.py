"""What is inside HDF5 files and Zarrs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from localdandi.pages import hdf5_tree, tree_limits, zarr_tree
from tests.localdandi.pages.conftest import Site


def _at(found: dict[str, Any], *path: str) -> dict[str, Any]:
    node: dict[str, Any] = found["root"]
    for name in path:
        node = next(one for one in node["children"] if one["name"] == name)
    return node


def test_groups_arrays_types_and_units_of_hdf5(hdf5: Path) -> None:
    found = hdf5_tree.read(str(hdf5))
    assert _at(found, "acquisition", "ElectricalSeries")["type"] == "ElectricalSeries"
    data = _at(found, "acquisition", "ElectricalSeries", "data")
    assert (data["shape"], data["dtype"], data["unit"]) == (f"2,000{tree_limits.TIMES}8", "float32", "volts")
    assert _at(found, "session_description")["note"] == "On the track"
    assert found["cut"] == ""


def test_links_are_named_and_not_followed(hdf5: Path) -> None:
    with h5py.File(hdf5, "a") as file:
        file["soft"] = h5py.SoftLink("/nowhere")
        file["acquisition/above"] = file["/"]
    found = hdf5_tree.read(str(hdf5))
    assert _at(found, "elsewhere")["note"] == "in another file: other.h5, /data"
    assert _at(found, "soft")["note"] == "links to /nowhere"
    assert _at(found, "again")["note"] == "the same as /acquisition"


def test_data_in_other_files_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"key=1234")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("outside", shape=(1,), dtype="S8", external=[(str(tmp_path / "secret"), 0, 8)])
        source = h5py.VirtualSource(str(tmp_path / "b.h5"), "x", shape=(1,))
        layout = h5py.VirtualLayout(shape=(1,), dtype="S8")
        layout[:] = source
        file.create_virtual_dataset("virtual", layout)
    assert "1234" not in json.dumps(hdf5_tree.read(str(tmp_path / "a.h5")))


def test_large_groups_and_files_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for number in range(tree_limits.CHILDREN + 5):
            file.create_group(f"g{number:04}")
    found = hdf5_tree.read(str(tmp_path / "a.h5"))
    assert (len(found["root"]["children"]), found["root"]["more"]) == (tree_limits.CHILDREN, 5)
    monkeypatch.setattr(hdf5_tree, "NODES", 10)
    found = hdf5_tree.read(str(tmp_path / "a.h5"))
    assert (len(found["root"]["children"]), found["cut"]) == (10, tree_limits.TOO_MANY)
    monkeypatch.setattr(hdf5_tree, "SECONDS", -1.0)
    assert hdf5_tree.read(str(tmp_path / "a.h5"))["cut"] == tree_limits.TOO_SLOW


def test_a_deep_file_is_cut(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_group("/".join("g" * 100))
    assert hdf5_tree.read(str(tmp_path / "a.h5"))["cut"] == tree_limits.TOO_DEEP


def test_odd_types_have_words(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["pair"] = np.zeros(3, [("start", "i4"), ("stop", "i4")])
        file["none"] = h5py.Empty("f4")
        file["lists"] = np.array([np.arange(2), np.arange(3)], dtype=h5py.vlen_dtype("i4"))
        file["refs"] = np.array([file["pair"].ref], dtype=h5py.ref_dtype)
        file["bytes"] = np.bytes_(b"\xff\xfe")
        file["few"] = ["one", "two"]
        file["type"] = np.dtype("i4")
        file.attrs["unit"] = np.arange(100)
    found = hdf5_tree.read(str(tmp_path / "a.h5"))
    assert _at(found, "pair")["dtype"] == "start, stop"
    assert _at(found, "none")["shape"] == "empty"
    assert _at(found, "lists")["dtype"] == "lists of int32"
    assert _at(found, "refs")["dtype"] == "reference"
    assert _at(found, "few")["note"] == "one, two"
    assert _at(found, "type")["note"] == "a type"


def test_damaged_bytes_never_break_the_page(hdf5: Path, site: Site) -> None:
    content = bytearray(hdf5.read_bytes())
    dandiset = site.client.create("Damaged")
    generator = np.random.default_rng(7)
    for number in range(4):
        damaged = bytearray(content)
        for place in generator.integers(8, len(content), 60):
            damaged[place] ^= 0xFF
        asset = site.client.add(dandiset, f"damaged-{number}.nwb", bytes(damaged))["asset_id"]
        assert "Contents" in site.get(f"/dandiset/{dandiset}/draft/asset/{asset}").text


def test_a_damaged_file_gives_a_message_that_is_kept(site: Site) -> None:
    for _ in range(2):
        page = site.asset("sub-R2/sub-R2_ses-3.nwb")
        assert "Its contents cannot be shown" in page.text
        assert page.tags["img"] == 0, "and no picture"
    store = site.client.archive.serving.archive.store
    assert str(store) not in page.text
    assert list((store / "outlines").glob("*.tree.json"))


def test_findings_come_before_the_metadata_and_are_linked_from_the_top(site: Site) -> None:
    page = site.asset("sub-R2/sub-R2_ses-3.nwb")
    assert "#validation" in page.links
    places = [page.text.index(words) for words in ("Contents", "Validation", "approach.0", '"schemaKey"')]
    assert places == sorted(places)


def test_groups_and_arrays_of_a_zarr(site: Site) -> None:
    text = " ".join(site.asset("sub-R1/pyramid.ome.zarr").text.split())
    for words in (f"64{tree_limits.TIMES}32", "<u2", "counts", "labels", "int8"):
        assert words in text


@pytest.mark.parametrize("document", [None, [], {"shape": "x"}, {"node_type": "array", "shape": [None, {}]}])
def test_odd_metadata_of_a_zarr_are_a_node_without_details(document: Any) -> None:
    found = zarr_tree.tree({"a/zarr.json": document, "a/.zattrs": document})
    assert [one["name"] for one in found["children"]] == ["a"]


def test_a_wide_zarr_is_cut() -> None:
    names = [f"{number:05}" for number in range(tree_limits.CHILDREN + 7)]
    found = zarr_tree.tree({f"{name}/{file}": {} for name in names for file in (".zarray", ".zattrs")})
    assert (len(found["children"]), found["more"]) == (tree_limits.CHILDREN, 7)
    deep = zarr_tree.tree({"a/" * 500 + ".zgroup": {}})
    assert len(json.dumps(deep)) < 10_000
