from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.model import Record, Recorded, Severity, ZarrFile
from dandifile.survey import task
from dandifile.survey.survey import survey
from dandifile.survey.zarr.checksum import Root, contents_of, sum_up
from tests.survey.lab import Runner, aged, spec_of, write

FILES = {".zgroup": '{"zarr_format": 2}', ".zattrs": "{}", "a/0.0": "x", "a.b/0": "yy", "a/b/1": "zzz"}
links = pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")


def make(root: Path, files: Mapping[str, str] = FILES) -> Path:
    for name, text in files.items():
        aged(write(root / name, text))
    return root


def look(root: Path, run: Runner | None = None, **given: Any) -> Any:
    asked: dict[str, Any] = {"known": {}, "record": Record()} | given
    return survey(spec_of(root, "data"), run or Runner(), **asked)


def files_of(root: Path, run: Runner | None = None) -> list[ZarrFile]:
    [(_, files)] = [
        (root, list(files)) for root, files in contents_of([Root("x.zarr", str(root))], run or Runner())
    ]
    return files


def client_checksum(root: Path) -> str:
    """The checksum as the dandi client makes it."""
    from dandi.support.digests import get_zarr_checksum

    return str(get_zarr_checksum(root))


def test_the_checksum_is_the_clients(tmp_path: Path) -> None:
    make(
        tmp_path / "data" / "x.zarr",
        {**FILES, "ä/é": "1", "a/empty": "", ".git/config": "no", "a/.dandi/x": "no"},
    )
    (tmp_path / "data" / "x.zarr" / "nothing" / "in").mkdir(parents=True)
    [asset] = look(tmp_path).assets
    assert asset.digest == client_checksum(tmp_path / "data" / "x.zarr")
    assert (asset.path, asset.source, asset.size) == ("x.zarr", "data/x.zarr", 27)
    assert asset.metadata["encodingFormat"] == "application/x-zarr"


NAMES = st.text("ab.-0é", min_size=1, max_size=3).filter(lambda name: set(name) != {"."})
TREES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=5).map("/".join), st.binary(max_size=3), max_size=12
)


@given(TREES)
def test_files_come_sorted_as_a_store_lists_them_and_are_summed_up_as_the_library_does(
    tree: dict[str, bytes],
) -> None:
    """A name may be a file's or a folder's, not both: those are left out."""
    import hashlib

    from zarr_checksum import compute_zarr_checksum
    from zarr_checksum.generators import ZarrArchiveFile

    folders = {"/".join(path.split("/")[:end]) for path in tree for end in range(1, path.count("/") + 1)}
    kept = {path: data for path, data in tree.items() if path not in folders}
    files = [
        ZarrFile(path, len(kept[path]), hashlib.md5(kept[path]).hexdigest())
        for path in sorted(kept, key=str.encode)
    ]
    whole = sum_up(files)
    expected = compute_zarr_checksum(ZarrArchiveFile(Path(f.path), f.size, f.md5) for f in files)
    assert (whole.digest, whole.count, whole.size) == (expected.digest, expected.count, expected.size)


def test_files_are_walked_in_the_order_of_their_bytes(tmp_path: Path) -> None:
    make(tmp_path / "x.zarr")
    paths = [file.path for file in files_of(tmp_path / "x.zarr")]
    assert paths == sorted(FILES, key=str.encode)
    assert paths.index("a.b/0") < paths.index("a/0.0")


def test_only_what_changed_is_hashed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task, "_YOUNG", 0)
    root = make(tmp_path / "x.zarr", {f"{number // 50}/{number}": str(number) for number in range(600)})
    run = Runner()
    before = files_of(root, run)
    batches = run.count("md5")
    assert batches > 1
    run.performed.clear()
    assert files_of(root, run) == before
    assert run.count("md5") == 0
    aged(write(root / "3" / "155", "other"))
    aged(write(root / "new", "new"))
    after = files_of(root, run)
    assert 1 <= run.count("md5") <= 2 < batches
    assert {file.path for file in set(after) - set(before)} == {"3/155", "new"}


def test_a_zarr_on_the_draft_is_not_validated_again(tmp_path: Path) -> None:
    make(tmp_path / "data" / "x.zarr")
    run = Runner()
    [asset] = look(tmp_path, run).assets
    assert run.count("validate-zarr") == 1
    run = Runner()
    [again] = look(tmp_path, run, known={asset.digest: ("x.zarr",)}).assets
    assert (again.digest, again.findings, run.count("validate-zarr")) == (asset.digest, (), 0)


def test_what_the_client_finds_in_it_is_told(tmp_path: Path) -> None:
    make(tmp_path / "data" / "bad.zarr", {"x": "nothing that opens"})
    [finding] = look(tmp_path).assets[0].findings
    assert (finding.check, finding.severity) == ("zarr.cannot_open", Severity.ERROR)


def consolidated(files: Mapping[str, str]) -> dict[str, str]:
    """The files of a Zarr of version 2, with the copy of all its metadata that hdmf-zarr writes."""
    said = {name: json.loads(text) for name, text in files.items() if name.rpartition("/")[2][:2] == ".z"}
    return {**files, ".zmetadata": json.dumps({"metadata": said, "zarr_consolidated_format": 1})}


def array_of(dtype: Any, fill_value: object, *filters: str) -> str:
    described = {"shape": [1], "chunks": [1], "order": "C", "compressor": None, "zarr_format": 2}
    chosen = [{"id": name} for name in filters] or None
    return json.dumps({**described, "dtype": dtype, "fill_value": fill_value, "filters": chosen})


NWB_ZARR = {
    ".zgroup": '{"zarr_format": 2}',
    ".zattrs": '{"neurodata_type": "NWBFile"}',
    "session_start_time/.zarray": array_of("|O", 0, "vlen-bytes"),
    "specifications/.zgroup": '{"zarr_format": 2}',
    "specifications/core/.zarray": array_of("|O", 0, "json2"),
    "data/.zarray": array_of("<f8", 0.0),
}
"""In small, what hdmf-zarr 0.13 writes with zarr-python 2.18: the same arrays, dtypes and filters."""


@pytest.mark.skipif(version("zarr").startswith("2."), reason="zarr-python 2 reads it")
def test_an_nwb_zarr_of_zarr_python_2_is_not_blamed_for_what_zarr_python_3_cannot_read(
    tmp_path: Path,
) -> None:
    """`dandi validate` calls it an error; the files are what their writer wanted."""
    make(tmp_path / "data" / "a.nwb.zarr", consolidated(NWB_ZARR))
    [finding] = look(tmp_path).assets[0].findings
    assert (finding.check, finding.severity) == ("zarr.cannot_open", None)
    assert "session_start_time" in finding.message
    assert "not the file's" in finding.message


REFERENCES = [["idx_start", "<i4"], ["count", "<i4"], ["timeseries", "|O"]]
"""How hdmf-zarr 0.13 describes a column that refers to TimeSeries: a record of numbers and an object."""


@pytest.mark.skipif(version("zarr").startswith("2."), reason="zarr-python 2 reads it")
def test_tables_that_refer_to_a_time_series_are_not_the_files_fault_either(tmp_path: Path) -> None:
    column = array_of(REFERENCES, "gAVLAC4=", "pickle")
    files = {**NWB_ZARR, "intervals/trials/.zgroup": '{"zarr_format": 2}'}
    files["intervals/trials/timeseries/.zarray"] = column
    make(tmp_path / "data" / "a.nwb.zarr", consolidated(files))
    [finding] = look(tmp_path).assets[0].findings
    assert (finding.check, finding.severity) == ("zarr.cannot_open", None)


COPIED = consolidated(NWB_ZARR)


@pytest.mark.parametrize(
    "files",
    [
        consolidated({**NWB_ZARR, "data/.zarray": array_of("<f8", "x")}),
        consolidated({**NWB_ZARR, "data/.zarray": array_of([["a", "<i4"], ["b", "<q9"]], "AAAA")}),
        {**COPIED, "data/.zarray": "{"},
        {**COPIED, ".zmetadata": "{"},
        {
            **NWB_ZARR,
            ".zmetadata": consolidated({**NWB_ZARR, "lost/.zarray": array_of("|O", 0)})[".zmetadata"],
        },
    ],
    ids=[
        "an array that nobody can read",
        "a record that nobody can read",
        "a broken file",
        "a broken copy",
        "an array that is not there",
    ],
)
def test_one_that_is_broken_itself_is_an_error(tmp_path: Path, files: dict[str, str]) -> None:
    make(tmp_path / "data" / "a.nwb.zarr", files)
    [finding] = look(tmp_path).assets[0].findings
    assert (finding.check, finding.severity) == ("zarr.cannot_open", Severity.ERROR)


LINK = {"source": "../recording.zarr", "path": "/acquisition/ts", "name": "ts"}
REFERENCE = {"zarr_dtype": "object", "value": {"source": "/data/raw.zarr", "path": "/acquisition/ts"}}


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"zarr_link": [LINK]}, "acquisition/ts is an external link to ../recording.zarr"),
        (
            {"zarr_link": [{"path": "../other.zarr", "name": "x"}]},
            "acquisition/x is an external link to ../other.zarr",
        ),
        ({"zarr_link": [LINK, {**LINK, "name": "b"}]}, "which is not uploaded with it (and 1 more like it)"),
        ({"target": REFERENCE}, "acquisition/target is an external link to /data/raw.zarr"),
        ({"zarr_link": [{**LINK, "source": "."}]}, ""),
        ({"zarr_link": [{**LINK, "source": "./"}]}, ""),
        ({"zarr_link": "odd", "target": {"zarr_dtype": "object", "value": 1}}, ""),
        ({"source": "a microscope", "path": "/dev/null"}, ""),
    ],
)
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_data_that_a_zarr_only_links_to_keep_it_back(
    tmp_path: Path, attributes: dict[str, Any], said: str, zarr_format: Literal[2, 3]
) -> None:
    """As external links keep an HDF5 file back: the archive gets this Zarr and no other."""
    import zarr

    root = zarr.open_group(str(tmp_path / "data" / "a.nwb.zarr"), mode="w", zarr_format=zarr_format)
    group = root.create_group("acquisition")
    group.create_array("data", shape=(4,), dtype="int32")[:] = 1
    group.attrs.update(attributes)
    findings = look(tmp_path).assets[0].findings
    assert [(each.check, each.severity) for each in findings] == (
        [("nwb.data_outside", Severity.ERROR)] if said else []
    )
    assert all(said in each.message and each.within.startswith("acquisition/") for each in findings)


def test_a_good_zarr_has_no_findings(tmp_path: Path) -> None:
    import zarr

    for number in (2, 3):
        group = zarr.open_group(str(tmp_path / "data" / f"v{number}.zarr"), mode="w", zarr_format=number)
        group.create_array("a", shape=(10,), chunks=(5,), dtype="int32")[:] = 1
    assert [asset.findings for asset in look(tmp_path).assets] == [(), ()]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("1/2/3/4/5/6/7/8", "deeper than 7"),
        ("a.dandidownload/file", "interrupted dandi download"),
    ],
)
def test_what_cannot_be_part_of_a_zarr_refuses_that_zarr_alone(
    tmp_path: Path, name: str, reason: str
) -> None:
    make(tmp_path / "data" / "bad.zarr", {**FILES, name: "x"})
    make(tmp_path / "data" / "good.zarr", {**FILES, "1/2/3/4/5/6/7": "x"})
    local = look(tmp_path)
    assert [asset.source for asset in local.assets] == ["data/good.zarr"]
    [refusal] = local.refused
    assert refusal.source == "data/bad.zarr"
    assert reason in refusal.reason
    assert refusal.fix


def test_a_zarr_without_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data" / "x.zarr" / "empty").mkdir(parents=True)
    [refusal] = look(tmp_path).refused
    assert "without files" in refusal.reason


def test_a_file_too_large_for_one_piece_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "data" / "x.zarr")
    with (tmp_path / "data" / "x.zarr" / "big").open("wb") as file:
        file.truncate(5 * 2**30 + 1)
    [refusal] = look(tmp_path).refused
    assert "5 GiB" in refusal.reason


@links
@pytest.mark.parametrize("pointer", [True, False])
def test_a_zarr_with_a_chunk_that_was_not_fetched_is_unknown(tmp_path: Path, pointer: bool) -> None:
    make(tmp_path / "data" / "x.zarr")
    chunk = tmp_path / "data" / "x.zarr" / "chunk"
    if pointer:
        write(chunk, "/annex/objects/SHA256E-s1--0\n")
    else:
        chunk.symlink_to(tmp_path / "not-here")
    local = look(tmp_path, record=Record({"data/x.zarr": Recorded("x.zarr", "D")}))
    assert (local.absent, local.assets, local.gone, local.refused) == (("data/x.zarr",), (), (), ())


@links
def test_links_into_a_store_are_followed_and_circles_end(tmp_path: Path) -> None:
    write(tmp_path / "store" / "chunk", "x")
    make(tmp_path / "data" / "x.zarr")
    (tmp_path / "data" / "x.zarr" / "0").symlink_to(tmp_path / "store" / "chunk")
    [asset] = look(tmp_path).assets
    assert asset.digest == client_checksum(tmp_path / "data" / "x.zarr")
    (tmp_path / "data" / "x.zarr" / "up").symlink_to(tmp_path / "data" / "x.zarr")
    [refusal] = look(tmp_path).refused
    assert "deeper than 7" in refusal.reason


def test_a_chunk_that_changes_meanwhile_is_told(tmp_path: Path) -> None:
    make(tmp_path / "data" / "x.zarr")
    from dandifile.errors import DataError
    from dandifile.survey.digest import md5s

    status = (tmp_path / "data" / "x.zarr" / ".zattrs").stat()
    with pytest.raises(DataError, match=r"\.zattrs: it changed while"):
        md5s({"path": str(tmp_path / "data" / "x.zarr"), "files": [[".zattrs", 9, status.st_mtime_ns, 0, 0]]})
