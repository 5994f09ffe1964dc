from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from dandifile.archive.writer import Embargo, Writer
from dandifile.archive.zarr import LocalZarr, differences, fill_zarr, zarr_for
from dandifile.errors import ArchiveError, DataError
from dandifile.model import ZarrFile
from localdandi.testing import TestArchive
from tests.archive.files import METADATA

PUT = ("PUT", "/objects/zarr/{id}")
DELETE = ("DELETE", "/api/zarr/{id}/files/")
FINALIZE = ("POST", "/api/zarr/{id}/finalize/")
CREATE = ("POST", "/api/zarr/")
FILES = {".zgroup": b"{}", "a.b/0": b"one", "a/0": b"two", "empty": b""}


def made(root: Path, files: dict[str, bytes] = FILES) -> LocalZarr:
    from zarr_checksum import compute_zarr_checksum
    from zarr_checksum.generators import ZarrArchiveFile

    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    listed = [
        ZarrFile(name, len(files[name]), hashlib.md5(files[name]).hexdigest()) for name in sorted(files)
    ]
    whole = compute_zarr_checksum(ZarrArchiveFile(Path(f.path), f.size, f.md5) for f in listed)
    return LocalZarr(root, str(whole.digest), lambda: listed)


def there(writer: Writer, zarr: str) -> dict[str, str]:
    return dict(writer.reader.zarr_files(zarr))


def here(wanted: LocalZarr) -> dict[str, str]:
    return {file.path: file.md5 for file in wanted.files()}


def test_a_new_zarr_is_sent_and_summed_up(local: TestArchive, writer: Writer, tmp_path: Path) -> None:
    wanted = made(tmp_path / "x.zarr")
    told: list[int] = []
    zarr = zarr_for(writer, "x.zarr")
    assert fill_zarr(writer, zarr, wanted, told.append) == sum(told) == 8
    assert there(writer, zarr) == here(wanted)
    row = writer.reader.zarr(zarr)
    assert (row["status"], row["checksum"]) == ("Complete", wanted.digest)
    assert (local.counts()[PUT], local.counts()[FINALIZE]) == (4, 1)


def test_a_zarr_that_is_there_costs_one_look(local: TestArchive, writer: Writer, tmp_path: Path) -> None:
    wanted = made(tmp_path / "x.zarr")
    zarr = zarr_for(writer, "x.zarr")
    fill_zarr(writer, zarr, wanted)
    local.reset_counts()
    assert fill_zarr(writer, zarr, wanted) == 0
    assert local.counts() == {("GET", "/api/zarr/{id}/"): 1}


def test_only_what_differs_is_sent_and_what_is_gone_deleted(
    local: TestArchive, writer: Writer, tmp_path: Path
) -> None:
    zarr = zarr_for(writer, "x.zarr")
    fill_zarr(writer, zarr, made(tmp_path / "1", {**FILES, "b": b"was a file", "c/0": b"was a folder"}))
    local.reset_counts()
    wanted = made(tmp_path / "2", {**FILES, "a/0": b"other", "b/0": b"is a folder", "c": b"is a file"})
    assert fill_zarr(writer, zarr, wanted) == len(b"other") + len(b"is a folder") + len(b"is a file")
    assert there(writer, zarr) == here(wanted)
    assert (local.counts()[PUT], local.counts()[DELETE], local.counts()[FINALIZE]) == (3, 1, 1)


def test_many_files_go_in_batches(local: TestArchive, writer: Writer, tmp_path: Path) -> None:
    wanted = made(tmp_path / "x", {f"{number}": b"%d" % number for number in range(1300)})
    zarr = zarr_for(writer, "x.zarr")
    fill_zarr(writer, zarr, wanted)
    assert there(writer, zarr) == here(wanted)
    assert local.counts()[("POST", "/api/zarr/{id}/files/")] == 6
    local.reset_counts()
    fill_zarr(writer, zarr, made(tmp_path / "y", {"1": b"1"}))
    assert (local.counts()[DELETE], local.counts()[("GET", "/api/zarr/{id}/files/")]) == (13, 2)


def test_the_row_of_that_name_is_used_again(local: TestArchive, writer: Writer) -> None:
    assert zarr_for(writer, "x.zarr") == zarr_for(writer, "x.zarr")
    assert local.counts()[CREATE] == 1


def test_a_row_whose_asset_was_moved_away_is_not_overwritten(
    writer: Writer, new_writer: Callable[..., Writer], tmp_path: Path
) -> None:
    zarr = zarr_for(writer, "x.zarr")
    fill_zarr(writer, zarr, made(tmp_path / "x"))
    asset = writer.create_asset("x.zarr", None, METADATA, zarr=zarr)
    writer.put_asset(asset.asset_id, "moved.zarr", None, METADATA, zarr=zarr)
    later = new_writer(writer.identifier)
    other = zarr_for(later, "x.zarr")
    assert other != zarr
    assert zarr_for(later, "x.zarr") == other


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": "before"}, {"drop": "after"}])
@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
def test_a_lost_answer_of_any_request_ends_in_the_same_zarr(
    local: TestArchive, writer: Writer, tmp_path: Path, method: str, fault: dict[str, object]
) -> None:
    zarr = zarr_for(writer, "x.zarr")
    fill_zarr(writer, zarr, made(tmp_path / "1", {**FILES, "gone": b"x"}))
    wanted = made(tmp_path / "2", {**FILES, "new": b"y"})
    local.misbehave(method=method, route="zarr", times=1, **fault)
    fill_zarr(writer, zarr, wanted)
    assert there(writer, zarr) == here(wanted)
    assert writer.reader.zarr(zarr)["checksum"] == wanted.digest


def test_a_lost_answer_to_the_creation_makes_no_second_row(local: TestArchive, writer: Writer) -> None:
    local.misbehave(method="POST", route="/api/zarr/$", drop="after")
    zarr = zarr_for(writer, "x.zarr")
    assert [
        row["zarr_id"] for row in writer.reader.api.get_all("zarr/", {"dandiset": str(writer.identifier)})
    ] == [zarr]


def test_urls_that_have_expired_are_asked_for_anew(
    local: TestArchive, writer: Writer, tmp_path: Path
) -> None:
    wanted = made(tmp_path / "x")
    zarr = zarr_for(writer, "x.zarr")
    local.settings.url_lifetime = -1
    told: list[int] = []

    def renew(count: int) -> None:
        told.append(count)
        local.settings.url_lifetime = None

    assert fill_zarr(writer, zarr, wanted, renew) == sum(told) == 8
    assert there(writer, zarr) == here(wanted)


def test_urls_that_expire_at_once_end_with_a_reason(
    local: TestArchive, writer: Writer, tmp_path: Path
) -> None:
    local.settings.url_lifetime = -1
    with pytest.raises(ArchiveError, match="expire at once"):
        fill_zarr(writer, zarr_for(writer, "x.zarr"), made(tmp_path / "x"))


def test_a_file_that_changed_since_the_plan_stops_it(writer: Writer, tmp_path: Path) -> None:
    wanted = made(tmp_path / "x")
    (tmp_path / "x" / "a" / "0").write_bytes(b"TWO")
    zarr = zarr_for(writer, "x.zarr")
    with pytest.raises(DataError, match="changed since the plan"):
        fill_zarr(writer, zarr, wanted)
    assert writer.reader.zarr(zarr)["status"] == "Pending"


def test_an_embargoed_zarr_is_tagged(new_writer: Callable[..., Writer], tmp_path: Path) -> None:
    writer = new_writer()
    writer.create("Secret", {}, Embargo())
    wanted = made(tmp_path / "x")
    zarr = zarr_for(writer, "x.zarr")
    fill_zarr(writer, zarr, wanted)
    assert there(writer, zarr) == here(wanted)


@pytest.mark.parametrize("status", ["sent", "finalized"])
def test_what_an_interrupted_run_left_is_gone_on_with(
    local: TestArchive, writer: Writer, tmp_path: Path, status: str
) -> None:
    wanted = made(tmp_path / "x")
    zarr = zarr_for(writer, "x.zarr")
    local.misbehave(method="POST", route="/finalize/", status=403, times=1)
    with pytest.raises(Exception, match="does not let"):
        fill_zarr(writer, zarr, wanted)
    if status == "finalized":
        writer.finalize_zarr(zarr)
    local.reset_counts()
    assert fill_zarr(writer, zarr, wanted) == 0
    assert PUT not in local.counts()
    assert writer.reader.zarr(zarr)["checksum"] == wanted.digest


def test_differences_of_two_sorted_lists() -> None:
    files = [ZarrFile(path, 1, path * 2) for path in ("b", "c", "e")]
    objects = [("a", ""), ("b", "bb"), ("c", "other"), ("d", "")]
    found = list(differences(files, objects))
    assert found == [(None, "a"), (files[1], "c"), (None, "d"), (files[2], "e")]
    assert list(differences([], [])) == []


def test_what_viewers_read_is_json(writer: Writer, tmp_path: Path) -> None:
    zarr = zarr_for(writer, "x.zarr")
    fill_zarr(writer, zarr, made(tmp_path / "x"))
    base = writer.reader.instance.api_url
    kinds = {}
    for path in (".zgroup", "a/0"):
        url = f"{base}/zarr/{zarr}/files/?prefix={path}&download=true"
        kinds[path] = requests.get(url, timeout=30).headers["Content-Type"]
    assert kinds == {".zgroup": "application/json", "a/0": "application/octet-stream"}


def test_a_large_file_is_streamed(writer: Writer, tmp_path: Path) -> None:
    wanted = made(tmp_path / "x", {"big": os.urandom(3 << 20)})
    told: list[int] = []
    fill_zarr(writer, zarr_for(writer, "x.zarr"), wanted, told.append)
    assert max(told) <= 1 << 20
