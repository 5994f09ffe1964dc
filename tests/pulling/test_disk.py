from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from dandifile.errors import BlockedError
from dandifile.pulling.disk import RealDisk, refuse_without_space, windows_fault


def test_what_is_where(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    disk = RealDisk()
    names = ["file", "link", "none", "file/below"]
    assert [disk.what(str(tmp_path / name)) for name in names] == ["file", "link", "", ""]
    assert disk.what(str(tmp_path)) == "folder"


def test_a_name_that_is_too_long_for_the_disk(tmp_path: Path) -> None:
    assert "longer than 255 bytes" in RealDisk().name_fault(str(tmp_path / "new" / ("x" * 256)))
    assert RealDisk().name_fault(str(tmp_path / "new" / ("x" * 255))) == ""


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (r"C:\lab\con.txt", "device"),
        (r"C:\lab\a\AUX\b.nwb", "device"),
        (r"C:\lab\a:b.nwb", "character ':'"),
        (r"C:\lab\sub.\a.nwb", "ends in a dot"),
        (r"C:\lab\sub-1\a.nwb", ""),
        (r"C:\lab\console.nwb", ""),
    ],
)
def test_names_that_windows_does_not_take(path: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import ntpath

    monkeypatch.setattr(os.path, "splitdrive", ntpath.splitdrive)
    found = windows_fault(path)
    assert (said in found) if said else not found


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_disk_without_room_stops_the_pull(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 0, 10**9))
    refuse_without_space([(str(tmp_path / "data" / "a"), 9 * 10**8)])
    with pytest.raises(BlockedError, match=r"the files have 1.2 GB, and the disk has 1.0 GB free"):
        refuse_without_space([(str(tmp_path / "data" / name), 6 * 10**8) for name in "ab"])
